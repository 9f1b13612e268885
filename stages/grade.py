"""Grade what every variant wrote; needs no model, so judges can be mended cheaply."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from pydantic import Field

from apeft.evaluation.cells import grade_cells
from apeft.evaluation.grade import (
    by_model,
    by_rules,
    grade_answers,
    grade_openers,
    grade_questions,
    grade_texts,
)
from apeft.evaluation.ranks import grade_candidates
from apeft.facts.factscore import k_of_texts
from apeft.facts.judge import TypedJudge
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
    """Write out/grade: the grades of all variants."""
    return grade(params, variants(params["training"], params["own"].variants))


def grade(params: dict[str, Any], grid: list[Variant]) -> Made:
    """Grade what the variants of ``grid`` wrote, into out/grade."""
    knowledge = Knowledge.load(Path("out/knowledge"))
    by = judging(params["judge"], knowledge)
    judge, gamma, rules = by.judge, params["grade"].gamma, TypedJudge(knowledge)
    k, no_k = _k()
    cells = read_jsonl(Path("out/prompts/cells.jsonl"))
    prompts = read_jsonl(Path("out/prompts/prompts.jsonl"))
    golds = {row["id"]: row["answers"] for row in prompts if "answers" in row}
    judge_of = by_rules if by.reader is None else by_model(by.reader)
    tables: dict[str, list[Record]] = {
        name: []
        for name in ("texts", "facts", "cells", "questions", "answers", "candidates", "openers")
    }
    for variant in grid:
        folder = Path("out/respond") / variant.name
        responses = read_jsonl(folder / "responses.jsonl")
        long_form = [row for row in responses if row["set"] not in QUESTION_OF_NAME]
        asked = [row for row in responses if row["set"] in QUESTION_OF_NAME]
        answers = read_jsonl(folder / "answers.jsonl")
        by.warm(grade_texts, [([row], judge, knowledge, gamma, k) for row in long_form])
        by.warm(grade_questions, [([row], golds, judge_of) for row in asked])
        by.warm(grade_answers, [([row], judge, knowledge) for row in answers])
        texts, facts = grade_texts(long_form, judge, knowledge, gamma, k)
        shorts = read_jsonl(folder / "shorts.jsonl")
        graded = {
            "texts": texts,
            "facts": facts,
            "cells": grade_cells(cells, long_form, shorts, rules),
            "questions": grade_questions(asked, golds, judge_of),
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
            "f1_k": k,
            "f1_without": no_k,
            "truth_unscored": _reasons(tables["questions"]),
        }
        write_json(out / "counts.json", counts)
    return Made(
        f"grade: {counts['variants']} variants, {counts['texts']} texts with {counts['facts']} "
        f"facts ({counts['facts_unscored']} unscored; F1@K: {k or no_k}), "
        f"{counts['questions']} question responses ({counts['questions_unscored']} unscored)"
        f"{by.told()}",
        by.counts(),
    )


def _k() -> tuple[int | None, str]:
    """K of F1@K: fixed by what the base states of the validation people, before any variant."""
    responses = read_jsonl(Path("out/score/responses.jsonl"))
    return k_of_texts(
        [
            sum(fact["verdict"] in ("supported", "contradicted") for fact in row["facts"])
            for row in responses
            if row["split"] == "validation"
        ]
    )


def _reasons(questions: list[Record]) -> dict[str, dict[str, int]]:
    """How many answers of each set have an unknown truth, by reason."""
    found: dict[str, Counter[str]] = {}
    for row in questions:
        if row["right"] is None:
            found.setdefault(row["set"], Counter())[row["truth_reason"]] += 1
    return {name: dict(sorted(reasons.items())) for name, reasons in sorted(found.items())}


if __name__ == "__main__":
    run("grade", READS, main, "out/grade")
