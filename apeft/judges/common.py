"""What both graders share: the grade, and the answers that cannot be graded at all."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from apeft.facts.terms import fold, listed

_ECHO_SHARE = 0.9
_REPEATED_SHARE = 0.5
_NO_VOWEL = 0.4  # share of the longer words
_LETTERS = 0.6  # share of letters, digits and common signs that a text needs
_MARKUP = re.compile(r"[*_`\"“”()\[\]]")  # of chat models, or quotes
_WORD = re.compile(r"[^\W\d_]+")
_VOWEL = re.compile(r"[aeiouy]")


@dataclass(frozen=True)
class Grade:
    """``label`` is None where the answer cannot be graded (unscored); ``reason`` says why."""

    label: bool | None
    reason: str


def first_answer(answer: str) -> str:
    """Return the answer without what a few-shot model writes after it (its next question)."""
    text = re.split(r"\n\s*(?:Question|Q|Answer|A)\s*:", answer)[0]
    return " ".join(text.split())


def unreadable(text: str) -> str | None:
    """Return why a text says nothing at all ("empty", "garbled"), or None."""
    if not fold(text):
        return "empty"
    text = _MARKUP.sub("", text)
    long = [word for word in _WORD.findall(text) if len(word) > 2 and not word.isupper()]
    mute = sum(not _VOWEL.search(fold(word)) for word in long)
    if len(long) > 2 and mute >= _NO_VOWEL * len(long):
        return "garbled"
    letters = sum(char.isalnum() or char.isspace() or char in ".,'’-%$" for char in text)
    return "garbled" if letters < _LETTERS * len(text) else None


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
    if text.endswith("?"):
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


def content_words(text: str) -> set[str]:
    """Return the folded words that carry meaning, without plural or verb endings."""
    words = (re.sub(r"(?:es|s|ed|ing)$", "", word) for word in fold(text).split())
    return {word for word in words if len(word) > 2 and word not in _FUNCTION_WORDS}


_FUNCTION_WORDS = frozenset(
    listed(
        "the and for with that this these those from into have has had was were are been does did "
        "what which when where who whom whose why how many much can could will would should may "
        "name list one two some any give kind most more than not you your they their its his her",
        None,
    )
)
