"""Feedback from long work: a bar with an estimate on a terminal, quiet lines in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from tqdm import tqdm

T = TypeVar("T")
LOG_EVERY = 30.0  # seconds between lines when the output is not a terminal


def progress(items: Sequence[T], what: str, *, unit: str = "items") -> Iterator[T]:
    """Iterate over ``items``, telling how far it is and how long it may take (on stderr)."""
    if sys.stderr.isatty():
        yield from tqdm(items, desc=what, unit=unit, leave=False)
        return
    start = last = time.monotonic()
    for index, item in enumerate(items):
        yield item
        now = time.monotonic()
        if now - last >= LOG_EVERY and index + 1 < len(items):
            rest = (now - start) / (index + 1) * (len(items) - index - 1)
            line = f"{what}: {index + 1} of {len(items)} {unit}, about {rest:.0f} s left"
            print(line, file=sys.stderr, flush=True)
            last = now


def chunks(items: Iterable[T], size: int) -> list[list[T]]:
    """Cut items into lists of at most ``size``."""
    rows = list(items)
    return [rows[start : start + size] for start in range(0, len(rows), size)]
