"""How well the judges agree with people: the measured figures beside the results they made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.tables.write import NOTHING, Section, Table

RATES = ("precision", "recall", "f1")
COUNTS = ("hits", "misses", "false", "rest", "unscored")


@dataclass(frozen=True)
class Agreement:
    """A measurement of the judges (``labels/agreement.json``).

    ``rows``: counts and rates with intervals; ``date``: of the measurement; ``changed``: whether
    the judges' code is another one today.
    """

    rows: Sequence[Mapping[str, Any]]
    date: str
    changed: bool


def table(agreement: Agreement) -> Table:
    """One row for each judge and labelled set; what was not measured says so."""
    data, rows = [], []
    for row in agreement.rows:
        flat = {key: row[key] for key in ("table", "of", "judge", *COUNTS)}
        for rate in RATES:
            found = row[rate] or (None, None, None)
            flat |= {
                f"{rate}{end}": value
                for end, value in zip(("", ":low", ":high"), found, strict=True)
            }
        data.append(flat)
        labelled = row["hits"] + row["misses"]
        measured = labelled + row["false"] + row["rest"] + row["unscored"]
        shown = [_rate(row[rate]) if measured else "not measured" for rate in RATES]
        rows.append(
            (row["table"], row["of"], row["judge"], *shown, str(labelled), str(row["unscored"]))
        )
    state = (
        "the rules have CHANGED since, so these figures are of other rules: run `make judges`"
        if agreement.changed
        else "the rules are the ones that were measured"
    )
    caption = (
        f"Judges against people, in per cent with 95 % intervals, measured on {agreement.date}; "
        f"{state}. Precision and recall with Jeffreys intervals, F1 with its credible interval "
        "(Goutte & Gaussier 2005); labelled: items that people found; unscored: items that the "
        "judge left undecided, in no rate."
    )
    columns = ("table", "of", "judge", "precision", "recall", "F1", "labelled", "unscored")
    return Table("judges", caption, pd.DataFrame(data), (Section("", columns, tuple(rows)),))


def _rate(found: Sequence[float] | None) -> str:
    if found is None:
        return NOTHING
    value, low, high = (100 * number for number in found)
    return f"{value:.1f} [{low:.1f}, {high:.1f}]"
