"""Write n biographies of every training and validation person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field

from apeft.records import file_digest, read_jsonl, write_json, write_jsonl
from apeft.sampling.factory import SamplerName, open_sampler
from stages.machine import Dtype, MachineParams
from stages.sampler_params import VllmParams
from stages.stage import Made, Reads, Section, output, run


class Params(Section):
    """How biographies are sampled."""

    n: int = Field(ge=2)
    temperature: float = Field(gt=0, le=2)
    max_new_tokens: int = Field(ge=8)
    sampler: SamplerName
    rows: int = Field(ge=1)
    dtype: Dtype
    seed: int = Field(ge=0)


READS: Reads = {"machine": MachineParams, "vllm": VllmParams, "sample": Params}


def main(params: dict[str, Any]) -> Made:
    """Write out/sample/responses.jsonl."""
    from apeft.sampling.base import SampleSettings
    from apeft.sampling.run import sample_prompts, token_count
    from apeft.worklog import Worklog

    p: Params = params["sample"]
    machine, engine = params["machine"].machine(), params["vllm"].engine()
    prompts = [
        row
        for row in read_jsonl(Path("out/prompts/prompts.jsonl"))
        if row["set"] == "bio" and row["split"] in ("train", "validation")
    ]
    settings = SampleSettings(p.n, p.temperature, p.max_new_tokens, "\n", p.seed)
    model = Path("out/model")
    sampler = open_sampler(p.sampler, model, machine, p.dtype, rows=p.rows, engine=engine)
    inputs = [p.sampler, vars(machine), vars(engine), p.dtype, file_digest(model / "identity.json")]
    log = Worklog("sample", inputs)
    written = sample_prompts(
        sampler, [row["text"] for row in prompts], settings, log,
        "sample", chunk=p.rows,
    )  # fmt: skip
    tokens = {"written": token_count(written)}
    rows = [
        {
            "id": f"{prompt['id']}/{index}",
            "variant": "base",
            **{key: prompt[key] for key in ("set", "entity", "split", "plain")},
            "prompt": prompt["id"],
            **completion,
        }
        for prompt, completions in zip(prompts, written, strict=True)
        for index, completion in enumerate(completions)
    ]
    ties = [row["near_ties"] for row in rows]
    with output("out/sample") as folder:
        write_jsonl(folder / "responses.jsonl", rows)
        counts = {
            "responses": len(rows),
            "people": len(prompts),
            "tokens": sum(len(row["tokens"]) for row in rows),
            "cut": sum(not row["ended"] for row in rows),
            "empty": sum(not row["text"].strip() for row in rows),
            "near_ties": None if None in ties else sum(ties),
        }
        write_json(folder / "counts.json", counts)
    log.clear()
    line = (
        f"sample: {counts['responses']} biographies of {counts['people']} people, "
        f"{counts['tokens']} tokens, {counts['cut']} cut at the limit"
    )
    return Made(line, tokens, machine.device)


if __name__ == "__main__":
    run("sample", READS, main, "out/sample")
