"""Under-alignment against over-alignment, with numbers: every variant on every set."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis import style
from analysis.figures import captions
from analysis.load import Results
from analysis.measures import evaluation_sets, tuned_cells
from analysis.regions import alignment
from analysis.settings import Settings
from analysis.stats import interval
from analysis.tables.main import display
from analysis.tables.write import NOTHING, Section, Table, numbers, percent


def table(results: Results, settings: Settings) -> Table:
    """Shift share, change of the main measure, and the probability of each region."""
    data, rows = [], []
    for where in evaluation_sets(results):
        for cell in tuned_cells(results):
            found = alignment(results, [(cell, where)], settings)
            if found is None:
                continue
            shift, change = interval(found.shift), interval(found.change)
            odds = {
                "under_alignment": found.under,
                "over_alignment": found.over,
                "no_change": found.no_change,
            }
            data.append(
                {"variant": cell.name, "set": where.name}
                | numbers(shift, "shift:")
                | numbers(change, "change:")
                | odds
            )
            rows.append(
                (
                    display(cell),
                    style.set_title(where.name),
                    percent(shift),
                    percent(change, signed=True),
                    *(_probability(one) for one in odds.values()),
                )
            )
    columns = (
        *("variant", "set", "shift share (%)", "change (points)"),
        *("P(under)", "P(over)", "P(no change)"),
    )
    change_border = f"{100 * settings.small_change:g}"
    caption = (
        "Shift from the base model and change of the main measure, drawn together. P(under): shift "
        f"below {100 * settings.small_shift:g} % and a change within ±{change_border} points; "
        f"P(over): a larger shift and a loss of more than {change_border}; P(no change): a change "
        f"within ±{change_border} ({captions.seeds(results)}; {captions.intervals(settings)}; "
        f"{captions.flags(results)}{captions.CAUTION})."
    )
    return Table("alignment", caption, pd.DataFrame(data), (Section("", columns, tuple(rows)),))


def _probability(value: Any) -> str:
    return NOTHING if value is None else f"{value:.3f}"
