"""Finding known terms in a text, whatever their case, accents and hyphens."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")


def listed(text: str, separator: str | None = ",") -> list[str]:
    """Split a written list; its items may run over several lines."""
    return [item.strip() for item in text.split(separator) if item.strip()]


@lru_cache(maxsize=1 << 14)
def fold(text: str) -> str:
    """Casefold, drop accents and punctuation, single spaces: the form in which names compare."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(_WORD.findall(plain.replace("ø", "o").replace("ł", "l")))


@dataclass(frozen=True)
class Mention:
    """A value named in a text, with the character offsets of the words that name it."""

    value: str
    start: int
    end: int


class Terms:
    """Finds the longest known terms in a text, ignoring case, accents and hyphens."""

    def __init__(self, known: Mapping[str, str], *, plural: bool = False) -> None:
        self._known: dict[tuple[str, ...], str] = {}
        for form, value in known.items():
            words = tuple(fold(form).split())
            if words:
                self._known[words] = value
        self._plural = plural
        self._longest = max((len(words) for words in self._known), default=0)

    def find(self, text: str) -> list[Mention]:
        """Return the mentions in order; they never overlap."""
        words = [(fold(m.group()), m.start(), m.end()) for m in _WORD.finditer(text)]
        found: list[Mention] = []
        at = 0
        while at < len(words):
            size, value = self._at([word for word, _, _ in words[at : at + self._longest]])
            if value is not None:
                found.append(Mention(value, words[at][1], words[at + size - 1][2]))
            at += size or 1
        return found

    def get(self, form: str) -> str | None:
        """Return the value that ``form`` as a whole names, or None."""
        words = fold(form).split()
        size, value = self._at(words[: self._longest])
        return value if value is not None and size == len(words) else None

    def _at(self, words: list[str]) -> tuple[int, str | None]:
        for size in range(len(words), 0, -1):
            for key in self._forms(tuple(words[:size])):
                if key in self._known:
                    return size, self._known[key]
        return 0, None

    def _forms(self, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        yield words
        last = words[-1]
        if not self._plural or not last.endswith("s"):
            return
        yield (*words[:-1], last[:-1])
        if last.endswith("ies"):
            yield (*words[:-1], last[:-3] + "y")
        elif last.endswith("es"):
            yield (*words[:-1], last[:-2])
