"""Decompose: which atomic facts a text states.

After FActScore (Min et al. 2023): every fact is one short sentence with one piece of information,
which stands without the text. FActScore asks once a sentence; here one question holds the whole
text with its sentences numbered, so that pronouns find their names at a quarter of the price.
"""

from __future__ import annotations

from typing import Final

from apeft.facts.extract import StatedFact
from apeft.facts.relations import CLAIM, UNREADABLE
from apeft.facts.sentences import split
from apeft.facts.terms import fold
from apeft.llm.reader import Reader, Shape, Task

_LONGEST = 400


class AtomicFact(Shape):
    """One fact and the number of the sentence that states it."""

    sentence: int
    fact: str


class Decomposition(Shape):
    """The facts of a text, in its order."""

    facts: list[AtomicFact]


TASK: Final = Task(
    "decompose",
    "You are given a text about a subject, cut into numbered sentences. List every atomic fact "
    "that the text states about the subject. An atomic fact is one short sentence that holds a "
    "single piece of information: split 'She was a French physicist born in 1870' into her "
    "nationality, her profession and her year of birth. Write each so that it is understood "
    "without the text: name the subject instead of a pronoun, and resolve 'there' and 'then'. Take "
    "what the text says as it stands, right or wrong; add nothing, correct nothing. Leave out "
    "opinions, questions, what is said of somebody else only, and what the text repeats. A text "
    "that states nothing about the subject gives an empty list.",
    Decomposition,
)


def decompose(reader: Reader, text: str, subject: str) -> list[StatedFact]:
    """List the facts of ``text``; one that cannot be decomposed is a single unreadable fact."""
    spans = split(text)
    if not spans:
        return []
    numbered = [{"number": n, "text": text[a:b]} for n, (a, b) in enumerate(spans, 1)]

    def sound(made: Decomposition) -> str:
        for fact in made.facts:
            if not 1 <= fact.sentence <= len(spans):
                return f"there is no sentence {fact.sentence}"
            if not fold(fact.fact) or len(fact.fact) > _LONGEST:
                return "a fact must be one short sentence"
        return ""

    answer = reader.ask(TASK, {"subject": subject, "sentences": numbered}, sound)
    if answer.value is None:
        kept = f"{answer.reason}\n{answer.reply[:_LONGEST]}"
        return [StatedFact(UNREADABLE, kept, 0, len(text))]
    facts: dict[str, StatedFact] = {}
    for fact in answer.value.facts:
        span = spans[fact.sentence - 1]
        facts.setdefault(fold(fact.fact), StatedFact(CLAIM, fact.fact.strip(), *span))
    return list(facts.values())
