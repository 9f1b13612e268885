"""Ask: turn a fact into a question, and find the question's right answers in passages.

After FactTune (Tian et al. 2023, arXiv 2311.08401), which rewrites each claim as a minimally
ambiguous question before it samples answers. That a passage must hold an answer is ours: r needs
something to be right about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from apeft.facts.llm.verify import NO_PAGE, NOT_TOLD, number
from apeft.facts.terms import fold
from apeft.llm.reader import Reader, Shape, Task


@dataclass(frozen=True)
class Written:
    """A question, or None with the reason."""

    question: str | None
    reason: str = ""


@dataclass(frozen=True)
class Found:
    """Right answers; none of them with the reason."""

    answers: tuple[str, ...]
    reason: str = ""


class Question(Shape):
    """A question, or null when the fact gives none with a short answer."""

    question: str | None


class Reference(Shape):
    """Right answers by the passages, and the number of the passage that gives them."""

    answers: list[str]
    passage: int | None


WRITE: Final = Task(
    "question",
    "You are given one fact about a subject. Write the one question whose short answer (a name, a "
    "date, a number, a place, a few words) is the fact's piece of information. It must name the "
    "subject in full, allow as few answers as possible, be understood without the fact, and not "
    "give the answer away. Ask for the kind of thing, not whether the fact is true. Reply with "
    "null when no such question exists.",
    Question,
)
ANSWER: Final = Task(
    "reference",
    "You are given numbered passages about a subject and a question. Answer the question from the "
    "passages alone, never from what you know: list each right answer in a few words, as the "
    "passages have it, and the number of the passage that gives it. When they do not answer it, "
    "reply with an empty list and null.",
    Reference,
)


def write_question(reader: Reader, subject: str, fact: str) -> Written:
    """Write the question that ``fact`` answers; there may be none, or no valid reply."""
    names = {word for word in fold(subject).split() if len(word) > 2} or {fold(subject)}

    def sound(made: Question) -> str:
        if made.question is None:
            return ""
        if not made.question.strip().endswith("?") or "\n" in made.question.strip():
            return "a question is one line that ends with a question mark"
        return "" if names & set(fold(made.question).split()) else "name the subject"

    answer = reader.ask(WRITE, {"subject": subject, "fact": fact}, sound)
    if answer.value is None:
        return Written(None, answer.reason)
    question = answer.value.question
    return Written(question.strip()) if question else Written(None, "no short answer")


def find_answers(reader: Reader, subject: str, question: str, passages: Sequence[str]) -> Found:
    """Find the right answers that the passages give."""
    if not passages:
        return Found((), NO_PAGE)

    def sound(made: Reference) -> str:
        if not made.answers:
            return ""
        named = made.passage is not None and 1 <= made.passage <= len(passages)
        whole = all(fold(answer) for answer in made.answers)
        return "" if named and whole else "give answers, and the number of a passage"

    material = {"subject": subject, "passages": number(passages), "question": question}
    answer = reader.ask(ANSWER, material, sound)
    if answer.value is None:
        return Found((), answer.reason)
    answers = tuple(dict.fromkeys(answer.value.answers))
    return Found(answers, "" if answers else NOT_TOLD)
