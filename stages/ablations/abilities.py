"""Put every ability's set to one variant. Usage: python -m stages.ablations.abilities VARIANT.

VARIANT is `base` or ALGORITHM-ARM-SEED.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from apeft.errors import UserError
from apeft.records import file_digest, read_jsonl, write_json, write_jsonl
from stages.ablations.adapter import adapter_of
from stages.machine import MachineParams
from stages.respond_params import RespondParams
from stages.stage import Made, Reads, output, run, wrong_arguments

READS: Reads = {"machine": MachineParams, "respond": RespondParams}
SETS = Path("out/ability_sets")


def main(params: dict[str, Any]) -> Made:
    """Write out/abilities/VARIANT: scores.jsonl and counts.json."""
    variant = sys.argv[1]
    adapter = None if variant == "base" else adapter_of(variant)
    files = sorted(SETS.glob("*.jsonl"))
    if not files:
        raise UserError(
            "there is no set to ask", where=str(SETS), fix="run the stage ability_sets first"
        )

    from apeft.abilities.score import counts, score
    from apeft.models.load import LoadedModel, load_model
    from apeft.training.adapters import WEIGHTS, merged
    from apeft.worklog import Worklog

    p: RespondParams = params["respond"]
    machine = params["machine"].machine()
    rows = [row for file in files for row in read_jsonl(file)]
    key = [file_digest(Path("out/model/identity.json")), vars(machine), p.dtype, p.batch_tokens]
    if adapter:
        key.append(file_digest(adapter / WEIGHTS))
    log = Worklog(f"abilities-{variant}", key)
    loaded = load_model(Path("out/model"), machine, p.dtype)
    if adapter:
        loaded = LoadedModel(merged(loaded.model, adapter), loaded.tokenizer, loaded.identity)
    scores = score(loaded, rows, log, batch_tokens=p.batch_tokens)
    found = counts(scores)
    with output(f"out/abilities/{variant}") as folder:
        write_jsonl(folder / "scores.jsonl", scores)
        write_json(folder / "counts.json", found)
    log.clear()
    told = ", ".join(
        f"{name} {one['mean']:.0%}" if one["scored"] else f"{name} unscored"
        for name, one in found.items()
    )
    return Made(f"abilities {variant}: {told}", device=machine.device)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        wrong_arguments("python -m stages.ablations.abilities base | ALGORITHM-ARM-SEED")
    name = "abilities_base" if sys.argv[1] == "base" else f"abilities@{sys.argv[1]}"
    run(name, READS, main, f"out/abilities/{sys.argv[1]}")
