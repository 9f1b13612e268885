"""What a variant knows, told from what it writes: ranked values, and short answers beside texts."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis import style
from analysis.estimates import difference, estimate
from analysis.figures import captions
from analysis.load import Results
from analysis.measures import (
    RANK1,
    Cell,
    EvaluationSet,
    Measure,
    base_cell,
    cells,
    evaluation_sets,
)
from analysis.settings import Settings
from analysis.stats import Interval
from analysis.tables.main import display
from analysis.tables.write import NOTHING, Section, Table, numbers, percent

RANKED = (
    RANK1,
    Measure("pairs_right", "Pairs right (K)", "pairs right (K)", "pairs_right", "mean"),
    Measure("margin", "Margin (nats)", "margin (nats)", "margin", "amount"),
    Measure("among", "Log-probability among (nats)", "log p among (nats)", "among", "amount"),
)
HELD = ("both right", "short only", "long only", "neither")


def ranked(results: Results, settings: Settings) -> Table:
    """How the right value of each test fact stands among the others, and its change from base."""
    data, rows = [], []
    for where in evaluation_sets(results):
        for cell in cells(results):
            found = [estimate(results, cell, where, one, settings) for one in RANKED]
            if found[0] is None:
                continue
            changes = [_change(results, cell, where, one, settings) for one in RANKED]
            flat: dict[str, Any] = {"variant": cell.name, "set": where.name}
            for one, level, change in zip(RANKED, found, changes, strict=True):
                flat |= numbers(level, f"{one.key}:") | numbers(change, f"{one.key}:change:")
            data.append(flat)
            shown = [
                text
                for one, level, change in zip(RANKED, found, changes, strict=True)
                for text in (_shown(one, level), _shown(one, change, changed=True))
            ]
            rows.append((display(cell), style.set_title(where.name), *shown, str(found[0].items)))
    heads = [text for one in RANKED for text in (one.short, "Δ to base")]
    caption = (
        "The right value of every ranked test fact against others of its relation, by "
        "log-probability: ranked first of all (Inside-Out's K*), the share of pairs with another "
        "value that are ordered rightly (K), the margin over the best other value, and the "
        "log-probability when only these values can be answered; 95 % intervals, Δ paired by fact. "
        "Neither rank changes when a model only sharpens; a margin grows in size, and the "
        "log-probability, a proper score, rises only towards the sharpness that is right "
        f"({captions.seeds(results)}; {captions.intervals(settings)}; "
        f"{captions.flags(results)}{captions.CAUTION})."
    )
    section = Section("", ("variant", "set", *heads, "n"), tuple(rows))
    return Table("ranked", caption, pd.DataFrame(data), (section,))


def _change(
    results: Results, cell: Cell, where: EvaluationSet, measure: Measure, settings: Settings
) -> Interval | None:
    base = base_cell(results)
    return None if cell == base else difference(results, cell, base, where, measure, settings)


def _shown(measure: Measure, found: Interval | None, *, changed: bool = False) -> str:
    if found is None:
        return NOTHING
    if measure.kind != "amount" or found.still:
        return percent(found, signed=changed, stars=changed)
    star = "*" if changed and found.excludes_zero else ""
    sign = "+" if changed else ""
    ends = f" [{found.low:{sign}.2f}, {found.high:{sign}.2f}]" if found.known else ""
    return f"{found.estimate:{sign}.2f}{star}{ends}".replace("-", "−")


def short_long(results: Results, settings: Settings) -> Table:
    """Cells by whether the short answer and the long text have them right (SLAQ)."""
    data, rows = [], []
    for where in evaluation_sets(results):
        for cell in cells(results):
            both = _pairs(results, cell, where)
            if both is None:
                continue
            counts = _counts(both[both["short"].notna()])
            unscored = int(both["short"].isna().sum())
            total = sum(counts.values())
            agree = counts["both right"] + counts["neither"]
            about = {"variant": cell.name, "set": where.name}
            data.append(about | counts | {"unscored": unscored, "agree": agree, "of": total})
            rows.append(
                (
                    display(cell),
                    style.set_title(where.name),
                    *(str(count) for count in counts.values()),
                    str(unscored),
                    f"{100 * agree / total:.1f}" if total else NOTHING,
                )
            )
    caption = (
        "The same fact asked short (greedy) and stated in the long text, cell by cell, all seeds "
        "together: right in both, in one alone, or in neither (wrong or omitted); agreement is the "
        "share of the first and the last. Cells whose short answer could not be graded are "
        f"unscored ({captions.seeds(results)}; {captions.flags(results)}{captions.CAUTION})."
    )
    columns = ("variant", "set", *HELD, "unscored", "agreement (%)")
    section = Section("", columns, tuple(rows))
    return Table("short_long", caption, pd.DataFrame(data), (section,))


def _pairs(results: Results, cell: Cell, where: EvaluationSet) -> pd.DataFrame | None:
    """Columns ``short`` (NaN: unscored) and ``long``, a row for each cell and seed."""
    items = results.items
    mine = items[
        (items["algorithm"] == cell.algorithm)
        & (items["recipe"] == cell.recipe)
        & (items["set"] == where.name)
        & (items["relation"] != "")
    ]
    keys = ["item", "seed"]
    short = mine[mine["measure"] == "short_right"].set_index(keys)["value"]
    long = mine[mine["measure"] == "right"].set_index(keys)["value"]
    return pd.DataFrame({"short": short, "long": long}) if len(short) else None


def _counts(both: pd.DataFrame) -> dict[str, int]:
    short, long = both["short"] == 1, both["long"] == 1
    held = (short & long, short & ~long, ~short & long, ~short & ~long)
    return {name: int(rows.sum()) for name, rows in zip(HELD, held, strict=True)}
