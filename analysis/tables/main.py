"""The main result table and the paired differences."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis import stats, style
from analysis.estimates import difference, estimate, shift_share
from analysis.figures import captions
from analysis.load import Results
from analysis.measures import (
    Cell,
    EvaluationSet,
    Measure,
    base_cell,
    base_mix,
    cells,
    evaluation_sets,
    labels,
    main_measures,
    recipe_pairs,
    scored,
    tuned_cells,
    values,
)
from analysis.paper_numbers import PAPER_SETS, PaperNumbers
from analysis.settings import Settings
from analysis.tables.write import NOTHING, Section, Table, numbers, percent, points


def main_table(results: Results, settings: Settings, paper: PaperNumbers) -> Table:
    """Rows are variants (all seeds), columns sets by main measures, each with its interval.

    Where the paper's number of a variant and of the set's role has been transcribed, the
    difference from it stands beside: for each of its models, since ours may be another.
    """
    sections, data = [], [_identity(cell) for cell in cells(results)]
    for where in evaluation_sets(results):
        measures = main_measures(where)
        head = [measure.short for measure in measures]
        known = paper.models(where.role)
        beside = [f"− paper ({PAPER_SETS[where.role]}, {model})" for model in known]
        columns = ("variant", "seeds", *head, "Δ to base", "shift share", "n", *beside)
        rows = []
        for cell, flat in zip(cells(results), data, strict=True):
            found = {one.key: estimate(results, cell, where, one, settings) for one in measures}
            found["shift_share"] = shift_share(results, cell, where, settings)
            for key, interval in found.items():
                flat |= numbers(interval, f"{where.name}:{key}:")
            mix = None if where.asks else covered(results, cell, where)
            if not where.asks:
                flat[f"{where.name}:fixed_mix_covered"] = mix
            change = None
            if cell != base_cell(results):
                change = difference(results, cell, base_cell(results), where, measures[0], settings)
            first = found[measures[0].key]
            apart = {model: paper.apart(model, cell, where.role, first) for model in known}
            flat |= {f"{where.name}:paper:{model}:difference": d for model, d in apart.items()}
            rows.append(
                (
                    display(cell),
                    str(len(cell.seeds)),
                    *(percent(found[one.key]) + part_of_mix(one, mix) for one in measures),
                    percent(change, signed=True, stars=True),
                    percent(found["shift_share"]),
                    NOTHING if first is None else str(first.items),
                    *(points(one) for one in apart.values()),
                )
            )
        heading = f"{style.set_title(where.name)} ({style.role_title(where.role)})"
        sections.append(Section(heading, columns, tuple(rows)))
    caption = (
        "Main results in per cent with 95 % intervals "
        f"({captions.sizes(results)}; {captions.seeds(results)}, averaged per item; "
        f"{captions.intervals(settings)}; Jeffreys for rates of fewer than {stats.SMALL} items "
        "and for scores that are all 0 or all 1). "
        "Δ is the first measure, paired by item, and an asterisk marks an unadjusted interval "
        "without zero; shift share is tokens of rank > 1 over the first "
        f"{settings.first_positions} tokens; n counts the scored items of the first "
        "measure; the fixed mix weighs relations as often as the base model states them, and a "
        "variant that states only some of these is scored over them alone, with their share of the "
        "base model's mix in brackets behind the score; "
        f"{captions.flags(results)}{captions.CAUTION}."
    )
    return Table("main", caption, pd.DataFrame(data), tuple(sections))


def display(cell: Cell) -> str:
    """A variant's name in readable tables; a dagger marks a collapsed one."""
    parts = [style.algorithm(cell.algorithm), style.recipe(cell.recipe)]
    return " ".join(part for part in parts if part) + (" †" if cell.collapsed else "")


def covered(results: Results, cell: Cell, where: EvaluationSet) -> float | None:
    """Share of the base model's relation mix on which a cell's fixed-mix score rests."""
    rows = scored(results, cell, where.name, "accurate")
    if rows is None:
        return None
    facts = stats.Facts(values(rows), labels(rows, "relation"), labels(rows, "entity"))
    return stats.covered(facts, base_mix(results, where.name))


def part_of_mix(measure: Measure, mix: float | None) -> str:
    """Mark a fixed-mix score that rests on less than the base model's whole mix; else nothing.

    ``mix`` is the share covered, in 0..1; what misses a little is not rounded to the whole.
    """
    if measure.kind != "fixed mix" or not mix or mix > 1 - 1e-9:
        return ""
    return f" ({min(max(round(100 * mix), 1), 99)} % of the mix)"


def differences(results: Results, settings: Settings) -> Table:
    """Every variant - base, and apeft - general of each algorithm, on every main measure."""
    base = base_cell(results)
    pairs = [("variant − base", cell, base) for cell in tuned_cells(results)]
    pairs += [("apeft − general", cell, other) for cell, other in recipe_pairs(results)]
    data, rows = [], []
    for where in evaluation_sets(results):
        for measure in main_measures(where):
            for kind, cell, other in pairs:
                found = difference(results, cell, other, where, measure, settings)
                data.append(
                    {"contrast": kind, "variant": cell.name, "against": other.name}
                    | {"set": where.name, "measure": measure.key}
                    | numbers(found)
                )
                rows.append(
                    (
                        kind,
                        display(cell),
                        display(other),
                        style.set_title(where.name),
                        measure.short,
                        percent(found, signed=True, stars=True),
                        NOTHING if found is None else str(found.items),
                    )
                )
    columns = ("contrast", "variant", "against", "set", "measure", "difference (points)", "n")
    caption = (
        "Paired differences in points with 95 % intervals, unadjusted; an asterisk marks an "
        f"interval without zero ({captions.seeds(results)}; {captions.intervals(settings)}; "
        f"{captions.flags(results)}{captions.CAUTION})."
    )
    section = Section("", columns, tuple(rows))
    return Table("differences", caption, pd.DataFrame(data), (section,))


def _identity(cell: Cell) -> dict[str, Any]:
    return {
        "variant": cell.name,
        "algorithm": cell.algorithm,
        "recipe": cell.recipe,
        "seeds": len(cell.seeds),
        "collapsed": cell.collapsed,
    }
