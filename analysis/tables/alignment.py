"""Under-alignment against over-alignment, with numbers: every variant on every set."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis import style
from analysis.estimates import shift_share
from analysis.figures import captions
from analysis.learned import Learning, learning
from analysis.load import Results
from analysis.measures import Cell, EvaluationSet, evaluation_sets, shift_rows, tuned_cells
from analysis.regions import STILL, alignment, can_move
from analysis.settings import Settings
from analysis.stats import Interval, interval
from analysis.tables.main import display
from analysis.tables.write import NOTHING, Section, Table, amount, numbers, percent
from analysis.verdicts import NOT_TRAINED

ODDS = ("under_alignment", "over_alignment", "no_gain")


def table(results: Results, settings: Settings) -> Table:
    """Shift shares, change of the main measure, and the probability of each region."""
    data, rows = [], []
    for where in evaluation_sets(results):
        for cell in tuned_cells(results):
            if shift_rows(results, cell, where, settings) is None:
                continue
            flat, row = _row(results, cell, where, settings)
            data.append({"variant": cell.name, "set": where.name} | flat)
            rows.append((display(cell), style.set_title(where.name), *row))
    columns = (
        *("variant", "set", "rank > 1, all (%)", "rank > 1, could move (%)", "change (points)"),
        *("P(under)", "P(over)", "P(no gain)", "margin learned (nats)", "gain in domain (points)"),
    )
    border = f"{100 * settings.small_change:g}"
    caption = (
        "Shift from the base model and change of the main measure, drawn together, of these "
        "adapters (seeds averaged). Shift: share of tokens that are not the base's first choice "
        f"(rank > 1), over all of the first {settings.first_positions} positions and over those "
        f"that could move ({captions.free(settings)}). P(under): the latter below "
        f"{100 * settings.small_shift:g} % and a gain below {border} points (a loss is none), of "
        "adapters that have learned: their margin on pairs of validation people or their gain in "
        f"domain lies above zero, else “{NOT_TRAINED}”; P(over): a larger shift and a loss of more "
        f"than {border}; P(no gain): a gain below {border} "
        f"({captions.seeds(results)}; {captions.by_entity(settings)}; {captions.FLOORS}; "
        f"{captions.flags(results)}{captions.CAUTION})."
    )
    return Table("alignment", caption, pd.DataFrame(data), (Section("", columns, tuple(rows)),))


def _row(
    results: Results, cell: Cell, where: EvaluationSet, settings: Settings
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The row's numbers for machines and for readers."""
    known = learning(results, cell, settings, over_seeds=True)
    everywhere = shift_share(results, cell, where, settings)
    found = alignment(results, [(cell, where)], settings, over_seeds=True)
    shift = None if found is None else interval(found.shift)
    change = None if found is None else interval(found.change)
    odds = dict.fromkeys(ODDS) if found is None else dict(
        zip(ODDS, (found.under, found.over, found.no_gain), strict=True)
    )  # fmt: skip
    if not known.done:
        odds["under_alignment"] = None
    reason = "" if can_move(results, cell, where, settings) else STILL
    flat = (
        numbers(everywhere, "shift:all:")
        | numbers(shift, "shift:could move:")
        | numbers(change, "change:")
        | odds
        | numbers(known.margin, "learned:margin:")
        | numbers(known.gain, "learned:gain:")
        | {"learned": known.done, "reason": reason}
    )
    return flat, _shown(known, everywhere, shift, change, odds, reason)


def _shown(
    known: Learning,
    everywhere: Interval | None,
    shift: Interval | None,
    change: Interval | None,
    odds: dict[str, float | None],
    reason: str,
) -> tuple[str, ...]:
    shares = [_probability(odds[name]) for name in ODDS]
    if not known.done:
        shares[0] = NOT_TRAINED
    return (
        percent(everywhere),
        reason or percent(shift),
        percent(change, signed=True),
        *shares,
        amount(known.margin),
        percent(known.gain, signed=True),
    )


def _probability(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.3f}"
