"""Verify: do passages support a statement?

FActScore (Min et al. 2023) asks "True or False?" under the passages. Here a third answer says that
they do not tell, and either of the first two must name the passage that decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from apeft.facts.verify import Verdict
from apeft.llm.reader import Reader, Shape, Task

NO_PAGE: Final = "no page on this subject"
NOT_TOLD: Final = "the passages do not tell"
_KEPT = 400


class Verification(Shape):
    """The verdict and the number of the passage that decides, or null."""

    verdict: Literal["supported", "contradicted", "not_stated"]
    passage: int | None


TASK: Final = Task(
    "verify",
    "You are given numbered passages about a subject and one statement. Judge the statement by the "
    "passages alone, never by what you know. 'supported': a passage says so, in these words or "
    "others. 'contradicted': a passage says something that cannot be true together with it, such "
    "as another year of birth. 'not_stated': the passages do not decide it; that something is not "
    "mentioned does not contradict it. Name the number of the passage that decides, and null for "
    "'not_stated'.",
    Verification,
)


def verify_statement(
    reader: Reader, subject: str, statement: str, passages: Sequence[str]
) -> Verdict:
    """Judge ``statement``; without passages or a valid reply it is not stated (unscored)."""
    if not passages:
        return Verdict("not_stated", NO_PAGE, "")
    material = {"subject": subject, "passages": number(passages), "statement": statement}

    def sound(made: Verification) -> str:
        if made.verdict == "not_stated":
            return ""
        named = made.passage is not None and 1 <= made.passage <= len(passages)
        return "" if named else "name the number of the passage that decides"

    answer = reader.ask(TASK, material, sound)
    if answer.value is None:
        return Verdict("not_stated", answer.reason, answer.reply[:_KEPT])
    if answer.value.verdict == "not_stated" or answer.value.passage is None:
        return Verdict("not_stated", NOT_TOLD, "")
    return Verdict(
        answer.value.verdict, "judged by a passage", passages[answer.value.passage - 1][:_KEPT]
    )


def number(passages: Sequence[str]) -> list[dict[str, str | int]]:
    """Number passages from 1 for a reader."""
    return [{"number": n, "text": text} for n, text in enumerate(passages, 1)]
