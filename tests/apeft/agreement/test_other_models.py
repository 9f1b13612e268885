"""Labels of other models' answers: joined with their texts, counted by length, floors held."""

from __future__ import annotations

from pathlib import Path

import pytest

from apeft.agreement import questions
from apeft.errors import UserError
from apeft.records import Record, read_jsonl

ROOT = Path(__file__).resolve().parents[3]
LABELS = ROOT / "labels" / "other_models.jsonl"


@pytest.fixture(scope="module")
def archive(source_dir: Path) -> Path:
    return next(source_dir.glob("openfactcheck-*.whl"))


@pytest.fixture(scope="module")
def rows(archive: Path) -> list[Record]:
    return questions.other_models(read_jsonl(LABELS), archive)


def precision(rows: list[Record], judge: str) -> tuple[float, int]:
    told = [{**row, "label": row[judge]} for row in rows if row[judge] is not None]
    found = questions.agreement(told, questions.JUDGES[judge])
    return found.hits / (found.hits + found.false), found.hits + found.false


@pytest.mark.parametrize(
    ("answer", "band"),
    [
        ("Paris", "one word"), ("", "one word"), ("in Paris", "2-7 words"),
        (" ".join("a" * 7), "2-7 words"), (" ".join("a" * 8), "8-45 words"),
        (" ".join("a" * 45), "8-45 words"), (" ".join("a" * 46), "longer"),
    ],
)  # fmt: skip
def test_bands_of_length_meet_without_a_gap(answer: str, band: str) -> None:
    assert questions.length(answer) == band


def test_labels_name_answers_without_their_words(rows: list[Record]) -> None:
    assert len(rows) >= 500
    assert all(questions.key(row) == row["key"] for row in rows)
    assert {row["model"] for row in rows} == {"GPT4", "llama7b", "llama13b"}
    assert not any({"question", "answer"} & label.keys() for label in read_jsonl(LABELS))


def test_held_out_labels_are_of_the_half_that_no_rule_was_written_on(rows: list[Record]) -> None:
    held = [row for row in rows if row["part"] == "held out"]
    assert held
    assert all(questions.held_out(row["question"]) for row in held)


def test_a_label_of_another_answer_is_one_clear_error(archive: Path) -> None:
    label = read_jsonl(LABELS)[0] | {"key": "0" * 16}
    with pytest.raises(UserError, match="belongs to another answer"):
        questions.other_models([label], archive)


def test_sentence_long_answers_that_are_flagged_are_admissions(rows: list[Record]) -> None:
    part = [
        row
        for row in rows
        if row["part"] == "held out" and questions.length(row["answer"]) == "8-45 words"
    ]
    rate, found = precision(part, "abstention")
    assert found >= 40
    assert rate >= 0.90


def test_rejections_of_fresh_questions_are_rejections(rows: list[Record]) -> None:
    rate, found = precision([row for row in rows if row["set"] == "freshqa"], "premise")
    assert found >= 60
    assert rate >= 0.90
