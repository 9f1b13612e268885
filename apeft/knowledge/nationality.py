"""Find nationality adjectives in the words before a profession."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from apeft.knowledge.vocabulary_nationality import DEMONYMS, SURFACES

# What looks like a nationality but is not one: a church, an empire's title, a continent, a tongue.
NOT_ONE = re.compile(
    r"holy roman|roman catholic|\w+ orthodox|latin american|north american|south american"
    r"|\w+[-–](?:speaking|language|born|style|trained|based|occupied)"
    r"|native[- ]american|west indian"
    r"|dominican (?:friar|monk|order|priest|preacher|theologian)"
    r"|american football|american indian|roman-jewish|roman–jewish|east indian"
)


def adjectives(demonyms: Iterable[str] = ()) -> dict[str, str]:
    """Surface form of an adjective (lower case) -> canonical adjective.

    Args:
        demonyms: The country source's demonyms, added where the table has no form of its own.
    """
    table = {form: name for name, forms in SURFACES.items() for form in forms.split("|")}
    for demonym in demonyms:
        lower = demonym.lower()
        table.setdefault(lower, DEMONYMS.get(lower, demonym))
        table.setdefault(table[lower].lower(), table[lower])
    return dict(sorted(table.items()))


def find_nationalities(words: str, table: Mapping[str, str]) -> list[str]:
    """Canonical nationalities named in ``words`` (a noun phrase), in order, without repeats.

    "Polish-French physicist" gives both; "German-born", "Roman Catholic", "Greek-speaking",
    "Holy Roman" and the like give none.
    """
    text = NOT_ONE.sub(" ", words.lower())
    found: list[str] = []
    for match in _pattern(tuple(table)).finditer(text):
        if (name := table[match[0]]) not in found:
            found.append(name)
    return found


@lru_cache(maxsize=8)
def _pattern(forms: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")
