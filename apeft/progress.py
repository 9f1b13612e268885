"""Feedback from long work: a bar with an estimate on a terminal, quiet lines in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from tqdm import tqdm

T = TypeVar("T")
LOG_EVERY = 30.0  # seconds between lines when the output is not a terminal


class Steps:
    """Tells how far some work is: call :meth:`done` after each item."""

    def __init__(self, what: str, total: int, *, unit: str = "items", at: int = 0) -> None:
        """Begin at item ``at`` of ``total`` (work that a kill interrupted begins later)."""
        self._what, self._total, self._unit, self._first = what, total, unit, at
        self._start = self._last = time.monotonic()
        self._bar = None
        if sys.stderr.isatty():
            self._bar = tqdm(total=total, initial=at, desc=what, unit=unit, leave=False)

    def done(self, item: int) -> None:
        """Tell that ``item`` (counted from 1) is finished."""
        if self._bar is not None:
            self._bar.update(item - self._bar.n)
            if item >= self._total:
                self._bar.close()
            return
        now = time.monotonic()
        if now - self._last >= LOG_EVERY and self._first < item < self._total:
            rest = (now - self._start) / (item - self._first) * (self._total - item)
            line = f"{self._what}: {item} of {self._total} {self._unit}, about {rest:.0f} s left"
            print(line, file=sys.stderr, flush=True)
            self._last = now


def progress(items: Sequence[T], what: str, *, unit: str = "items") -> Iterator[T]:
    """Iterate over ``items``, telling how far it is and how long it may take (on stderr)."""
    steps = Steps(what, len(items), unit=unit)
    for index, item in enumerate(items):
        yield item
        steps.done(index + 1)


def chunks(items: Iterable[T], size: int) -> list[list[T]]:
    """Cut items into lists of at most ``size``."""
    rows = list(items)
    return [rows[start : start + size] for start in range(0, len(rows), size)]
