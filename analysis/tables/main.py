"""The main result table and the paired differences."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis import omission, samples, stats, style
from analysis.estimates import difference, estimate, shift_share
from analysis.figures import captions
from analysis.load import Results
from analysis.measures import (
    Cell,
    EvaluationSet,
    Measure,
    base_cell,
    cells,
    evaluation_sets,
    main_measures,
    paper_measure,
    recipe_pairs,
    tuned_cells,
)
from analysis.paper_numbers import PAPER_SETS, PaperNumbers
from analysis.settings import Settings
from analysis.stats import Interval
from analysis.tables.write import NOTHING, Section, Table, numbers, percent, points

SUPPORTED = Measure(
    "supported", "Supported facts\na text", "supported facts", "supported", "amount"
)


def main_table(results: Results, settings: Settings, paper: PaperNumbers) -> Table:
    """Rows are variants (all seeds), columns sets by main measures, each with its interval.

    Where the paper's number of a variant and of the set's role has been transcribed, the
    difference from it stands beside: for each of its models, since ours may be another.
    """
    sections, data = [], [_identity(cell) for cell in cells(results)]
    for where in evaluation_sets(results):
        sections.append(_section(results, settings, paper, where, data))
    caption = (
        "Main results in per cent with 95 % intervals "
        f"({captions.sizes(results)}; {captions.seeds(results)}, averaged per item; "
        f"{captions.intervals(settings)}; Jeffreys for rates of fewer than {stats.SMALL} items "
        "and for scores that are all 0 or all 1). "
        "Each cell (a relation that the prompt's examples state and the knowledge base knows) is "
        "right, wrong or omitted; each question is answered right, wrong or not at all, both "
        f"classes counting alike. {_f1(results)}. Supported facts are a number a text. Δ is the "
        "difference from the base of the set's first measure and of the paper's, in points, paired "
        "by item; an asterisk marks an unadjusted interval without zero. Shift share is tokens of "
        f"rank > 1 over the first {settings.first_positions} tokens; n counts the scored items of "
        f"the first measure. {_unsaid(results)}"
        f"{captions.flags(results)}{captions.CAUTION}."
    )
    return Table("main", caption, pd.DataFrame(data), tuple(sections))


def _section(
    results: Results,
    settings: Settings,
    paper: PaperNumbers,
    where: EvaluationSet,
    data: list[dict[str, Any]],
) -> Section:
    """One set's rows, a variant each; its raw numbers are added to ``data``."""
    measures = main_measures(where) + (() if where.asks else (SUPPORTED,))
    base, judged = base_cell(results), paper_measure(where)
    changed = dict.fromkeys((measures[0], judged))
    known = paper.models(where.role)
    beside = [f"− paper ({PAPER_SETS[where.role]}, {model})" for model in known]
    heads = [*(one.short for one in measures), *(f"Δ {one.short}" for one in changed)]
    rows = []
    for cell, flat in zip(cells(results), data, strict=True):
        found = {one.key: estimate(results, cell, where, one, settings) for one in measures}
        share = shift_share(results, cell, where, settings)
        for key, interval in (found | {"shift_share": share}).items():
            flat |= numbers(interval, f"{where.name}:{key}:")
        first = found[measures[0].key]
        apart = {model: paper.apart(model, cell, where.role, found[judged.key]) for model in known}
        flat |= {f"{where.name}:paper:{model}:difference": d for model, d in apart.items()}
        rows.append(
            (
                display(cell),
                str(len(cell.seeds)),
                *(_level(one, found[one.key]) for one in measures),
                *(change(results, cell, base, where, one, settings) for one in changed),
                percent(share),
                NOTHING if first is None else str(first.items),
                *(points(one) for one in apart.values()),
            )
        )
    heading = f"{style.set_title(where.name)} ({style.role_title(where.role)})"
    columns = ("variant", "seeds", *heads, "shift share", "n", *beside)
    return Section(heading, columns, tuple(rows))


def _level(measure: Measure, found: Interval | None) -> str:
    if measure.kind == "amount":
        return NOTHING if found is None else f"{found.estimate:.2f}"
    return percent(found)


def change(
    results: Results,
    cell: Cell,
    other: Cell,
    where: EvaluationSet,
    measure: Measure,
    settings: Settings,
) -> str:
    """``cell`` - ``other`` in points, with what is to be said of it; nothing of a cell itself."""
    if cell == other:
        return NOTHING
    found = difference(results, cell, other, where, measure, settings)
    note = omission.told(results, cell, other, where, measure, settings)
    return "; ".join(filter(None, (percent(found, signed=True, stars=True), note)))


def _f1(results: Results) -> str:
    """What K is, or why there is none."""
    counts = results.counts.get("grade", {})
    k = counts.get("f1_k")
    if k is None:
        return f"F1@K was not measured ({counts.get('f1_without') or 'K is not known'})"
    return f"K of F1@K is {k}, from the base's texts on validation people"


def _unsaid(results: Results) -> str:
    """Name the measures that the base has on no item of a set, and why; "" when there are none."""
    base, parts = base_cell(results), []
    for where in evaluation_sets(results):
        reason = _no_truth(results, where)
        if reason:
            parts.append(f"{style.set_title(where.name)}: no share right ({reason})")
        names = [
            one.short
            for one in main_measures(where)
            if one.key != "f1" and samples.level(results, base, where, one) is None
        ]
        if names:
            parts.append(f"{style.set_title(where.name)}: {', '.join(names)} (nothing scored)")
    return f"Not measured: {'; '.join(parts)}. " if parts else ""


def _no_truth(results: Results, where: EvaluationSet) -> str:
    if where.truth:
        return ""
    if not where.asks:
        return "the knowledge base holds no value that its prompts ask for"
    reasons = results.counts.get("grade", {}).get("truth_unscored", {}).get(where.name, {})
    return "; ".join(sorted(reasons, key=lambda one: (-reasons[one], one))) or "nothing scored"


def display(cell: Cell) -> str:
    """A variant's name in readable tables; a dagger marks a collapsed one."""
    parts = [style.algorithm(cell.algorithm), style.recipe(cell.recipe)]
    return " ".join(part for part in parts if part) + (" †" if cell.collapsed else "")


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
                note = omission.told(results, cell, other, where, measure, settings)
                data.append(
                    {"contrast": kind, "variant": cell.name, "against": other.name}
                    | {"set": where.name, "measure": measure.key}
                    | numbers(found)
                    | {"note": note}
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
                        note,
                    )
                )
    columns = (
        "contrast",
        "variant",
        "against",
        "set",
        "measure",
        "difference (points)",
        "n",
        "note",
    )
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
