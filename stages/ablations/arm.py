"""The training set of one arm, with references. Usage: python -m stages.ablations.arm ARM."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from apeft.records import read_jsonl
from stages.mix import read_logps, training_set
from stages.stage import Made, Reads, run, wrong_arguments

READS: Reads = {}
SETS = Path("out/arms/sets")


def main(params: dict[str, Any]) -> Made:
    """Write out/mix/ARM: train.jsonl and validation.jsonl, as `stages.mix` does for a recipe."""
    arm = sys.argv[1]
    rows = read_jsonl(SETS / f"{arm}.jsonl")
    general = read_jsonl(Path("out/general/pairs.jsonl"))
    logps = read_logps("reference") | read_logps("reference_own/arms")
    return training_set("arm", arm, rows, general, logps, {})


if __name__ == "__main__":
    if len(sys.argv) != 2 or not (SETS / f"{sys.argv[1]}.jsonl").is_file():
        wrong_arguments("python -m stages.ablations.arm ARM, one that out/arms/arms.json names")
    run(f"arm@{sys.argv[1]}", READS, main, f"out/mix/{sys.argv[1]}")
