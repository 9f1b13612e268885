"""General preferences D_g: better against worse biographies of one person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from apeft.errors import UserError
from apeft.pairs.general import PairRule, balanced, general_pairs
from apeft.records import Record, read_jsonl, write_json, write_jsonl
from stages.stage import Made, Reads, Section, output, run


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


READS: Reads = {"general": Params}
SPLITS = ("train", "validation")


def main(params: dict[str, Any]) -> Made:
    """Write out/general/pairs.jsonl for training and validation people."""
    p: Params = params["general"]
    pairs, reasons = paired(
        read_jsonl(Path("out/score/responses.jsonl")), p.pair_rule(), p.per_person
    )
    by_split = {split: [row for row in pairs if row["split"] == split] for split in SPLITS}
    told = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
    for split, rows in by_split.items():
        if not rows:
            raise UserError(
                f"no pair of {split} people: {told}",
                where="general",
                fix="sample more people or biographies, lower general.min_gap or .min_facts, or "
                "set general.rule: plain",
            )
    years = {split: _years(rows) for split, rows in by_split.items()}
    with output("out/general") as folder:
        write_jsonl(folder / "pairs.jsonl", pairs)
        counts = {split: len(rows) for split, rows in by_split.items()}
        write_json(folder / "counts.json", {**counts, "years": years, "left_out": dict(reasons)})
    gap = sum(pair["gap"] for pair in pairs) / len(pairs)
    chosen, rejected = years["train"].values()
    return Made(
        f"general: {counts['train']} training and {counts['validation']} validation pairs, "
        f"mean gap {gap:.2f}, scored years a text {chosen:.2f} chosen and {rejected:.2f} "
        f"rejected; no pair: {told}"
    )


def paired(
    responses: Sequence[Record], rule: PairRule, per_person: int
) -> tuple[list[Record], Counter[str]]:
    """Pair the responses of every person, years balanced in each split, and tell why others not."""
    ordered = sorted(responses, key=lambda row: (row["prompt"], row["id"]))
    pairs: list[Record] = []
    reasons: Counter[str] = Counter()
    for _, group in groupby(ordered, key=lambda row: row["prompt"]):
        found, why_not = general_pairs(list(group), rule, per_person)
        pairs += found
        reasons += why_not
    kept = {
        pair["id"]
        for split in SPLITS
        for pair in balanced([row for row in pairs if row["split"] == split], rule.year_balance)
    }
    reasons += Counter(years_unbalanced=len(pairs) - len(kept))
    return [pair for pair in pairs if pair["id"] in kept], reasons


def _years(pairs: Sequence[Record]) -> dict[str, float]:
    """Mean scored years a text of either side."""
    return {
        side: round(sum(pair[f"years_{side}"] for pair in pairs) / len(pairs), 4)
        for side in ("chosen", "rejected")
    }


if __name__ == "__main__":
    run("general", READS, main, "out/general")
