"""Options behind letters ("A. bank", "B. library") and the letter of the right one."""

from __future__ import annotations

import re
from collections.abc import Sequence

LETTERS = "ABCDE"
_MARKS = {letter: re.compile(rf"^{letter}\. ?", re.MULTILINE) for letter in LETTERS}


def lettered(text: str) -> tuple[str, list[str]]:
    """Give what stands before "A." and the options, in their order.

    Letters are looked for in turn, so an option that runs over several lines stays whole. Options
    come on one line, with single spaces.
    """
    marks: list[re.Match[str]] = []
    for letter in LETTERS:
        found = _MARKS[letter].search(text, marks[-1].end() if marks else 0)
        if found is None:
            break
        marks.append(found)
    if not marks:
        return text, []
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    options = [text[mark.end() : end] for mark, end in zip(marks, ends, strict=True)]
    return text[: marks[0].start()], [" ".join(option.split()) for option in options]


def right_of(answer: str, options: Sequence[str]) -> int | None:
    """Index of the option that an answer like "B. library" names; None when it names none.

    Letter and text must agree, so a row whose columns do not fit together is not scored.
    """
    found = lettered_answer(answer)
    if found is None or found[0] >= len(options):
        return None
    index, text = found
    return index if tidy(options[index]) == tidy(text) else None


def lettered_answer(answer: str) -> tuple[int, str] | None:
    """Letter (as an index) and text of "B. library"; None without a letter."""
    if answer[:1] not in tuple(LETTERS) or answer[1:2] != ".":
        return None
    return LETTERS.index(answer[0]), answer[2:]


def tidy(text: str) -> str:
    """Text by which options are compared: one line, small letters, no marks at the end."""
    return " ".join(text.split()).rstrip(" ?.").casefold()


def fault(options: Sequence[str], number: int) -> str:
    """Why options cannot be chosen from, or nothing."""
    if len(options) != number:
        return f"not {number} options"
    if not all(tidy(option) for option in options):
        return "an option without text"
    if len({tidy(option) for option in options}) < number:
        return "two options alike"
    return ""
