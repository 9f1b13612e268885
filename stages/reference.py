"""Reference log-probabilities of everything that tuning may compare, each computed once.

All sampled biographies are scored, not only the paired ones, since RSO draws pairs of its own.
``python -m stages.reference NAME`` scores the pairs that a user brings under that name.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from pydantic import Field

from apeft.progress import chunks, progress
from apeft.records import file_digest, read_jsonl, write_json, write_jsonl
from stages.machine import Dtype, MachineParams
from stages.stage import Made, Reads, Section, output, run, wrong_arguments


class Params(Section):
    """How references are computed; ``dtype`` must be the one that adapters train in."""

    dtype: Dtype
    batch_tokens: int = Field(ge=64)


READS: Reads = {"machine": MachineParams, "reference": Params}


def check(sections: dict[str, Any]) -> list[str]:
    """Cross-section rule: policy and reference in one precision."""
    if sections["reference"].dtype != sections["training"].dtype:
        return ["reference.dtype: must equal training.dtype, or the implicit rewards start off 0"]
    return []


CHECKS = [check]
OUT = Path("out/reference_own")  # of pairs that a user brings, apart: the others stay as they are


def main(params: dict[str, Any]) -> Made:
    """Write out/reference[_own/NAME]/logps.jsonl, keyed by prompt and completion."""
    from apeft.models.load import load_model
    from apeft.models.scoring import completion_logps
    from apeft.training.tokens import reference_key, split_completion
    from apeft.worklog import Worklog

    p: Params = params["reference"]
    machine = params["machine"].machine()
    own = sys.argv[1] if len(sys.argv) > 1 else None
    sides: set[tuple[str, str]] = set()
    if own is None:
        sides = {
            (row["plain"], row["text"])
            for row in read_jsonl(Path("out/score/responses.jsonl"))
            if row["score"] is not None
        }
    pairs = Path("out/own") / own if own else Path("out/atomic")
    for pair in read_jsonl(pairs / "pairs.jsonl"):
        sides |= {(pair["prompt"], pair["chosen"]), (pair["prompt"], pair["rejected"])}
    texts = sorted(sides)
    keys = [reference_key(*side) for side in texts]
    model = Path("out/model")
    loaded = load_model(model, machine, p.dtype)
    name = f"reference-{own}" if own else "reference"
    log = Worklog(name, [vars(machine), p.dtype, file_digest(model / "identity.json")])
    rows = [split_completion(loaded.tokenizer, *side) for side in texts]
    todo = [index for index, key in enumerate(keys) if key not in log]
    # Neighbours in length, so that a chunk's batches carry little padding.
    todo.sort(key=lambda index: (len(rows[index][0]) + len(rows[index][1]), keys[index]))
    for part in progress(chunks(todo, 64), "reference", unit="batches"):
        logps = completion_logps(
            loaded.model, [rows[index] for index in part],
            pad=loaded.tokenizer.pad_token_id, tokens=p.batch_tokens,
        )  # fmt: skip
        log.add(
            {
                keys[index]: {
                    "logp": value,
                    "tokens": len(rows[index][1]),
                    "prompt_tokens": len(rows[index][0]),
                }
                for index, value in zip(part, logps, strict=True)
            }
        )
    scored = sum(len(prompt) + len(completion) for prompt, completion in rows)
    with output(OUT / own if own else "out/reference") as folder:
        write_jsonl(folder / "logps.jsonl", ({"key": key, **log[key]} for key in sorted(keys)))
        write_json(folder / "counts.json", {"texts": len(texts), "tokens": scored})
    log.clear()
    line = f"{name}: {len(texts)} texts, {scored} tokens scored once"
    return Made(line, {"scored": scored}, machine.device)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        wrong_arguments("python -m stages.reference, or with the NAME of own pairs")
    if len(sys.argv) == 2:
        run(f"reference_own@{sys.argv[1]}", READS, main, str(OUT / sys.argv[1]))
    else:
        run("reference", READS, main, "out/reference")
