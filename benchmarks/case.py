"""What a benchmark is: two ways to do one job, and how much of it there is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from apeft.models.load import Machine

Size = Mapping[str, int]


@dataclass
class Result:
    """One run of a job.

    Attributes:
        units: how much was done, in the case's unit.
        seconds: wall clock of the job alone, filled by ``clock``.
        values: what came out, where both sides must agree on it; else empty.
    """

    units: int = 0
    seconds: float = 0.0
    values: list[float] = field(default_factory=list)

    @contextmanager
    def clock(self) -> Iterator[None]:
        """Time the block."""
        start = time.perf_counter()
        yield
        self.seconds += time.perf_counter() - start


Once = Callable[[], Result]
Prepare = Callable[[Path, Machine, Size], Once]
"""Load the model in this folder for this machine and return the job, to be run many times."""


@dataclass(frozen=True)
class Case:
    """A job, ours and the yardstick's way of doing it, and its sizes.

    Attributes:
        name: of the case.
        unit: of its numbers; more is better.
        ours: prepares our way, in a process of its own.
        yardstick: prepares the other way, likewise.
        compared: what the two are, in words.
        sizes: by name: ``quick`` (seconds a run), ``full`` (as in the default study).
    """

    name: str
    unit: str
    ours: Prepare
    yardstick: Prepare
    compared: tuple[str, str]
    sizes: Mapping[str, Size]
