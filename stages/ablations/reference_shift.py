"""An adapter's shift on text that it did not write. Usage: reference_shift VARIANT."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from apeft.records import file_digest, read_jsonl, write_json, write_jsonl
from stages.ablations.adapter import adapter_of
from stages.machine import MachineParams
from stages.respond_params import RespondParams
from stages.stage import Made, Reads, output, run, wrong_arguments

READS: Reads = {"machine": MachineParams, "respond": RespondParams}


def main(params: dict[str, Any]) -> Made:
    """Write out/reference_shift/VARIANT: tokens.jsonl and counts.json."""
    variant = sys.argv[1]
    adapter = adapter_of(variant)

    from apeft.evaluation.reference import reference_shift, reference_texts
    from apeft.models.load import LoadedModel, load_model
    from apeft.training.adapters import WEIGHTS, merged
    from apeft.worklog import Worklog

    p: RespondParams = params["respond"]
    texts, counts = reference_texts(
        read_jsonl(Path("out/prompts/prompts.jsonl")),
        read_jsonl(Path("out/knowledge/entities.jsonl")),
        read_jsonl(Path("out/knowledge/facts.jsonl")),
    )
    machine = params["machine"].machine()
    key = [file_digest(Path("out/model/identity.json")), file_digest(adapter / WEIGHTS)]
    sizes = [p.dtype, p.shift_positions, p.batch_tokens]
    log = Worklog(f"reference-shift-{variant}", [*key, vars(machine), *sizes])
    base = load_model(Path("out/model"), machine, p.dtype)
    tuned = LoadedModel(merged(base.model, adapter), base.tokenizer, base.identity)
    rows = reference_shift(
        tuned, base, texts, log, positions=p.shift_positions, batch_tokens=p.batch_tokens
    )
    with output(f"out/reference_shift/{variant}") as folder:
        write_jsonl(folder / "tokens.jsonl", ({"variant": variant, **row} for row in rows))
        write_json(folder / "counts.json", {**counts, "tokens": len(rows)})
    log.clear()
    moved = sum(not row["same_top"] for row in rows) / max(1, len(rows))
    line = (
        f"reference_shift {variant}: at {moved:.1%} of {len(rows)} tokens of {len(texts)} "
        "reference texts the first choice is not the base's"
    )
    return Made(line, {}, machine.device)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        wrong_arguments("python -m stages.ablations.reference_shift VARIANT")
    run(f"reference_shift@{sys.argv[1]}", READS, main, f"out/reference_shift/{sys.argv[1]}")
