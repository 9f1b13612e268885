"""Ask one variant everything. Usage: python -m stages.respond base | NAME | ALGORITHM RECIPE SEED.

NAME is a variant that was tuned elsewhere (out/variants/NAME).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from apeft.errors import UserError
from apeft.records import file_digest, read_jsonl, write_json, write_jsonl
from stages.machine import MachineParams
from stages.respond_params import RespondParams
from stages.stage import Made, Reads, output, run, wrong_arguments

READS: Reads = {"machine": MachineParams, "respond": RespondParams}


def main(params: dict[str, Any]) -> Made:
    """Write out/respond/VARIANT: responses, candidates, answers, shorts, openers and shift."""
    variant = "-".join(sys.argv[1:])
    own = Path("out/variants") / variant
    checkpoint = own if (own / "identity.json").is_file() else None
    adapter = (own if own.is_dir() else Path("out/train") / variant) / "adapter"
    if variant != "base" and not checkpoint and not adapter.is_dir():
        raise UserError(
            f"{variant} has no adapter",
            where=str(adapter),
            fix="train it first (`dvc repro` does), or correct the arguments",
        )

    from apeft.evaluation.respond import Evaluation, RespondSettings
    from apeft.models.load import LoadedModel, load_model
    from apeft.training.adapters import WEIGHTS, merged
    from apeft.worklog import Worklog

    p: RespondParams = params["respond"]
    machine = params["machine"].machine()
    given = {k: v for k, v in p.model_dump().items() if k != "dtype"}
    given["base_temperatures"] = tuple(p.base_temperatures)
    settings = RespondSettings(**given)
    prompts = read_jsonl(Path("out/prompts/prompts.jsonl"))
    test = [row for row in prompts if row["split"] == "test"]
    questions = [row for row in prompts if "opener" in row]
    facts = read_jsonl(Path("out/prompts/test_facts.jsonl"))
    sampled = [row for row in facts if row["sampled"]]
    cells = read_jsonl(Path("out/prompts/cells.jsonl"))
    key = [file_digest(Path("out/model/identity.json")), settings.__dict__, vars(machine)]
    if checkpoint:
        key.append(file_digest(checkpoint / "identity.json"))
    elif variant != "base":
        key.append(file_digest(adapter / WEIGHTS))
    log = Worklog(f"respond-{variant}", key)
    base = load_model(Path("out/model"), machine, p.dtype)
    tuned = base
    if checkpoint:
        tuned = load_model(checkpoint, machine, p.dtype)
    elif variant != "base":
        tuned = LoadedModel(merged(base.model, adapter), base.tokenizer, base.identity)
    read = [row["text"] for row in [*test, *questions, *facts, *cells]]
    evaluation = Evaluation(tuned, base, settings, log, read)
    responses = evaluation.responses(test)
    answers = evaluation.answers(sampled)
    shorts = evaluation.shorts(cells)
    candidates = evaluation.candidates(facts)
    openers = evaluation.openers(questions)
    shift = evaluation.shift(test, responses)
    written = sum(len(row["tokens"]) for row in responses)
    with output(f"out/respond/{variant}") as folder:
        write_jsonl(folder / "responses.jsonl", responses)
        write_jsonl(folder / "answers.jsonl", answers)
        write_jsonl(folder / "shorts.jsonl", shorts)
        write_jsonl(folder / "candidates.jsonl", candidates)
        write_jsonl(folder / "openers.jsonl", openers)
        write_jsonl(folder / "shift.jsonl", shift)
        counts = {
            "responses": len(responses),
            "facts": len(facts),
            "facts_sampled": len(sampled),
            "shorts": len(shorts),
            "questions_scored": len(openers),
            "shift_tokens": len(shift),
            "base_ties": sum(row["ties"] > 0 for row in shift),
        }
        write_json(folder / "counts.json", counts)
    log.clear()
    moved = sum(row["rank"] > 1 for row in shift) / max(1, len(shift))
    line = (
        f"respond {variant}: {len(responses)} responses, {len(facts)} facts ranked and "
        f"{len(sampled)} sampled {settings.k} times, {moved:.1%} of {len(shift)} tokens are not "
        "the base's first choice"
    )
    return Made(line, {"written": written}, machine.device)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 4):
        wrong_arguments("python -m stages.respond base | NAME | ALGORITHM RECIPE SEED")
    name = "respond" if len(sys.argv) == 4 else "respond_own"
    name = "respond_base" if sys.argv[1:] == ["base"] else f"{name}@{'-'.join(sys.argv[1:])}"
    run(name, READS, main, f"out/respond/{'-'.join(sys.argv[1:])}")
