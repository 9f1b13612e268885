"""The section ``general``, which RSO's training and the ablations read too."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from apeft.pairs.general import PairRule
from stages.stage import Section


class Params(Section):
    """Which two responses form a pair."""

    rule: Literal["shared", "plain"]
    min_gap: float = Field(gt=0, le=1)
    min_facts: int = Field(ge=1)
    year_balance: float | None = Field(ge=0)
    per_person: int = Field(ge=1)

    def pair_rule(self) -> PairRule:
        """Return the rule as pairs are made by it."""
        return PairRule(self.rule, self.min_gap, self.min_facts, self.year_balance)
