"""Rules by which pairs are made, against other rules: the plain gap, and facts beyond guessing."""

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
    single,
    sorted_out,
    without,
)
from analysis.ablations.dots import dots
from analysis.ablations.finding import Finding, not_run
from analysis.load import Results
from analysis.measures import base_cell
from analysis.settings import Settings
from apeft.pairs.arms import BEYOND, PLAIN

NAME, TITLE = "rules", "Which pairs are made"
AGAINST = {PLAIN: "general", BEYOND: "apeft"}  # the arm whose rule each changes


def finding(
    results: Results, settings: Settings, *, reasons: Mapping[str, str] = NO_REASONS
) -> Finding:
    """Set each arm of another rule against the arm whose rule it changes.

    Args:
        results: of all arms.
        settings: of the intervals.
        reasons: why an arm was not trained.
    """
    found, base = arms(results), base_cell(results)
    absent = missing([*AGAINST, *AGAINST.values()], found, reasons)
    told = {one: other for one, other in AGAINST.items() if one in found and other in found}
    if not told:
        return not_run(NAME, TITLE, f"there is nothing to compare without {absent}")
    shown = [arm for pair in told.items() for arm in reversed(pair)]
    against_base = [Contrast(label(arm), found[arm], base) for arm in shown]
    between = [
        Contrast(f"{label(one)} − {label(other)}", found[one], found[other], 1)
        for one, other in told.items()
    ]
    sentences = []
    for scope in scopes(results)[:2]:
        moved = [(one.label, change(results, one, scope, settings)) for one in between]
        sentences.append(f"{scope.heading}: {sorted_out(moved)}.")
    caption = (
        "Change from the base model of arms whose pairs are made by another rule, and of those "
        "whose rule it changes (filled circles), and the one minus the other (hollow squares): "
        "general pairs by the plain gap of FActScores, and APEFT's atomic pairs only of facts that "
        "are right more often than guessing; equally many steps, so a smaller set is read more "
        f"often; paired by item {basis(results, settings)}."
    )
    table = change_table(
        "rules_changes",
        "Arms of other rules against the base model and the arms whose rule they change.",
        results,
        [*against_base, *between],
        settings,
    )
    said = (*(sentences or [NOTHING_SCORED]), single(results), without(absent))
    figure = dots(results, [*against_base, *between], settings)
    return Finding(NAME, TITLE, said, figure, caption, (table,))
