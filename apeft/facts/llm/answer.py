"""Answer equivalence: does a generated answer give one of the right ones?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from apeft.answers import Match
from apeft.facts.terms import fold
from apeft.judges.common import unreadable
from apeft.llm.reader import Reader, Shape, Task


class Equivalence(Shape):
    """The verdict, and the answer's own value in its own words (null: it gives none)."""

    verdict: Literal["right", "wrong", "undecided"]
    value: str | None


TASK: Final = Task(
    "equivalence",
    "You are given a question, its right answers, and an answer that somebody gave. 'right': the "
    "answer's value means the same as one of the right answers, or says it more exactly; wording, "
    "spelling and extra words do not matter. 'wrong': it gives another value, several values of "
    "which one is wrong, or none. 'undecided': it is vaguer than the right answers, and they leave "
    "open whether it holds. As value, copy from the answer the words that give its value; null "
    "when it gives none.",
    Equivalence,
)


def match_answer(reader: Reader, question: str, rights: Sequence[str], answer: str) -> Match:
    """Compare one answer with the right ones (not empty); no valid reply is unscored."""
    if not rights:
        raise ValueError(f"no right answer to compare with: {question}")
    text = answer.strip()
    nothing = unreadable(text)
    if nothing:
        return Match(None, None, nothing)

    def sound(made: Equivalence) -> str:
        if made.value is None:
            return "" if made.verdict == "wrong" else "what is right or undecided has a value"
        held = fold(made.value) and fold(made.value) in fold(text)
        return "" if held else "copy the value from the answer"

    material = {"question": question, "right_answers": list(rights), "answer": text}
    found = reader.ask(TASK, material, sound)
    if found.value is None:
        return Match(None, None, found.reason)
    reasons = {"right": "same value", "wrong": "another value", "undecided": "vaguer"}
    correct = {"right": True, "wrong": False, "undecided": None}[found.value.verdict]
    value = found.value.value
    return Match(correct, value, reasons[found.value.verdict] if value else "no value")
