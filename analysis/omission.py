"""Gains by omission: FActScore rises as wrong facts are left out, not because more is right."""

from __future__ import annotations

import math

from analysis.estimates import difference
from analysis.load import Results
from analysis.measures import Cell, EvaluationSet, Measure, main_measures, paper_measure
from analysis.settings import Settings

BY_OMISSION = "gain by omission (fewer wrong, no more right)"
WRONG_FACTS = Measure("contradicted", "Wrong facts", "wrong facts", "contradicted", "amount")


def by_omission(score: float, right: float, wrong: float) -> bool:
    """Whether a gain of the paper's measure is one by omission: the one place that decides.

    Args:
        score: lower end of the interval of the paper's measure's change.
        right: the same of the share right; NaN where it is not known, and nothing is said.
        wrong: change of the share wrong or of wrong facts a text, whichever falls further: a wrong
            value left out beside a right one changes no cell.
    """
    return math.isfinite(right) and score > 0 >= right and wrong < 0


def told(
    results: Results,
    cell: Cell,
    other: Cell,
    where: EvaluationSet,
    measure: Measure,
    settings: Settings,
) -> str:
    """``BY_OMISSION`` where the paper's measure gains so from ``other`` to ``cell``, else ""."""
    if measure != paper_measure(where) or not where.truth:
        return ""
    score, right, *wrong = (
        difference(results, cell, other, where, one, settings)
        for one in (measure, *main_measures(where)[:2], WRONG_FACTS)
    )
    if score is None or right is None:
        return ""
    low = 0.0 if right.still else right.low
    fewer = min((one.estimate for one in wrong if one is not None), default=math.nan)
    return BY_OMISSION if by_omission(score.low, low, fewer) else ""
