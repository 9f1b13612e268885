"""Where an adapter changes the model, and what each part is worth. Usage: where VARIANT."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from apeft.errors import UserError
from apeft.records import Record, file_digest, read_jsonl, write_json, write_jsonl
from apeft.rng import keyed
from stages.ablations.adapter import adapter_of
from stages.ablations.params import Ablations
from stages.machine import MachineParams
from stages.respond_params import RespondParams
from stages.stage import Made, Reads, output, run, wrong_arguments

READS: Reads = {"machine": MachineParams, "respond": RespondParams, "ablations": Ablations}


def main(params: dict[str, Any]) -> Made:
    """Write out/where/VARIANT: updates.jsonl, margins.jsonl and counts.json."""
    variant = sys.argv[1]
    adapter = adapter_of(variant)
    facts = [row for row in read_jsonl(Path("out/prompts/test_facts.jsonl")) if row["sampled"]]
    if not facts:
        raise UserError(
            "no test fact is there to be scored",
            where="out/prompts/test_facts.jsonl",
            fix="raise prompts.facts_per_set or take another knowledge base",
        )
    p: RespondParams = params["respond"]
    ablations: Ablations = params["ablations"]
    chosen = drawn(facts, ablations.where_facts, ablations.seed)

    from apeft.evaluation.switched import Switched, margins
    from apeft.models.load import load_model
    from apeft.training.adapters import WEIGHTS
    from apeft.training.update import measured
    from apeft.worklog import Worklog

    machine = params["machine"].machine()
    key = [file_digest(Path("out/model/identity.json")), file_digest(adapter / WEIGHTS)]
    log = Worklog(f"where-{variant}", [*key, vars(machine), p.dtype, p.rows])
    base = load_model(Path("out/model"), machine, p.dtype)
    updates = measured(adapter, base.model)
    switched = Switched(base.model, adapter)
    scored = [
        row
        for part in margins(switched, base.tokenizer, chosen, log, rows=2 * p.rows)
        for row in part
    ]
    with output(f"out/where/{variant}") as folder:
        write_jsonl(folder / "updates.jsonl", ({"variant": variant, **row} for row in updates))
        write_jsonl(folder / "margins.jsonl", ({"variant": variant, **row} for row in scored))
        counts = {
            "facts": len(chosen),
            "facts_left_out": len(facts) - len(chosen),
            "parts": len(switched.parts),
            "weights": len(updates),
        }
        write_json(folder / "counts.json", counts)
    log.clear()
    line = (
        f"where {variant}: {len(updates)} updates measured, {len(chosen)} facts scored with each "
        f"of {len(switched.parts) - 2} parts switched off"
    )
    return Made(line, {}, machine.device)


def drawn(facts: list[Record], count: int, seed: int) -> list[Record]:
    """The first ``count`` facts (0: all) in an order that depends on (seed, fact) alone."""
    ranked = sorted(
        facts, key=lambda row: (keyed(seed, "where", row["fact"]).random(), row["fact"])
    )
    return ranked[:count] if count else ranked


if __name__ == "__main__":
    if len(sys.argv) != 2:
        wrong_arguments("python -m stages.ablations.where VARIANT")
    run(f"where@{sys.argv[1]}", READS, main, f"out/where/{sys.argv[1]}")
