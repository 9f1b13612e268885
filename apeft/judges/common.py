"""What both graders share: the grade, the words that count, and texts that say nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from apeft.facts.terms import fold, listed

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
