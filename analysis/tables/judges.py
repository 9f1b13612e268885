"""How well the judges agree with labels: the measured figures beside the results they made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from analysis.tables.write import NOTHING, Section, Table

RATES = ("precision", "recall", "f1")
COUNTS = ("hits", "misses", "false", "rest", "unscored")
FEW = 10  # items that a rate divides by; below, the interval says little


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
        labelled = row["hits"] + row["misses"]
        wholes = (row["hits"] + row["false"], labelled, labelled + row["false"])
        shown = [
            _rate(row[rate], whole) if measured else "not measured"
            for rate, whole in zip(RATES, wholes, strict=True)
        ]
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
        "What precision is held against: FalseQA's negatives are people's answers to the valid "
        "counterparts of its questions; those of KUQ are answers to questions with a known answer, "
        "mostly names of one to seven words: its precision says little of sentences; the model's "
        "own are its plain answers, mostly a word; those of other models (GPT-4, Llama-2 7B and "
        "13B) are their plain answers in sentences, drawn in strata of length and of what rules "
        "found, so that their rates are those of this mixture. Rows by length count the words of "
        "the answer. "
        "Precision and recall with Jeffreys intervals, F1 with its credible interval "
        f"(Goutte & Gaussier 2005); a rate of fewer than {FEW} items says of how many; "
        "labelled: items that the labels hold; items: all that the judge "
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


def _rate(found: Sequence[float] | None, whole: int) -> str:
    if found is None:
        return NOTHING
    value, low, high = (100 * number for number in found)
    few = f", of {whole}" if whole < FEW else ""
    return f"{value:.1f} [{low:.1f}, {high:.1f}]{few}"
