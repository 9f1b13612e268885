"""Knowledge detection: ask for every atomic fact of the paired responses k times."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from pydantic import Field

from apeft.detection import HALF, detected
from apeft.errors import UserError
from apeft.facts.judge import FactJudge
from apeft.facts.knowledge import Knowledge
from apeft.questions import aspect, fact_question
from apeft.records import Record, file_digest, read_json, read_jsonl, write_json, write_jsonl
from apeft.sampling.factory import SamplerName, open_sampler
from stages.judging import JudgeParams, Judging, check, judging
from stages.machine import Dtype, MachineParams
from stages.sampler_params import VllmParams
from stages.stage import Made, Reads, Section, output, run


class Params(Section):
    """How often and how a fact is asked."""

    k: int = Field(ge=2)
    temperature: float = Field(gt=0, le=2)
    max_new_tokens: int = Field(ge=2)
    sampler: SamplerName
    rows: int = Field(ge=1)
    min_scored: float = Field(ge=0, le=1)
    larger_k: int = Field(ge=3)
    dtype: Dtype
    seed: int = Field(ge=0)


READS: Reads = {
    "machine": MachineParams, "vllm": VllmParams, "detect": Params, "judge": JudgeParams,
}  # fmt: skip


def check_larger(sections: dict[str, Any]) -> list[str]:
    """Cross-key rules of this section."""
    params: Params = sections["detect"]
    if params.larger_k > params.k:
        return []
    return [f"detect.larger_k: {params.larger_k} must be above detect.k, which is {params.k}"]


CHECKS = [check, check_larger]


def main(params: dict[str, Any]) -> Made:
    """Write out/detect/facts.jsonl: each fact with its samples, r and class."""
    knowledge = Knowledge.load(Path("out/knowledge"))
    by = judging(params["judge"], knowledge)
    facts, undecidable = by.facts_to_ask(read_jsonl(Path("out/general/pairs.jsonl")), knowledge)
    if not facts:
        raise UserError(
            "the paired responses state no fact that the knowledge base could check",
            where="detect",
            fix="sample more people, or lower general.min_gap so that there are more pairs",
        )
    return detect(params, "detect", facts, undecidable, by, knowledge)


def detect(
    params: dict[str, Any], name: str, facts: list[Record], undecidable: int, by: Judging,
    knowledge: Knowledge,
) -> Made:  # fmt: skip
    """Ask for ``facts`` and write out/NAME: facts.jsonl and counts.json."""
    from apeft.certainty import add_certainty
    from apeft.guessing import add_guessing
    from apeft.sampling.base import SampleSettings
    from apeft.sampling.run import sample_prompts, token_count
    from apeft.worklog import Worklog

    p: Params = params["detect"]
    machine, engine = params["machine"].machine(), params["vllm"].engine()
    judge = by.judge
    shots = read_json(Path("out/prompts/answer_shots.json"))
    facts = [fact_question(fact, judge, knowledge, shots) for fact in facts]
    model = Path("out/model")
    sampler = open_sampler(p.sampler, model, machine, p.dtype, rows=p.rows, engine=engine)
    inputs = [p.sampler, vars(machine), vars(engine), p.dtype, file_digest(model / "identity.json")]
    log = Worklog(name, inputs)
    settings = SampleSettings(p.k, p.temperature, p.max_new_tokens, "\n", p.seed)
    prompts = [fact["text"] for fact in facts]

    written = sample_prompts(sampler, prompts, settings, log, name, chunk=p.rows)
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
        samples = _graded(judge, knowledge, fact, completions)
        kept = {key: value for key, value in fact.items() if key != "text"}
        rows.append(detected(kept, samples, p.min_scored))
    rows = add_guessing(add_certainty(rows, p.larger_k), knowledge.lexicon)
    counts = _counts(rows, undecidable, p.k)
    ties = [item["near_ties"] for row in written for item in row]
    counts["near_ties"] = None if None in ties else sum(ties)
    with output(f"out/{name}") as folder:
        write_jsonl(folder / "facts.jsonl", rows)
        write_json(folder / "counts.json", counts)
    log.clear()
    told = ", ".join(f"{count} {one}" for one, count in sorted(counts["classes"].items()))
    line = (
        f"{name}: {len(rows)} facts, {p.k} samples each: {told} "
        f"({counts['beyond_chance']} of {counts['tested_for_chance']} beyond chance); "
        f"{counts['samples']} samples, {counts['unscored_samples']} of them unscored"
        f"{by.told()}"
    )
    return Made(line, {"written": token_count(written), **by.counts()}, machine.device)


def _graded(
    judge: FactJudge, knowledge: Knowledge, fact: Record, completions: list[Record]
) -> list[Record]:
    """Each completion as a sample of the fact: its text, end, value, verdict and reason."""
    entity = knowledge.entity(fact["entity"])
    samples = []
    for index, completion in enumerate(completions):
        match = judge.grade(entity, aspect(fact), completion["text"])
        samples.append(
            {
                "id": f"{fact['fact']}/{index}",
                "text": completion["text"],
                "ended": completion["ended"],
                "correct": match.correct,
                "value": match.value,
                "reason": match.reason,
            }
        )
    return samples


def _counts(rows: list[Record], undecidable: int, k: int) -> Record:
    beyond = [row["beyond_chance"] for row in rows if row["class"] == HALF]
    return {
        "facts": len(rows),
        "stated_but_undecidable": undecidable,
        "classes": dict(Counter(row["class"] for row in rows)),
        # Of potentially known facts; the others' rates of the right value are their yardstick.
        "tested_for_chance": len(beyond) - beyond.count(None),
        "beyond_chance": beyond.count(True),
        "samples": len(rows) * k,
        "unscored_samples": sum(row["unscored"] for row in rows),
    }


if __name__ == "__main__":
    run("detect", READS, main, "out/detect")
