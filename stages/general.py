"""General preferences D_g: better against worse biographies of one person."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from pathlib import Path
from typing import Any

from pydantic import Field

from apeft.errors import UserError
from apeft.pairs.general import general_pairs
from apeft.records import Record, read_jsonl, write_json, write_jsonl
from stages.stage import Made, Reads, Section, output, run


class Params(Section):
    """Which two responses form a pair."""

    min_gap: float = Field(gt=0, le=1)
    min_facts: int = Field(ge=1)
    per_person: int = Field(ge=1)


READS: Reads = {"general": Params}


def main(params: dict[str, Any]) -> Made:
    """Write out/general/pairs.jsonl for training and validation people."""
    p: Params = params["general"]
    responses = sorted(
        read_jsonl(Path("out/score/responses.jsonl")), key=lambda row: (row["prompt"], row["id"])
    )
    pairs: list[Record] = []
    reasons: Counter[str] = Counter()
    for _, group in groupby(responses, key=lambda row: row["prompt"]):
        found, why_not = general_pairs(
            list(group), min_gap=p.min_gap, min_facts=p.min_facts, per_person=p.per_person
        )
        pairs += found
        reasons += why_not
    by_split = Counter(pair["split"] for pair in pairs)
    for split in ("train", "validation"):
        if not by_split[split]:
            raise UserError(
                f"no pair of {split} people: "
                + ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items())),
                where="general",
                fix="sample more people or biographies, or lower general.min_gap or .min_facts",
            )
    with output("out/general") as folder:
        write_jsonl(folder / "pairs.jsonl", pairs)
        write_json(folder / "counts.json", {**by_split, "left_out": dict(reasons)})
    gap = sum(pair["gap"] for pair in pairs) / len(pairs)
    return Made(
        f"general: {by_split['train']} training and {by_split['validation']} validation pairs, "
        f"mean gap {gap:.2f}"
    )


if __name__ == "__main__":
    run("general", READS, main, "out/general")
