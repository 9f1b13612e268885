"""Controls: what a control also moves is not credited to atomic preferences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from analysis import style
from analysis.ablations.arms import (
    NO_REASONS,
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
    told,
    without,
)
from analysis.ablations.dots import dots
from analysis.ablations.finding import Finding, not_run
from analysis.estimates import difference, shift_share
from analysis.load import BASE, Results
from analysis.measures import Cell, base_cell, evaluation_sets, main_measures
from analysis.settings import Settings
from analysis.sharpening import sharpening
from analysis.stats import Interval
from analysis.tables.sharpening import table as sharpening_table
from analysis.tables.write import Section, Table, numbers, percent

NAME, TITLE = "controls", "Controls"
ARM = "apeft"
PERMUTED = "control-permuted"
CONTROLS = (PERMUTED, "sft-apeft", "general", "control-tokens")
NOT_MEASURED, NO_CHANGE, CREDITED = "not measured", "no change could be seen", "credited"


def finding(
    results: Results, settings: Settings, *, reasons: Mapping[str, str] = NO_REASONS
) -> Finding:
    """Set APEFT against every control, measure by measure, and say what is left.

    Args:
        results: of all arms.
        settings: of the intervals.
        reasons: why an arm was not trained.
    """
    found, base = arms(results), base_cell(results)
    absent = missing([ARM, *CONTROLS], found, reasons)
    controls = {arm: found[arm] for arm in CONTROLS if arm in found}
    if ARM not in found or not controls:
        return not_run(NAME, TITLE, f"it needs APEFT and a control; missing: {absent}")
    apeft = found[ARM]
    against_base = [
        Contrast("base", base, base),
        Contrast(label(ARM), apeft, base),
        *(Contrast(label(arm), cell, base) for arm, cell in controls.items()),
    ]
    left = [
        Contrast(f"{label(ARM)} − {label(arm)}", apeft, cell, 1) for arm, cell in controls.items()
    ]
    credits = credit_table(results, apeft, controls, settings)
    sentences = []
    for scope in scopes(results)[:2]:
        moved = change(results, against_base[1], scope, settings)
        rest = [(one.label, change(results, one, scope, settings)) for one in left]
        where = scope.heading
        sentences.append(f"{where}, APEFT changes by {told(moved)}; {sorted_out(rest)}.")
    said = (
        _summary(credits.data),
        *sentences,
        _sharpened(results, apeft, settings),
        _checks(results, [apeft, *controls.values()], settings),
        _moved(results, apeft, controls.get(PERMUTED)),
        single(results),
        without(absent),
    )
    caption = (
        "Change from the base model of the base itself (zero, as it must be), of APEFT and of each "
        "control (filled circles), and APEFT minus each control (hollow squares): only what is "
        "left there is owed to atomic preferences; all have equally many steps, APEFT and its "
        "controls read the pairs of `general` at the same steps, and “general, as many tokens” "
        "reads more general pairs where APEFT reads atomic ones, paired by item "
        f"{basis(results, settings)}."
    )
    changes = change_table(
        "controls_changes",
        "APEFT and its controls against the base model, and APEFT against each control.",
        results,
        [*against_base, *left],
        settings,
    )
    matched = sharpening_table(_of(results, [apeft, *controls.values()]), settings)
    tables = [credits, changes]
    if len(matched.data):
        tables.append(replace(matched, name="controls_sharpening"))
    figure = dots(results, [*against_base, *left], settings)
    return Finding(NAME, TITLE, said, figure, caption, tuple(tables))


def credit(moved: Interval | None, left: Mapping[str, Interval | None]) -> str:
    """What of a change is owed to atomic preferences.

    Args:
        moved: APEFT - base.
        left: APEFT - control, by the control's display name.

    Returns:
        "credited" when APEFT moved and is further from the base than every control, in the
        direction in which it moved; else why it is not.
    """
    if moved is None or not moved.known:
        return NOT_MEASURED
    if not moved.excludes_zero:
        return NO_CHANGE
    up = moved.estimate > 0
    also = []
    for name, one in left.items():
        beyond = one is not None and one.excludes_zero and (one.estimate > 0) == up
        if not beyond:
            also.append(name)
    return f"not told apart from {', '.join(also)}" if also else CREDITED


def credit_table(
    results: Results, apeft: Cell, controls: Mapping[str, Cell], settings: Settings
) -> Table:
    """One row for each set and main measure: the changes, what is left, and what is credited."""
    base = base_cell(results)
    data: list[dict[str, Any]] = []
    rows = []
    for where in evaluation_sets(results):
        for measure in main_measures(where):
            moved = difference(results, apeft, base, where, measure, settings)
            by = {
                label(arm): difference(results, cell, base, where, measure, settings)
                for arm, cell in controls.items()
            }
            left = {
                label(arm): difference(results, apeft, cell, where, measure, settings)
                for arm, cell in controls.items()
            }
            verdict = credit(moved, left)
            row = {"set": where.name, "measure": measure.key} | numbers(moved, "apeft:")
            for name in controls:
                row |= numbers(by[label(name)], f"{name}:")
                row |= numbers(left[label(name)], f"apeft - {name}:")
            data.append(row | {"credit": verdict})
            shown = [percent(one, signed=True, stars=True)
                     for one in (moved, *by.values(), *left.values())]  # fmt: skip
            rows.append((style.set_title(where.name), measure.short, *shown, verdict))
    names = [label(arm) for arm in controls]
    columns = (
        "set", "measure", label(ARM), *names, *(f"{label(ARM)} − {name}" for name in names),
        "owed to atomic preferences",
    )  # fmt: skip
    caption = (
        "Changes from the base model of APEFT and of each control, and APEFT minus each control, "
        "in points: a change is credited to atomic preferences only when it is seen and lies "
        "beyond every control, in its own direction; an asterisk marks an interval without zero "
        f"{basis(results, settings)}."
    )
    section = Section("", columns, tuple(rows))
    return Table("controls_credit", caption, pd.DataFrame(data), (section,))


def _summary(data: pd.DataFrame) -> str:
    verdicts = data["credit"]
    seen = ~verdicts.isin([NOT_MEASURED, NO_CHANGE])
    credited = data[verdicts == CREDITED]
    which = [
        f"{style.set_title(where)} {measure.replace('_', ' ')}"
        for where, measure in zip(credited["set"], credited["measure"], strict=True)
    ]
    named = f" ({', '.join(which)})" if which else ""
    return (
        f"APEFT moves {int(seen.sum())} of {len(data)} measures of the sets; {len(credited)} of "
        f"these changes lie beyond every control and are credited to atomic preferences{named}; "
        f"of {len(data)} measures, {0.05 * len(data):.2g} would move by chance."
    )


def _sharpened(results: Results, apeft: Cell, settings: Settings) -> str:
    """Word what is left of r in domain beside the base at the matching temperature."""
    for where in evaluation_sets(results):
        if where.role != "in domain":
            continue
        found = sharpening(results, apeft, where.name, settings)
        if found is None:
            continue
        if found.gain is None:
            return "No temperature of the base matches APEFT's entropy, so r has no such control."
        return (
            f"r of test facts in domain, beyond the base at temperature {found.temperature:.2f}, "
            f"at which its answers have APEFT's entropy: {sorted_out([('APEFT', found.gain)])}."
        )
    return ""


def _moved(results: Results, apeft: Cell, permuted: Cell | None) -> str:
    """How many atomic pairs the permuted control could keep."""
    if permuted is None:
        return ""
    rows = results.training
    have, kept = (
        rows[(rows["algorithm"] == cell.algorithm) & (rows["recipe"] == cell.recipe)][
            "pairs_atomic"
        ].max()
        for cell in (apeft, permuted)
    )
    if pd.isna(have) or pd.isna(kept) or have == kept:
        return ""
    return (
        f"Permuted values: {kept:.0f} of {have:.0f} atomic pairs, as the others' new answer was "
        "their own value, their rejected side, or not surely wrong."
    )


def _checks(results: Results, used: Sequence[Cell], settings: Settings) -> str:
    """Check the base against itself and the steps; word what is as it must be, and what is not."""
    base = base_cell(results)
    wrong = []
    for where in evaluation_sets(results):
        for measure in main_measures(where):
            itself = difference(results, base, base, where, measure, settings)
            if itself is not None and itself.estimate != 0:
                wrong.append(f"{where.name} {measure.key}")
        moved = shift_share(results, base, where, settings)
        if moved is not None and moved.estimate != 0:
            wrong.append(f"{where.name} token shift")
    first = "The base against itself is zero everywhere"
    if wrong:
        first = f"The base against itself is NOT zero for {', '.join(wrong)}"
    rows = results.training
    steps = {
        float(one)
        for cell in used
        for one in rows[(rows["algorithm"] == cell.algorithm) & (rows["recipe"] == cell.recipe)][
            "steps"
        ].dropna()
    }
    if len(steps) == 1:
        return f"{first}; all arms here have {steps.pop():.0f} steps."
    if steps:
        told_steps = ", ".join(f"{one:.0f}" for one in sorted(steps))
        return f"{first}; the arms' steps are NOT equal ({told_steps})."
    return f"{first}."


def _of(results: Results, chosen: Sequence[Cell]) -> Results:
    """The base and some cells alone."""
    keys = {cell.key for cell in chosen}

    def kept(table: pd.DataFrame) -> pd.DataFrame:
        pairs = zip(table["algorithm"], table["recipe"], strict=True)
        mine = [pair[0] == BASE or pair in keys for pair in pairs]
        return table[pd.Series(mine, index=table.index, dtype=bool)]

    return replace(
        results, items=kept(results.items), answers=kept(results.answers), shift=kept(results.shift)
    )
