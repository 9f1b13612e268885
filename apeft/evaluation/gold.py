"""Does an answer to an open question state a gold answer? By words alone, nothing is understood."""

from __future__ import annotations

import re
from collections.abc import Sequence

from apeft.facts.terms import fold
from apeft.judges.common import Grade, first_answer

LONGEST = 6  # words of a gold answer that an answer can be expected to repeat
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_ARTICLES = frozenset({"a", "an", "the"})
_YES_NO = frozenset({"yes", "no"})
_COUNTED = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
)
_AS_DIGITS = {word: str(number) for number, word in enumerate(_COUNTED.split())}


Words = list[str]


def to_look_for(golds: Sequence[str]) -> tuple[list[Words], str]:
    """The words of every gold answer that an answer can be expected to repeat.

    Returns:
        The words, and "" or the reason why there are none.
    """
    words = [found for gold in golds if (found := _words(gold))]
    if not words:
        return [], "no gold answer"
    short = [found for found in words if len(found) <= LONGEST]
    return short, "" if short else f"every gold answer has more than {LONGEST} words"


def states(answer: str, golds: Sequence[Words]) -> Grade:
    """Whether the whole words of any gold answer stand in the answer, in their order.

    Case, accents, punctuation and articles count for nothing, and a number is itself however it is
    written ("1,000", "1000.0"; up to "twenty" in words). A yes or a no counts where the answer
    begins with it; an answer that does not is unscored.
    """
    said = _words(first_answer(answer))
    if all(gold[0] in _YES_NO for gold in golds):
        if not said or said[0] not in _YES_NO:
            return Grade(None, "says neither yes nor no")
        return _grade(any(gold[0] == said[0] for gold in golds))
    return _grade(any(_holds(said, gold) for gold in golds))


def _grade(right: bool) -> Grade:
    return Grade(right, "states a gold answer" if right else "states no gold answer")


def _words(text: str) -> Words:
    """Folded words without articles; numbers in one spelling."""
    found: Words = []
    at = 0
    for m in _NUMBER.finditer(text):
        found += [*fold(text[at : m.start()]).split(), f"{float(m[0].replace(',', '')):g}"]
        at = m.end()
    found += fold(text[at:]).split()
    return [_AS_DIGITS.get(word, word) for word in found if word not in _ARTICLES]


def _holds(words: Sequence[str], part: Sequence[str]) -> bool:
    size = len(part)
    return any(list(words[at : at + size]) == list(part) for at in range(len(words) - size + 1))
