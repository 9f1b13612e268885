"""What the page says about a run of its size, worded from the run's own numbers."""

from __future__ import annotations

import pandas as pd

from analysis.crossed import FLOOR

PAPER_GAIN = 3.45  # "an average improvement of 3.45 %" (abstract); points or relative: unknown
CHANCE = 0.05  # of an unadjusted 95 % interval to miss zero when nothing changed
LEARNED = "apeft − general"
# On every page, whatever the run: the sentences below are about the run itself.
SIZE = (
    "A run of the default's size demonstrates that every step works on real data, and it decides "
    "little. Anything that ought to be decided needs a larger profile: cpu-study for the default's "
    "questions with narrower intervals and three seeds, small-gpu for a model that knows more, "
    "without access to gated weights, and llama2-7b and llama3-8b for the paper's models with the "
    "nearest published settings."
)


def caution(differences: pd.DataFrame, seeds: int) -> list[str]:
    """Say how much the run's differences can decide.

    Args:
        differences: the table ``differences`` (``contrast``, ``low``, ``high`` in 0..1,
            ``interval``, among others). A floor is no interval and is counted apart.
        seeds: the smallest number of seeds of any variant trained here, 0 when there is none.
    """
    return [
        *_resolution(differences[differences["contrast"] == LEARNED]),
        *_hits(_known(differences)),
        *_seeds(seeds),
    ]


def _known(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["low"].notna() & rows["high"].notna() & (rows["interval"] != FLOOR)]


def _resolution(rows: pd.DataFrame) -> list[str]:
    known, floors = _known(rows), int((rows["interval"] == FLOOR).sum())
    few = f" {floors} more have a floor and no interval, as too few entities moved." * bool(floors)
    if known.empty:
        return [
            "No difference between atomic and general preferences has an interval, so this run "
            f"says nothing about the paper's question.{few}"
        ]
    still = int((known["low"] == known["high"]).sum())
    halves = 50 * (known["high"] - known["low"])[known["low"] < known["high"]]
    said = f"The paper reports an average gain of {PAPER_GAIN} (points or per cent is not known). "
    fine = int((halves < PAPER_GAIN).sum())
    if len(halves):
        said += (
            "Here the 95 % intervals of apeft − general reach "
            f"{halves.min():.1f} to {halves.max():.1f} points to either side (median "
            f"{halves.median():.1f}); {fine} of {len(halves)} are narrower than that gain."
        )
    said += few
    if still:
        said += (
            f" {still} of {len(known)} intervals of apeft − general have no width, since no item "
            "changed: that is no precision."
        )
    if 2 * fine < len(known) + floors:
        said += (
            " A gain of the paper's size could mostly not be told from none: this run "
            "demonstrates the study and decides little."
        )
    return [said.replace("  ", " ")]


def _hits(known: pd.DataFrame) -> list[str]:
    if known.empty:
        return []
    hits = int(((known["low"] > 0) | (known["high"] < 0)).sum())
    return [
        f"{hits} of {len(known)} paired differences with an interval have one without zero "
        f"(unadjusted); about {CHANCE * len(known):.0f} would if nothing had changed at all. An "
        "interval that contains zero says “not measured finely enough”, not “no effect”."
    ]


def _seeds(seeds: int) -> list[str]:
    if seeds > 1:
        return [
            f"Each variant was trained with {seeds} seeds or more, on one draw of pairs: another "
            "draw of people and pairs could give another result, which no interval here covers."
        ]
    if seeds == 1:
        return [
            "Each variant was trained with one seed, so what a difference between two algorithms "
            "or recipes owes to luck in training is not known, and no interval here covers it."
        ]
    return ["No tuned variant was evaluated."]
