"""Put lm-eval's tasks to one variant. Usage: python -m stages.ablations.lm_eval VARIANT.

VARIANT is `base` or ALGORITHM-ARM-SEED. Only where `ablations.lm_eval.tasks` names a task.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from apeft.records import Record, write_json, write_jsonl
from stages.ablations.adapter import adapter_of
from stages.ablations.cells import Cells
from stages.ablations.params import Ablations
from stages.machine import MachineParams
from stages.respond_params import RespondParams
from stages.stage import Made, Reads, output, run, wrong_arguments

# Of the cells nothing but the digest of the tasks' files is used, by DVC.
READS: Reads = {
    "ablations": Ablations,
    "cells": Cells,
    "machine": MachineParams,
    "respond": RespondParams,
}


def main(params: dict[str, Any]) -> Made:
    """Write out/lm_eval/VARIANT: scores.jsonl and counts.json."""
    from apeft.abilities.lm_eval import scored
    from apeft.models.load import LoadedModel, load_model
    from apeft.training.adapters import merged

    variant = sys.argv[1]
    adapter = None if variant == "base" else adapter_of(variant)
    p, respond = params["ablations"].lm_eval, params["respond"]
    machine = params["machine"].machine()
    loaded = load_model(Path("out/model"), machine, respond.dtype)
    if adapter:
        loaded = LoadedModel(merged(loaded.model, adapter), loaded.tokenizer, loaded.identity)
    rows, about = scored(
        loaded,
        p.tasks,
        rows=p.rows,
        seed=params["ablations"].seed,
        batch_size=p.batch_size,
        run_code=p.run_code,
        folder=None if p.folder is None else Path(p.folder),
    )
    counts: Record = {}
    for name, one in about.items():
        values = [row["value"] for row in rows if row["set"] == name and row["value"] is not None]
        counts[name] = {
            **one,
            "rows": sum(row["set"] == name for row in rows),
            "scored": len(values),
            "mean": sum(values) / len(values) if values else None,
        }
    with output(f"out/lm_eval/{variant}") as folder:
        write_jsonl(folder / "scores.jsonl", rows)
        write_json(folder / "counts.json", counts)
    told = ", ".join(
        f"{one['task']} {one['mean']:.0%}" if one["scored"] else f"{one['task']} unscored"
        for one in counts.values()
    )
    return Made(f"lm-eval {variant}: {told}", device=machine.device)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        wrong_arguments("python -m stages.ablations.lm_eval base | ALGORITHM-ARM-SEED")
    name = f"lm_eval_base@{sys.argv[1]}" if sys.argv[1] == "base" else f"lm_eval@{sys.argv[1]}"
    run(name, READS, main, f"out/lm_eval/{sys.argv[1]}")
