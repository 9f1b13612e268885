"""Hits, misses and false alarms of a judge against labels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Counts:
    """What a judge made of labelled items.

    ``hits``: labelled and found; ``misses``: labelled and not found; ``false``: found and not
    labelled; ``rest``: neither; ``unscored``: items that the judge left undecided, in no other
    count. ``items`` is the sum of all.
    """

    hits: int = 0
    misses: int = 0
    false: int = 0
    rest: int = 0
    unscored: int = 0

    @property
    def items(self) -> int:
        """All items, undecided ones included."""
        return self.hits + self.misses + self.false + self.rest + self.unscored

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.hits + other.hits,
            self.misses + other.misses,
            self.false + other.false,
            self.rest + other.rest,
            self.unscored + other.unscored,
        )


def count(pairs: Iterable[tuple[bool, bool | None]]) -> Counts:
    """Count (label, verdict) pairs; a verdict of None is unscored."""
    total = Counts()
    for label, verdict in pairs:
        total += Counts(
            hits=int(label and verdict is True),
            misses=int(label and verdict is False),
            false=int(not label and verdict is True),
            rest=int(not label and verdict is False),
            unscored=int(verdict is None),
        )
    return total
