"""Find the atomic facts of every sampled biography, judge them, and score the biography."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from pydantic import Field

from apeft.facts.assess import assess
from apeft.facts.factscore import ResponseScore
from apeft.facts.knowledge import Knowledge
from apeft.pairs.sure import doubtful
from apeft.records import Record, read_jsonl, write_json, write_jsonl
from stages.judging import JudgeParams, check, judging
from stages.stage import Made, Reads, Section, output, run


class Params(Section):
    """How responses are scored."""

    gamma: int = Field(ge=0)


READS: Reads = {"score": Params, "judge": JudgeParams}
CHECKS = [check]


def main(params: dict[str, Any]) -> Made:
    """Write out/score/responses.jsonl: each response with its facts and score."""
    knowledge = Knowledge.load(Path("out/knowledge"))
    by = judging(params["judge"], knowledge)
    responses = read_jsonl(Path("out/sample/responses.jsonl"))

    def assessed(response: Record) -> tuple[list[Record], ResponseScore]:
        entity = knowledge.entity(response["entity"])
        facts, score = assess(by.judge, response, entity, params["score"].gamma)
        return [{**fact, "doubtful": in_doubt(entity, fact)} for fact in facts], score

    def in_doubt(entity: Record, fact: Record) -> bool:
        """Whether what the knowledge base contradicts may be true; pairs must not rest on it."""
        wrong = fact["verdict"] == "contradicted"
        return wrong and doubtful(knowledge, entity, fact["relation"], fact["value"])

    by.warm(assessed, [(response,) for response in responses])
    rows, verdicts = [], Counter[str]()
    for response in responses:
        facts, score = assessed(response)
        verdicts.update(fact["verdict"] for fact in facts)
        rows.append(
            {
                **response,
                "facts": facts,
                "score": score.score,
                "penalised": score.penalised,
                "lower": score.lower,
                "upper": score.upper,
            }
        )
    scored = [row["score"] for row in rows if row["score"] is not None]
    with output("out/score") as folder:
        write_jsonl(folder / "responses.jsonl", rows)
        counts = {"responses": len(rows), "unscored": len(rows) - len(scored), **verdicts}
        write_json(folder / "counts.json", counts)
    mean = f"mean FActScore {sum(scored) / len(scored):.3f}" if scored else "none could be scored"
    return Made(
        f"score: {sum(verdicts.values())} facts in {len(rows)} responses "
        f"({verdicts['supported']} supported, {verdicts['contradicted']} contradicted, "
        f"{verdicts['not_stated']} unscored); {mean}, {len(rows) - len(scored)} unscored"
        f"{by.told()}",
        by.counts(),
    )


if __name__ == "__main__":
    run("score", READS, main, "out/score")
