"""How well the judges agree with labels: the measured figures beside the results they made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from analysis.tables.write import NOTHING, Section, Table

RATES = ("precision", "recall", "f1")
COUNTS = ("hits", "misses", "false", "rest", "unscored")


@dataclass(frozen=True)
class Agreement:
    """A measurement of one judge (in ``labels/agreement.json``).

    ``rows``: counts and rates with intervals; ``date``: of the measurement; ``changed``: whether
    the judge's code is another one today; ``limit``: items of a row at most, None for all;
    ``misses``: what readers found in KUQ's held-out answers to unknown questions that it missed.
    """

    judge: str
    rows: Sequence[Mapping[str, Any]]
    date: str
    changed: bool
    limit: int | None = None
    misses: Mapping[str, int] = field(default_factory=dict)


def about_own_texts(row: Mapping[str, Any]) -> bool:
    """Whether a row is about what the model itself wrote: its answers, or "own" sentences."""
    return row["table"] == "answers" or ", own " in row["table"]


def table(agreements: Sequence[Agreement]) -> Table:
    """One row for each judge and labelled set, the model's own texts first.

    What was not measured says so.
    """
    data, rows = [], []
    every = [row for agreement in agreements for row in agreement.rows]
    for row in sorted(every, key=about_own_texts, reverse=True):  # stable: else as measured
        flat = {key: row[key] for key in ("table", "of", "judge", *COUNTS)}
        for rate in RATES:
            found = row[rate] or (None, None, None)
            flat |= {
                f"{rate}{end}": value
                for end, value in zip(("", ":low", ":high"), found, strict=True)
            }
        data.append(flat)
        measured = sum(row[key] for key in COUNTS)
        shown = [_rate(row[rate]) if measured else "not measured" for rate in RATES]
        labelled = row["hits"] + row["misses"]
        counts = (str(labelled), str(measured) if measured else NOTHING, str(row["unscored"]))
        rows.append((row["table"], row["of"], row["judge"], *shown, *counts))
    caption = (
        f"Judges against labels, in per cent with 95 % intervals, first on the model's own answers "
        f"and sentences. {_states(agreements)} The labels in labels/ were read by language models "
        "(labels/README.md), and those of FalseQA and KUQ (people's answers) are people's. Rules "
        "were mended after the model's own answers and sentences had been labelled, some on these "
        "very items, so that its tables flatter them a little; only the rows `held out` were not "
        "written on. Verdicts on stated facts are the comparison with the knowledge base that "
        "the rows `answers` measure; a language model's verdicts on statements are not measured. "
        "Precision and recall with Jeffreys intervals, F1 with its credible interval "
        "(Goutte & Gaussier 2005); labelled: items that the labels hold; items: all that the judge "
        "was shown (for statements: found by either); unscored: items that the judge left "
        f"undecided, in no rate.{_misses(agreements)}"
    )
    columns = ("table", "of", "judge", "precision", "recall", "F1", "labelled", "items", "unscored")
    return Table("judges", caption, pd.DataFrame(data), (Section("", columns, tuple(rows)),))


def _misses(agreements: Sequence[Agreement]) -> str:
    """What readers found in the admissions that a judge missed: few of KUQ's are admissions."""
    told = ""
    for made in agreements:
        if made.misses:
            kinds = {"admits": "admit it", "describes": "describe the question"}
            kinds |= {"answers": "answer it outright", "unread": "are unread"}
            parts = ", ".join(f"{n} {kinds[name]}" for name, n in sorted(made.misses.items()))
            told += (
                f" Of KUQ's {sum(made.misses.values())} held-out answers to unknown questions in "
                f"which {made.judge} found no admission, by a reading of each: {parts}; the file "
                "labels all of them as admissions, and its rates here count them so."
            )
    return told


def _states(agreements: Sequence[Agreement]) -> str:
    told = []
    for made in agreements:
        state = (
            "its code has CHANGED since, so these figures are of another judge: run `make judges`"
            if made.changed
            else "its code is the one that was measured"
        )
        drawn = f" on at most {made.limit} items a row" if made.limit else ""
        told.append(f"{made.judge} was measured on {made.date}{drawn}; {state}.")
    return " ".join(told)


def _rate(found: Sequence[float] | None) -> str:
    if found is None:
        return NOTHING
    value, low, high = (100 * number for number in found)
    return f"{value:.1f} [{low:.1f}, {high:.1f}]"
