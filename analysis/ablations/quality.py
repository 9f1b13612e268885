"""Quality of general pairs: those whose two sides lie close in score against those far apart."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.ablations.arms import (
    NO_REASONS,
    NOTHING_SCORED,
    Contrast,
    arms,
    basis,
    change,
    change_table,
    label,
    missing,
    scopes,
    sorted_out,
    without,
)
from analysis.ablations.dots import dots
from analysis.ablations.finding import Finding, not_run
from analysis.load import Results
from analysis.measures import base_cell
from analysis.settings import Settings

NAME, TITLE = "quality", "Quality of general pairs"
NARROW, WIDE, ALL = "gap-narrow", "gap-wide", "general"


def finding(
    results: Results, settings: Settings, *, reasons: Mapping[str, str] = NO_REASONS
) -> Finding:
    """Set pairs with a wide gap against those with a narrow one, and each against all pairs.

    Args:
        results: of all arms.
        settings: of the intervals.
        reasons: why an arm was not trained.
    """
    found, base = arms(results), base_cell(results)
    absent = missing([NARROW, WIDE, ALL], found, reasons)
    if NARROW not in found or WIDE not in found:
        return not_run(NAME, TITLE, f"it needs both halves of the general pairs; missing: {absent}")
    there = [arm for arm in (NARROW, WIDE, ALL) if arm in found]
    against_base = [Contrast(label(arm), found[arm], base) for arm in there]
    pairs = [(WIDE, NARROW)] + [(arm, ALL) for arm in (NARROW, WIDE) if ALL in found]
    between = [
        Contrast(f"{label(one)} − {label(other)}", found[one], found[other], 1)
        for one, other in pairs
    ]
    sentences = []
    for scope in scopes(results)[:2]:
        told = [(one.label, change(results, one, scope, settings)) for one in between]
        where = scope.heading
        sentences.append(f"{where}: {sorted_out(told)}.")
    caption = (
        "Change from the base model (filled circles) after tuning on the half of the general pairs "
        "with the smaller gap of FActScore, on the half with the larger one, and on all of them, "
        "and differences between these arms (hollow squares); equally many steps, so each pair of "
        f"a half is seen twice as often as each of all, paired by item {basis(results, settings)}."
    )
    table = change_table(
        "quality_changes",
        "Halves of the general pairs by score gap, against the base model and one another.",
        results,
        [*against_base, *between],
        settings,
    )
    figure = dots(results, [*against_base, *between], settings)
    said = (*(sentences or [NOTHING_SCORED]), without(absent))
    return Finding(NAME, TITLE, said, figure, caption, (table,))
