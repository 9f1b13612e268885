"""The forms in which evaluation sets are published, each read into the one schema of questions.

A question is ``id``, ``set``, ``question``, ``group`` (its class; empty for a long-form prompt),
``answer`` (for few-shot examples), ``split`` ("test" where the source has its own test rows, else
empty), ``rank`` (lower is taken first as an example) and, where the source pairs a question with
a counterpart of the other class, ``twin`` (equal for both).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from apeft.errors import UserError
from apeft.knowledge.text import fold
from apeft.records import digest
from apeft.sets import QUESTIONS, TEXTS
from apeft.sources.datasets import Row

Question = dict[str, Any]


@dataclass(frozen=True)
class Form:
    """How rows of one published layout are read.

    Attributes:
        columns: columns that every row must have.
        read: a row and its number to the fields that it decides: ``question``; ``reject`` (whether
            it should be turned down; absent for a prompt); and where the source has them ``id``,
            ``answer``, ``split``, ``rank``. ValueError for a value that it may not have.
        twins: whether the n-th question to turn down and the n-th other one are counterparts.
    """

    columns: tuple[str, ...]
    read: Callable[[Row, int], Question]
    twins: bool = False


def read_set(key: str, rows: Iterable[Row], form: str, where: str) -> list[Question]:
    """Read one set's rows in file order.

    Args:
        key: the set's name in the parameters.
        rows: as its source yields them.
        form: a name of :data:`FORMS`.
        where: the source as errors name it.

    Raises:
        UserError: no row, a missing column, a value that the form does not allow, an empty
            question, or an id given twice.
    """
    layout, place = FORMS[form], f"knowledge.sets.{key}: {where}"
    found: list[Question] = []
    seen: dict[str, int] = {}
    counted: dict[bool, int] = {}
    for number, row in enumerate(rows):
        _check_columns(row, layout, form, f"{place}, row {number + 1}")
        try:
            fields = layout.read(row, number)
            if not fields["question"]:
                raise ValueError("the question is empty")
            question = _question(key, fields)
        except ValueError as error:
            raise UserError(
                str(error),
                where=f"{place}, row {number + 1}",
                fix=f"correct the row, or name the form that this file has (now: {form})",
            ) from None
        if "id" in fields and seen.setdefault(question["id"], number) != number:
            raise UserError(
                f"id {fields['id']!r} is given twice",
                where=f"{place}, rows {seen[question['id']] + 1} and {number + 1}",
                fix="give each row an id of its own",
            )
        if layout.twins:
            nth = counted[fields["reject"]] = counted.get(fields["reject"], 0) + 1
            question["twin"] = f"{key}/{nth}"
        found.append(question)
    if not found:
        raise UserError("the set has no row", where=place, fix="give the whole file")
    return found


def _check_columns(row: Row, layout: Form, form: str, where: str) -> None:
    missing = [column for column in layout.columns if column not in row]
    if missing:
        raise UserError(
            f"no column {', '.join(map(repr, missing))}; there are: {', '.join(map(repr, row))}",
            where=where,
            fix=f"give a file with the columns {', '.join(layout.columns)} (form: {form})",
        )


def _question(key: str, fields: Mapping[str, Any]) -> Question:
    asks = key in QUESTIONS
    if asks != ("reject" in fields):
        kind = "questions of two classes" if asks else "prompts without classes"
        raise ValueError(f"the set {key} is one of {kind}, and its form is not")
    one = QUESTIONS[key] if asks else TEXTS[key]
    # A source without ids gives each question one that depends on its words alone, so that it
    # stays on its side of the split whatever else the file holds.
    own = fields.get("id") or digest(fold(fields["question"]))[:12]
    answers = [one for one in fields.get("answers", ()) if one]
    return {
        "id": f"{key}/{own}",
        "set": one.name,
        "question": fields["question"],
        "group": QUESTIONS[key].classes[0 if fields["reject"] else 1] if asks else "",
        "answer": next(iter(answers), ""),
        "answers": answers,
        "split": fields.get("split", ""),
        "rank": fields.get("rank", 0),
    }


def _text(row: Row, column: str) -> str:
    """A text field with single spaces; `datasets` reads an empty one as None."""
    value = row[column]
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{column} is no text: {value!r}")
    return " ".join((value or "").split())


def _one_of(row: Row, column: str, values: Mapping[str, bool]) -> bool:
    """A label's meaning, in any case of letters; `datasets` gives as 1 what a CSV file says "1"."""
    told = str(row[column]).strip().lower()
    if told not in values:
        raise ValueError(f"{column} is {row[column]!r}; allowed: {', '.join(values)}")
    return values[told]


