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

    @property
    def precision(self) -> float | None:
        """Share of what was found that is labelled; None when nothing was found."""
        found = self.hits + self.false
        return self.hits / found if found else None

    @property
    def recall(self) -> float | None:
        """Share of what is labelled that was found; None when nothing is labelled."""
        labelled = self.hits + self.misses
        return self.hits / labelled if labelled else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall; None when there is nothing to find or found."""
        whole = 2 * self.hits + self.misses + self.false
        return 2 * self.hits / whole if whole else None

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
