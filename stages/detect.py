"""Knowledge detection: ask for every atomic fact of the paired responses k times."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from pydantic import Field

from apeft.detection import detected
from apeft.errors import UserError
from apeft.facts.knowledge import Knowledge
from apeft.questions import aspect, fact_question
from apeft.records import Record, file_digest, read_json, read_jsonl, write_json, write_jsonl
from stages.judging import JudgeParams, check, judging
from stages.machine import Dtype, MachineParams
from stages.stage import Made, Reads, Section, output, run


class Params(Section):
    """How often and how a fact is asked."""

    k: int = Field(ge=2)
    temperature: float = Field(gt=0, le=2)
    max_new_tokens: int = Field(ge=2)
    rows: int = Field(ge=1)
    min_scored: float = Field(ge=0, le=1)
    dtype: Dtype
    seed: int = Field(ge=0)


READS: Reads = {"machine": MachineParams, "detect": Params, "judge": JudgeParams}
CHECKS = [check]


def main(params: dict[str, Any]) -> Made:
    """Write out/detect/facts.jsonl: each fact with its samples, r and class."""
    from apeft.models.load import load_model
    from apeft.sampling.base import SampleSettings
    from apeft.sampling.hf import HfSampler
    from apeft.sampling.run import sample_prompts, token_count
    from apeft.worklog import Worklog

    p: Params = params["detect"]
    machine = params["machine"].machine()
    knowledge = Knowledge.load(Path("out/knowledge"))
    by = judging(params["judge"], knowledge)
    judge = by.judge
    shots = read_json(Path("out/prompts/answer_shots.json"))
    facts, undecidable = by.facts_to_ask(read_jsonl(Path("out/general/pairs.jsonl")), knowledge)
    facts = [fact_question(fact, judge, knowledge, shots) for fact in facts]
    if not facts:
        raise UserError(
            "the paired responses state no fact that the knowledge base could check",
            where="detect",
            fix="sample more people, or lower general.min_gap so that there are more pairs",
        )
    model = Path("out/model")
    loaded = load_model(model, machine, p.dtype)
    log = Worklog("detect", [vars(machine), p.dtype, file_digest(model / "identity.json")])
    settings = SampleSettings(p.k, p.temperature, p.max_new_tokens, "\n", p.seed)
    written = sample_prompts(
        HfSampler(loaded, rows=p.rows), [fact["text"] for fact in facts], settings, log,
        "detect", chunk=p.rows,
    )  # fmt: skip
    by.warm(
        judge.grade,
        [
            (knowledge.entity(fact["entity"]), aspect(fact), completion["text"])
            for fact, completions in zip(facts, written, strict=True)
            for completion in completions
        ],
    )
    rows: list[Record] = []
    for fact, completions in zip(facts, written, strict=True):
        entity = knowledge.entity(fact["entity"])
        samples = []
        for index, completion in enumerate(completions):
            match = judge.grade(entity, aspect(fact), completion["text"])
            samples.append(
                {
                    "id": f"{fact['fact']}/{index}",
                    "text": completion["text"],
                    "correct": match.correct,
                    "value": match.value,
                    "reason": match.reason,
                }
            )
        rows.append(detected({k: v for k, v in fact.items() if k != "text"}, samples, p.min_scored))
    classes = Counter(row["class"] for row in rows)
    with output("out/detect") as folder:
        write_jsonl(folder / "facts.jsonl", rows)
        counts = {
            "facts": len(rows),
            "stated_but_undecidable": undecidable,
            "classes": dict(classes),
            "samples": len(rows) * p.k,
            "unscored_samples": sum(row["unscored"] for row in rows),
        }
        write_json(folder / "counts.json", counts)
    log.clear()
    told = ", ".join(f"{count} {name}" for name, count in sorted(classes.items()))
    line = (
        f"detect: {len(rows)} facts x {p.k} samples: {told}; "
        f"{counts['unscored_samples']} samples unscored"
        f"{by.told()}"
    )
    tokens = {"written": token_count(written), **by.counts()}
    return Made(line, tokens, machine.device)


if __name__ == "__main__":
    run("detect", READS, main, "out/detect")
