"""Knowledge detection: r, the share of right answers in k samples, and its class (paper §5.1)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from apeft.records import Record

UNKNOWN, HALF, KNOWN, UNSCORED = "unknown", "potentially_known", "known", "unscored"


def needed(k: int, min_scored: float) -> int:
    """Scored samples without which a fact asked k times has no class (one at the least)."""
    return max(1, math.ceil(min_scored * k))


def classify(correct: int, scored: int, k: int, min_scored: float) -> str:
    """Class of a fact: r = 0 unknown, 0 < r < 1 potentially known, r = 1 known.

    A fact of whose k samples less than the share ``min_scored`` could be scored has no class: one
    right answer beside seven undecided ones does not make it known.
    """
    if scored < needed(k, min_scored):
        return UNSCORED
    if correct == 0:
        return UNKNOWN
    return KNOWN if correct == scored else HALF


def decided(correct: int, wrong: int, unscored: int, k: int, min_scored: float) -> str | None:
    """Class that a fact will have after k samples, as soon as no further sample can change it.

    Two things settle a class early. One right and one wrong answer mean potentially known, but
    only once so many samples are scored that the rest cannot leave the fact without a class
    (counts of scored samples never fall, and neither answer is ever taken back). And when too
    many are unscored already, the fact is unscored whatever follows. In every other state two
    continuations with different classes exist, so nothing is decided earlier than can be.

    Args:
        correct: right samples so far.
        wrong: wrong samples so far.
        unscored: undecided samples so far; they count only as samples that are gone.
        k: samples of a fact when nothing is decided early.
        min_scored: as in :func:`classify`.
    """
    scored = correct + wrong
    left = k - scored - unscored
    need = needed(k, min_scored)
    if scored + left < need:
        return UNSCORED
    if correct and wrong and scored >= need:
        return HALF
    return None if left else classify(correct, scored, k, min_scored)


def rounds(k: int, min_scored: float) -> list[int]:
    """Numbers of samples to draw in turn, k in all, with a look at :func:`decided` after each.

    The first round ends where a class can be decided at all. Later ones take a quarter of k:
    smaller ones would save more samples and read every prompt more often.
    """
    need = needed(k, min_scored)
    first = min(k, max(2, min(need, k - need + 1)))
    step = max(1, k // 4)
    sizes = [first]
    while (left := k - sum(sizes)) > 0:
        sizes.append(min(step, left))
    return sizes


def detected(fact: Record, samples: Sequence[Record], k: int, min_scored: float) -> Record:
    """Join a fact with its graded samples (each with ``correct``: true, false or null).

    Fewer than k samples (``drawn``) are allowed where they decide the class. Such a fact has no r:
    sampling stopped *because* of what was seen, so the share of right ones among them is biased.

    Raises:
        ValueError: fewer than k samples that decide nothing.
    """
    correct = sum(sample["correct"] is True for sample in samples)
    scored = sum(sample["correct"] is not None for sample in samples)
    drawn = len(samples)
    kind = decided(correct, scored - correct, drawn - scored, k, min_scored)
    if kind is None:
        raise ValueError(f"{drawn} of {k} samples decide no class of {fact}")
    return {
        **fact,
        "k": k,
        "drawn": drawn,
        "correct": correct,
        "unscored": drawn - scored,
        "r": None if kind == UNSCORED or drawn < k else correct / scored,
        "class": kind,
        "samples": list(samples),
    }
