"""Answers that cannot be graded at all: empty, garbled, echoes, repetitions, mere questions."""

from __future__ import annotations

from collections import Counter

from apeft.facts.terms import fold
from apeft.judges.clauses import admits, asks_asker, asks_which, sentences
from apeft.judges.common import first_answer, unreadable

_ECHO_SHARE = 0.9
_REPEATED_SHARE = 0.5


def ungradable(question: str, answer: str) -> str | None:
    """Return why an answer cannot be graded (empty, echo, repetition, no words), or None."""
    text = first_answer(answer)
    nothing = unreadable(text)
    if nothing:
        return nothing
    words = fold(text).split()
    if not any(len(word) > 1 or word.isdigit() or word in {"a", "i"} for word in words):
        return "garbled"
    asked = fold(question).split()
    parts = sentences(text)
    if all(part.endswith("?") for part in parts) and not any(
        says(question, part) for part in parts for says in (admits, asks_asker, asks_which)
    ):
        return "a question"
    if (
        len(words) >= 4
        and words[: len(asked)] == asked[: len(words)]
        and (len(words) >= _ECHO_SHARE * len(asked) and len(words) <= len(asked) + 1)
    ):
        return "echo"
    if len(words) >= 12:
        triples = Counter(zip(words, words[1:], words[2:], strict=False))
        repeated = sum(count for count in triples.values() if count > 2)
        if repeated > _REPEATED_SHARE * len(words):
            return "repetition"
    return None
