"""Whose answer is it? The name asked about, repeated in an answer, is no value.

"Michael Jordan is American" does not say Jordanian, nor does "Jordan was American"; but "he is from
Jordan" does. A whole name of several words is never a value; a part of it, or a name of one word,
is none where it is what the sentence is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from apeft.facts.terms import Terms, fold, listed

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*\.?")
_LINKS: Final = frozenset(
    listed("of the de da di du del la le van von der den bin ibn al el and st saint", None)
)
_VERB = (
    r"is|was|were|are|be|being|had|has|held|holds|won|wins|received|got|died|lived|worked|works|"
    r"became|served|came|comes|hails|hailed|remains|borders|shares|discovered|did|does|identified|"
    r"earned|made|wrote|who|whose|which|passed|began|started|used|uses|lies|sits"
)
_SAID_OF = re.compile(
    rf"\s*(?:['’]s?\b|(?:\([^)]*\)|,[^,.;]{{1,60}},)?\s*(?:\w+ly\s+)?(?:{_VERB})\b|[:,]\s*(?:he|she|it)\b)",
    re.IGNORECASE,
)
_VALUE_OF = re.compile(
    r"(?:\s+city)?\s*(?:is|was|serves as|became)\s+(?:the|its)\s+(?:\w+\s+){0,2}capital", re.I
)
_ADDRESSED = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr|Sir|Dame|Lady|Lord)\.?\s+$")
_ABOUT = re.compile(r"(?:\bof|\bfor|\babout|(?:^|[.;]\s*)In)\s+(?:the\s+)?$")
_OPENING = re.compile(
    r"\s*(?P<name>(?:[A-ZÀ-Þ][\w'’-]*\.?\s+){2,4})(?:\([^)]*\)\s*)?(?:was|is|were|died|won)\b"
)
_TITLE = re.compile(
    r"^(?:The|Sir|Dame|Lord|Lady|Dr|Mr|Mrs|Ms|King|Queen|Saint|St|President)\b\.?\s*"
)
_NO_NAME: Final = frozenset({"his", "her", "its", "their", "in", "from", "yes", "no", "answer"})
_PLACED = re.compile(r"\b(?:in|at|from|near|to)\s+(?:the\s+)?$")
_TOWN = re.compile(r"[\s-]+(?:City|city|Town|town)\b")


def without_subject(relation: str, text: str, names: Sequence[str]) -> str:
    """Blank out the name asked about, by as many spaces, where it is no value.

    Args:
        relation: what is asked; a country's name may be its capital's.
        text: the answer.
        names: the usual name and its aliases; none changes nothing.
    """
    kept = text
    for start, end, whole in _occurrences(text, [name for name in names if name]):
        if _is_value(relation, text, start, end, whole=whole):
            continue
        kept = kept[:start] + " " * (end - start) + kept[end:]
    return kept


def without_names(text: str, names: Iterable[str]) -> str:
    """Blank out every word of the names that is written with a capital, whatever is said of it."""
    words = {word for name in names for word in _WORD.findall(name) if word[:1].isupper()}
    return _WORD.sub(lambda m: " " * len(m[0]) if m[0] in words else m[0], text)


def names_other(text: str, names: Sequence[str]) -> bool:
    """Whether a text begins with the whole name of somebody else ("Max Planck was").

    A name without a word in common is another's, and so is one with another initial.
    """
    opening = _OPENING.match(text)
    own = {word for name in names for word in fold(name).split()}
    if not opening or not own:
        return False
    words = fold(_TITLE.sub("", opening["name"])).split()
    if len(words) < 2 or words[0] in _NO_NAME:
        return False
    initials = {word[0] for word in own}
    strange = any(len(word) == 1 and word not in initials for word in words)
    return strange or not own & set(words)


def _is_value(relation: str, text: str, start: int, end: int, *, whole: bool) -> bool:
    before, after = text[:start], text[end:]
    if not (before + after).strip(" .!\"'*’,"):
        return True  # nothing but the name: what a bare answer says is its value
    if relation == "capital":
        if _TOWN.match(after) or _VALUE_OF.match(after):
            return True
        return not (_ABOUT.search(before) or _SAID_OF.match(after))
    if whole:
        return False
    if _ADDRESSED.search(before):
        return False
    return bool(_PLACED.search(before)) or not _SAID_OF.match(after)


def _occurrences(text: str, names: Sequence[str]) -> Iterator[tuple[int, int, bool]]:
    """Spans of the name or of a part of it; whether that is a whole one of several words."""
    taken: list[tuple[int, int]] = []
    for mention in Terms(dict.fromkeys(names, "name")).find(text):
        taken.append((mention.start, mention.end))
        yield mention.start, mention.end, " " in fold(text[mention.start : mention.end])
    for start, end, words in _parts(text, names):
        if not any(start < right and left < end for left, right in taken):
            yield start, end, words > 1


def _parts(text: str, names: Iterable[str]) -> Iterator[tuple[int, int, int]]:
    """Runs of words of the names, with the number of words that are not just links."""
    known = {word for name in names for word in fold(name).split()}
    run: list[re.Match[str]] = []
    for word in [*_WORD.finditer(text), None]:
        folded = set(fold(word.group()).split()) if word else set()
        near = word is not None and (
            not run or len(text[run[-1].end() : word.start()].strip()) == 0
        )
        if word and near and folded and folded <= known | (_LINKS if run else set()):
            run.append(word)
            continue
        yield from _run(run)
        run = [word] if word and folded and folded <= known - _LINKS else []


def _run(run: list[re.Match[str]]) -> Iterator[tuple[int, int, int]]:
    while run and fold(run[-1].group()) in _LINKS:
        run = run[:-1]
    content = [word for word in run if fold(word.group()) not in _LINKS]
    if content and any(len(fold(word.group())) > 1 for word in content):
        yield run[0].start(), run[-1].end(), len(content)
