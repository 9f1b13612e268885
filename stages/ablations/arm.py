"""The training set of one arm, with references. Usage: python -m stages.ablations.arm ARM."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

from apeft.records import read_jsonl, write_json, write_jsonl
from apeft.training.references import with_references
from stages.stage import Made, Reads, output, run, wrong_arguments

READS: Reads = {}
SETS = Path("out/arms/sets")


def main(params: dict[str, Any]) -> Made:
    """Write out/mix/ARM: train.jsonl and validation.jsonl, as `stages.mix` does for a recipe."""
    arm = sys.argv[1]
    logps = {
        row["key"]: row
        for folder in ("out/reference", "out/reference_own/arms")
        for row in read_jsonl(Path(folder) / "logps.jsonl")
    }
    train, left_out = with_references(read_jsonl(SETS / f"{arm}.jsonl"), logps)
    general = read_jsonl(Path("out/general/pairs.jsonl"))
    held_out = [
        {key: value for key, value in pair.items() if not key.startswith("facts_")}
        for pair in general
        if pair["split"] == "validation"
    ]
    validation = with_references(held_out, logps)[0]
    kinds = Counter(row["kind"] for row in train)
    with output(f"out/mix/{arm}") as folder:
        write_jsonl(folder / "train.jsonl", train)
        write_jsonl(folder / "validation.jsonl", validation)
        counts = {"pairs": len(train), "merged_prompt": left_out, **kinds}
        write_json(folder / "counts.json", counts)
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    return Made(f"arm {arm}: {len(train)} pairs ({told})")


if __name__ == "__main__":
    if len(sys.argv) != 2 or not (SETS / f"{sys.argv[1]}.jsonl").is_file():
        wrong_arguments("python -m stages.ablations.arm ARM, one that out/arms/arms.json names")
    run(f"arm@{sys.argv[1]}", READS, main, f"out/mix/{sys.argv[1]}")
