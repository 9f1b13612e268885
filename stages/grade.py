"""Grade what every variant wrote; needs no model, so judges can be mended cheaply."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field

from apeft.evaluation.grade import (
    by_model,
    by_rules,
    grade_answers,
    grade_openers,
    grade_questions,
    grade_texts,
)
from apeft.evaluation.ranks import grade_candidates
from apeft.facts.knowledge import Knowledge
from apeft.records import Record, read_jsonl, write_json, write_jsonl
from apeft.sets import QUESTION_OF_NAME
from stages.grid import Variant, variants
from stages.judging import JudgeParams, check, judging
from stages.own import Own
from stages.stage import Made, Reads, Section, output, run
from stages.training_params import Training


class Params(Section):
    """How responses are graded."""

    gamma: int = Field(ge=0)


READS: Reads = {"grade": Params, "training": Training, "own": Own, "judge": JudgeParams}
CHECKS = [check]


def main(params: dict[str, Any]) -> Made:
    """Write out/grade: texts, facts, questions, answers, candidates and openers of all variants."""
    return grade(params, variants(params["training"], params["own"].variants))


def grade(params: dict[str, Any], grid: list[Variant]) -> Made:
    """Grade what the variants of ``grid`` wrote, into out/grade."""
    knowledge = Knowledge.load(Path("out/knowledge"))
    by = judging(params["judge"], knowledge)
    judge, gamma = by.judge, params["grade"].gamma
    judge_of = by_rules if by.reader is None else by_model(by.reader)
    tables: dict[str, list[Record]] = {
        name: [] for name in ("texts", "facts", "questions", "answers", "candidates", "openers")
    }
    for variant in grid:
        folder = Path("out/respond") / variant.name
        responses = read_jsonl(folder / "responses.jsonl")
        long_form = [row for row in responses if row["set"] not in QUESTION_OF_NAME]
        asked = [row for row in responses if row["set"] in QUESTION_OF_NAME]
        answers = read_jsonl(folder / "answers.jsonl")
        by.warm(grade_texts, [([row], judge, knowledge, gamma) for row in long_form])
        by.warm(grade_questions, [([row], judge_of) for row in asked])
        by.warm(grade_answers, [([row], judge, knowledge) for row in answers])
        texts, facts = grade_texts(long_form, judge, knowledge, gamma)
        graded = {
            "texts": texts,
            "facts": facts,
            "questions": grade_questions(asked, judge_of),
            "answers": grade_answers(answers, judge, knowledge),
            "candidates": grade_candidates(read_jsonl(folder / "candidates.jsonl")),
            "openers": grade_openers(read_jsonl(folder / "openers.jsonl")),
        }
        for name, rows in graded.items():
            tables[name] += [{"variant": variant.name, **row} for row in rows]
    with output("out/grade") as out:
        for name, rows in tables.items():
            write_jsonl(out / f"{name}.jsonl", rows)
        verdicts = [row["verdict"] for row in tables["facts"]]
        counts = {
            "variants": len(grid),
            **{name: len(rows) for name, rows in tables.items()},
            "facts_unscored": verdicts.count("not_stated"),
            "questions_unscored": sum(row["correct"] is None for row in tables["questions"]),
        }
        write_json(out / "counts.json", counts)
    return Made(
        f"grade: {counts['variants']} variants, {counts['texts']} texts with {counts['facts']} "
        f"facts ({counts['facts_unscored']} unscored), {counts['questions']} question responses "
        f"({counts['questions_unscored']} unscored){by.told()}",
        by.counts(),
    )


if __name__ == "__main__":
    run("grade", READS, main, "out/grade")
