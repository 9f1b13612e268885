"""What stands beside FActScore: its bounds, its penalised form, and how much a text states."""

from __future__ import annotations

import pandas as pd

from analysis import stats, style
from analysis.figures import captions
from analysis.load import Results
from analysis.measures import cells, evaluation_sets, labels, scored, values
from analysis.sample import make
from analysis.settings import Settings
from analysis.stats import Interval
from analysis.tables.main import display
from analysis.tables.write import NOTHING, Section, Table, numbers, percent
from apeft.rng import keyed

SHARES = {
    "factscore": "FActScore",
    "lower": "lower bound",
    "upper": "upper bound",
    "factscore_penalised": "with length penalty",
    "responded": "responses that state a fact",
    "hedged": "cells right and wrong",
    "undecided": "cells undecided",
}
AMOUNTS = {
    "facts": "facts",
    "supported": "supported",
    "contradicted": "contradicted",
    "not_stated": "unscored",
    "length": "tokens",
}


def texts(results: Results, settings: Settings) -> Table:
    """Long-form texts of every variant and set: shares in per cent, amounts per response."""
    data, rows = [], []
    for where in evaluation_sets(results):
        if where.asks:
            continue
        for cell in cells(results):
            flat: dict[str, object] = {"variant": cell.name, "set": where.name}
            row = [display(cell), style.set_title(where.name)]
            for name in (*SHARES, *AMOUNTS):
                found = None
                items = scored(results, cell, where.name, name)
                if items is not None:
                    rng = keyed(settings.seed, "texts", where.name, name)
                    own, entities = values(items), labels(items, "entity")
                    if name in SHARES:
                        found = stats.share(
                            make(own, entities), resamples=settings.bootstrap, rng=rng
                        )
                    else:
                        found = stats.cluster_mean(
                            own, entities, resamples=settings.bootstrap, rng=rng
                        )
                flat |= numbers(found, f"{name}:")
                row.append(percent(found) if name in SHARES else _amount(found))
            data.append(flat)
            rows.append(tuple(row))
    columns = ("variant", "set", *(f"{label} (%)" for label in SHARES.values()), *AMOUNTS.values())
    caption = (
        "Long-form texts. FActScore is the share of supported among decided facts; the bounds take "
        "all undecided facts as wrong and as right; the length penalty is FActScore's, over "
        "responses with a score; facts, their verdicts and tokens are means per response. Of "
        "the cells, those right and wrong have a wrong value beside the right one (and count as "
        "right), those undecided have only statements that could not be decided (and count as "
        "omitted) "
        f"({captions.seeds(results)}, averaged per response; {captions.by_entity(settings)}; "
        f"{captions.flags(results)}{captions.CAUTION})."
    )
    return Table("texts", caption, pd.DataFrame(data), (Section("", columns, tuple(rows)),))


def _amount(found: Interval | None) -> str:
    return NOTHING if found is None else f"{found.estimate:.2f}"
