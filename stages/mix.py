"""The training set of one recipe: general, atomic, or apeft (both). Usage: -m stages.mix RECIPE."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

from pydantic import Field

from apeft.pairs.mix import RECIPES, mix
from apeft.records import Record, read_jsonl, write_json, write_jsonl
from apeft.training.references import with_references
from stages.stage import Made, Reads, Section, output, run, wrong_arguments


class Params(Section):
    """How D_g and D_a are joined."""

    ratio: float | None = Field(gt=0)
    seed: int = Field(ge=0)


READS: Reads = {"mix": Params}


def main(params: dict[str, Any]) -> Made:
    """Write out/mix/RECIPE: train.jsonl and validation.jsonl, references included."""
    recipe = sys.argv[1]
    p: Params = params["mix"]
    general = read_jsonl(Path("out/general/pairs.jsonl"))
    rows = mix(
        recipe,
        [pair for pair in general if pair["split"] == "train"],
        read_jsonl(Path("out/atomic/pairs.jsonl")),
        ratio=p.ratio,
        seed=p.seed,
    )
    logps = {row["key"]: row for row in read_jsonl(Path("out/reference/logps.jsonl"))}
    joined, left_out = with_references(rows, logps)
    train = [_slim(row) for row in joined]
    held_out = [pair for pair in general if pair["split"] == "validation"]
    validation = [_slim(row) for row in with_references(held_out, logps)[0]]
    kinds = Counter(row["kind"] for row in train)
    with output(f"out/mix/{recipe}") as folder:
        write_jsonl(folder / "train.jsonl", train)
        write_jsonl(folder / "validation.jsonl", validation)
        counts = {"pairs": len(train), "merged_prompt": left_out, **kinds}
        write_json(folder / "counts.json", counts)
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    return Made(f"mix {recipe}: {len(train)} pairs ({told}), {len(validation)} for validation")


def _slim(row: Record) -> Record:
    """Leave the facts of both sides where they are (general, atomic); ids lead back to them."""
    return {key: value for key, value in row.items() if not key.startswith("facts_")}


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in RECIPES:
        wrong_arguments(f"python -m stages.mix {{{','.join(RECIPES)}}}")
    run(f"mix@{sys.argv[1]}", READS, main, f"out/mix/{sys.argv[1]}")