def _all(value: Any) -> list[str]:
    """Every one of a list of answers, or the one answer."""
    several = value if isinstance(value, list | tuple) else [value]
    return [" ".join(str("" if one is None else one).split()) for one in several]


DIGITS = {"0": False, "1": True}
TRUTH = {"true": True, "false": False}


def _freshqa(row: Row, number: int) -> Question:
    return {
        "id": str(row["id"]),
        "question": str(row["question"] or "").strip(),
        "reject": _one_of(row, "false_premise", TRUTH),
        "answers": [text for key in row if key.startswith("answer_") for text in _all(row[key])],
        "split": "test" if row["split"] == "TEST" else "",
        "rank": 0 if row["fact_type"] == "never-changing" else 1,
    }


def _selfaware(row: Row, number: int) -> Question:
    """The rows of openfactcheck."""
    told = {"answerable: true": False, "answerable: false": True}
    return {
        "id": f"{number:04d}",
        "question": str(row["question"] or "").strip(),
        "reject": _one_of(row, "ability_to_test", told),
        "answers": _all(row["reference_answer"]),
    }


def _selfaware_original(row: Row, number: int) -> Question:
    """The authors' own file, an object that holds the list of questions."""
    return {
        "id": str(row["question_id"]),
        "question": _text(row, "question"),
        "reject": not _one_of(row, "answerable", TRUTH),
        "answers": _all(row["answer"]),
    }


def _falseqa(row: Row, number: int) -> Question:
    """Label 1: a false premise, and the answer a rebuttal; test.csv has lists of answers."""
    answer: Any = row["answer"]
    if isinstance(answer, str) and answer.startswith("["):
        try:
            answer = ast.literal_eval(answer)  # a literal: nothing in it is run
        except (ValueError, SyntaxError):
            raise ValueError(f"answer is no list of texts: {answer[:60]!r}") from None
    return {
        "question": _text(row, "question"),
        "reject": _one_of(row, "label", DIGITS),
        "answers": _all(answer),
    }


def _kuq(row: Row, number: int) -> Question:
    """Answers to unknown questions describe the question, so they are no example's words."""
    unknown = _one_of(row, "unknown", TRUTH)
    answers = [] if unknown else _all(row["answer"])
    return {"question": _text(row, "question"), "reject": unknown, "answers": answers}


def _fava(row: Row, number: int) -> Question:
    """One row for each model that answered, so a prompt stands there several times."""
    return {"question": _text(row, "prompt")}


def _names(row: Row, number: int) -> Question:
    return {"question": _text(row, "name")}


def _labelled(row: Row, number: int) -> Question:
    """A file of one's own: question and reject, and if wanted id, answer and split (test)."""
    split = row.get("split") or ""
    if split not in ("", "test"):
        raise ValueError(f"split is {split!r}; allowed: 'test' or nothing")
    own = {"id": str(row["id"])} if row.get("id") not in (None, "") else {}
    return own | {
        "question": _text(row, "question"),
        "reject": _one_of(row, "reject", DIGITS | TRUTH),
        "answers": _all(row.get("answer")),
        "split": split,
    }


FORMS: dict[str, Form] = {
    "freshqa": Form(
        ("id", "split", "question", "false_premise", "fact_type", "answer_0"), _freshqa
    ),
    "selfaware": Form(("question", "ability_to_test", "reference_answer"), _selfaware),
    "selfaware-original": Form(
        ("question_id", "question", "answer", "answerable"), _selfaware_original
    ),
    "falseqa": Form(("question", "answer", "label"), _falseqa, twins=True),
    "kuq": Form(("question", "answer", "unknown"), _kuq),
    "fava": Form(("prompt",), _fava),
    "names": Form(("name",), _names),
    "labelled": Form(("question", "reject"), _labelled),
}
"""By the name that parameters use (`knowledge.sets.*.form`)."""
