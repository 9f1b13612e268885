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


def detected(fact: Record, samples: Sequence[Record], min_scored: float) -> Record:
    """Join a fact with its k graded samples (each with ``correct``: true, false or null)."""
    correct = sum(sample["correct"] is True for sample in samples)
    scored = sum(sample["correct"] is not None for sample in samples)
    k = len(samples)
    kind = classify(correct, scored, k, min_scored)
    return {
        **fact,
        "k": k,
        "correct": correct,
        "unscored": k - scored,
        "r": None if kind == UNSCORED else correct / scored,
        "class": kind,
        "samples": list(samples),
    }
