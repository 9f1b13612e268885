"""Contradict: write answers to a question that are surely wrong and still plausible."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from apeft.facts.llm.answer import match_answer
from apeft.facts.terms import fold
from apeft.llm.reader import Reader, Shape, Task

COUNT = 4


class Contradictions(Shape):
    """Wrong answers, each different from the others."""

    answers: list[str]


TASK: Final = Task(
    "contradict",
    "You are given a question about a subject and its right answers. Write wrong answers of the "
    "same kind, length and style that somebody could believe: another year near the right one, "
    "another place of the region, another profession. Each must contradict all right answers; "
    "none may be true as well, vaguer, or another name of the same thing. Write as many as asked "
    "for, all different.",
    Contradictions,
)


def write_contradictions(
    reader: Reader, subject: str, question: str, rights: Sequence[str]
) -> list[str]:
    """Return wrong answers in the order written.

    Those that the reader's own second look (answer equivalence) does not call wrong are left out.
    """
    known = {fold(right) for right in rights}

    def sound(made: Contradictions) -> str:
        return "" if all(fold(answer) for answer in made.answers) else "an answer is empty"

    material = {"subject": subject, "question": question, "right_answers": list(rights),
                "count": COUNT}  # fmt: skip
    answer = reader.ask(TASK, material, sound)
    if answer.value is None:
        return []
    written = list(dict.fromkeys(text.strip() for text in answer.value.answers[:COUNT]))
    return [
        text
        for text in written
        if fold(text) not in known and match_answer(reader, question, rights, text).correct is False
    ]
