"""The training set of one recipe: general, atomic, or apeft (both). Usage: -m stages.mix RECIPE.

A recipe may also be the name of pairs that a user brings (out/own/NAME). All recipes are validated
on the same general pairs.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

from pydantic import Field

from apeft.errors import UserError
from apeft.pairs.mix import RECIPES, mix
from apeft.records import Record, read_json, read_jsonl, write_json, write_jsonl
from apeft.training.references import with_references
from stages.stage import Made, Reads, Section, output, run, wrong_arguments


class Params(Section):
    """How D_g and D_a are joined."""

    ratio: float | None = Field(gt=0)
    seed: int = Field(ge=0)


READS: Reads = {"mix": Params}
OWN = Path("out/own")


def main(params: dict[str, Any]) -> Made:
    """Write out/mix/RECIPE: train.jsonl and validation.jsonl, references included."""
    recipe = sys.argv[1]
    p: Params = params["mix"]
    general = read_jsonl(Path("out/general/pairs.jsonl"))
    logps = read_logps("reference")
    brought: Record = {}
    if recipe in RECIPES:
        rows = mix(
            recipe,
            [pair for pair in general if pair["split"] == "train"],
            read_jsonl(Path("out/atomic/pairs.jsonl")),
            ratio=p.ratio,
            seed=p.seed,
        )
    else:
        rows = read_jsonl(OWN / recipe / "pairs.jsonl")
        brought = read_json(OWN / recipe / "counts.json")
        logps |= read_logps(f"reference_own/{recipe}")
    return training_set("mix", recipe, rows, general, logps, brought)


def training_set(
    told_as: str,
    recipe: str,
    rows: list[Record],
    general: list[Record],
    logps: dict[str, Record],
    brought: Record,
) -> Made:
    """Write out/mix/RECIPE from its pairs: with references, and D_g's validation pairs beside."""
    joined, left_out = with_references(rows, logps)
    if not joined:
        raise UserError(
            f"none of {len(rows)} pairs can be trained on: in each, one side's first token "
            "merges with the prompt",
            where=f"out/mix/{recipe} (own.pairs.{recipe}, if these are pairs of your own)",
            fix="begin every chosen and rejected text with a space, or end prompts with one",
        )
    train = [_slim(row) for row in joined]
    held_out = by_turns([pair for pair in general if pair["split"] == "validation"])
    validation = [_slim(row) for row in with_references(held_out, logps)[0]]
    kinds = Counter(row["kind"] for row in train)
    with output(f"out/mix/{recipe}") as folder:
        write_jsonl(folder / "train.jsonl", train)
        write_jsonl(folder / "validation.jsonl", validation)
        counts = {**brought, "pairs": len(train), "merged_prompt": left_out, **kinds}
        write_json(folder / "counts.json", counts)
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    return Made(
        f"{told_as} {recipe}: {len(train)} pairs ({told}), {len(validation)} for validation"
    )


def by_turns(pairs: list[Record]) -> list[Record]:
    """Every entity's first pair, then every second one: training reads the first so many."""
    seen: Counter[str] = Counter()
    turns = []
    for pair in pairs:
        turns.append(seen[pair["entity"]])
        seen[pair["entity"]] += 1
    order = sorted(range(len(pairs)), key=turns.__getitem__)
    return [pairs[place] for place in order]


def read_logps(folder: str) -> dict[str, Record]:
    """Reference log-probabilities in out/FOLDER, by prompt and completion."""
    return {row["key"]: row for row in read_jsonl(Path("out") / folder / "logps.jsonl")}


def _slim(row: Record) -> Record:
    """Leave the facts of both sides where they are (general, atomic); ids lead back to them."""
    return {key: value for key, value in row.items() if not key.startswith("facts_")}


if __name__ == "__main__":
    known = len(sys.argv) == 2 and (sys.argv[1] in RECIPES or (OWN / sys.argv[1]).is_dir())
    if not known:
        wrong_arguments(f"python -m stages.mix {{{','.join(RECIPES)}}}, or a name in own.pairs")
    name = "mix" if sys.argv[1] in RECIPES else "mix_own"
    run(f"{name}@{sys.argv[1]}", READS, main, f"out/mix/{sys.argv[1]}")
