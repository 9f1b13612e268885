"""Does one stated value agree with one right value? One rule for each kind of value."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache
from typing import Final

from apeft.facts import nations
from apeft.facts.lexicon import Lexicon
from apeft.facts.mentions import (
    CURRENCY_HEADS,
    PLACE_RELATIONS,
    YEAR_RELATIONS,
    bare_name,
    normal_year,
)
from apeft.facts.professions import BESIDE, VAGUE
from apeft.facts.terms import fold, listed
from apeft.facts.towns import TOWNS

_HALVES = ("South America", "North America")


def agrees(relation: str, value: str, right: str, lexicon: Lexicon) -> tuple[bool | None, str]:
    """Compare one stated value with one right value: (verdict, reason)."""
    if relation in YEAR_RELATIONS:
        return normal_year(value) == normal_year(right), "year"
    if relation in PLACE_RELATIONS:
        return _place(relation, value, right, lexicon)
    if relation == "symbol":
        return value == right, "symbol"
    if relation == "atomic_number":
        return value == str(right).strip(), "number"
    if relation == "currency":
        return _currency(value, right, lexicon)
    if relation == "discoverer":
        return _person(value, right)
    mine, theirs = lexicon.canonical(relation, value), lexicon.canonical(relation, right)
    if fold(mine) == fold(theirs):
        return True, "same value"
    if relation == "nationality":
        return _nationality(mine, theirs, lexicon)
    wider, narrower = (
        theirs in lexicon.above(relation, mine),
        mine in lexicon.above(relation, theirs),
    )
    if relation == "profession":
        return _profession(mine, theirs, wider, narrower, lexicon)
    if narrower:
        return None, "less specific"
    if relation == "language" and wider:
        return None, "a variety of the right value"
    if relation == "region":
        return _region(mine, theirs, wider, lexicon)
    return False, "another value"


def _nationality(mine: str, theirs: str, lexicon: Lexicon) -> tuple[bool | None, str]:
    if mine in lexicon.above("nationality", theirs):
        return True, "wider nation"
    if lexicon.related(mine, theirs):
        return None, "related state"
    # A right value such as "Polish-French" that no term names as a whole: any part counts.
    parts = [mention.value for mention in lexicon.terms("nationality").find(theirs)]
    if theirs not in parts and mine in parts:
        return True, "part of a double nationality"
    return False, "another value"


def _profession(
    mine: str, theirs: str, wider: bool, narrower: bool, lexicon: Lexicon
) -> tuple[bool | None, str]:
    head = fold(theirs).endswith(" " + fold(mine)) and fold(theirs) != "martial artist"
    kind = fold(mine).endswith(" " + fold(theirs)) and fold(mine) != "martial artist"
    if wider or kind:
        return True, "a kind of the right value"
    if head and mine not in BESIDE:
        return True, "head of the right value"
    if narrower:
        return None, "less specific"
    if "activist" in lexicon.above("profession", mine) & lexicon.above("profession", theirs):
        return None, "another kind of activist"
    if theirs in lexicon.open_professions:
        return None, "the right value is open to others"
    if VAGUE.get(mine, frozenset()) & {theirs, *lexicon.above("profession", theirs)}:
        return None, "less specific"
    if mine in BESIDE:
        return None, "can be held beside the right value"
    return False, "another value"


def _region(mine: str, theirs: str, wider: bool, lexicon: Lexicon) -> tuple[bool | None, str]:
    """Parts of one continent overlap ("Central Europe"), but the parts of America do not."""
    if wider:
        return None, "more specific than the knowledge base"
    halves = [
        {half} & {value, *lexicon.above("region", value)}
        for half in _HALVES
        for value in (mine, theirs)
    ]
    if any(halves):
        return False, "another part of America"
    one, other = lexicon.above("region", mine), lexicon.above("region", theirs)
    if one & other & {"Africa", "Asia", "Europe", "Oceania"} and mine != theirs:
        return None, "another part of the same continent"
    return False, "another value"


@cache
def _countries() -> dict[str, str]:
    return {fold(name): fold(found) for name, found in nations.countries().items()}


def _place(relation: str, value: str, right: str, lexicon: Lexicon) -> tuple[bool | None, str]:
    country = _countries()
    value, right = (_DISTRICT.sub("Washington DC", text) for text in (value, right))
    mine = [_town(part) for part in value.split(",") if fold(part)]
    rights = [_town(part) for part in right.split("(")[0].split(",") if fold(part)]
    now = re.search(r"\(now (?:in )?([^),]+)", right)
    towns = {*rights[:1], *([_town(now[1])] if now else [])}
    if not mine or not rights:
        return False, "no place"
    if "washington dc" in towns and len(mine) == 1:
        towns.add("washington")
    mine = [*_with_country(mine[0], towns, country), *mine[1:]]
    within = {fold(wider) for wider in lexicon.containing(right)}
    lies_in = {country.get(part) for part in (*rights, *within)} - {None}
    said = country.get(mine[-1])
    elsewhere = bool(said and lies_in and said not in lies_in and said not in _EMPIRES)
    if mine[0] in towns:
        if len(mine) > 1 and elsewhere:
            return False, "same town, another country"
        return True, "same place"
    if rights[0] in mine[1:] and relation == "birth_place":
        return None, "a part of the right place"
    if mine[0] in {*rights, *within}:
        return (None, "less specific") if relation == "birth_place" else (False, "a wider place")
    if said and len(mine) == 1 and relation == "birth_place":
        return (False, "another country") if elsewhere else (None, "less specific")
    return False, "another place"


def _with_country(town: str, towns: Collection[str], country: Mapping[str, str]) -> list[str]:
    """The town and its country, of "london uk" where London is meant."""
    words = town.split()
    for size in range(1, len(words)):
        head, tail = " ".join(words[:size]), " ".join(words[size:])
        if head in towns and tail in country:
            return [head, tail]
    return [town]


# States whose borders once held towns that lie elsewhere now: they exclude no birth place.
_EMPIRES: Final = frozenset(
    map(
        fold,
        listed(
            "Soviet Union,Czechoslovakia,Yugoslavia,Austria-Hungary,Prussia,Ottoman Empire,Persia,"
            "Roman Empire,Byzantine Empire,Republic of Venice,Russia,Germany,Austria,Hungary,"
            "Turkey,United Kingdom,Poland,Korea,India"
        ),
    )
)
_DISTRICT = re.compile(r"\bWashington,?\s*(?:D\.?\s?C\b\.?|District of Columbia)|^D\.?C\b\.?$")


def _town(part: str) -> str:
    name = fold(re.sub(r"(?<=\w)['’ʻʼ`](?=\w)", "", part))  # "N'Djamena", "Saint John's"
    name = re.sub(r"^the ", "", re.sub(r"^st ", "saint ", name))
    name = re.sub(r"\b([a-z]) (?=[a-z]\b)", r"\1", name)  # "D.C." and "DC"
    name = re.sub(
        r"^(?:(?:democratic|federal|people s) )*(?:republic|kingdom) of (?:the )?", "", name
    )
    name = name.removesuffix(" city")
    return TOWNS.get(name, name)


SPELT: Final = {
    "rouble": "ruble", "renminbi": "yuan", "rmb": "yuan", "cny": "yuan", "sheqel": "shekel",
    "lei": "leu", "leva": "lev", "anga": "paanga", "paʻanga": "paanga",
}  # fmt: skip


def _currency(value: str, right: str, lexicon: Lexicon) -> tuple[bool | None, str]:
    right = lexicon.terms("currency").get(right) or right
    if re.fullmatch(r"[A-Z]{3}", right):
        return None, "the knowledge base has a code only"
    mine, theirs = _unit(value, lexicon), _unit(right, lexicon)
    if mine[1] != theirs[1] and mine[1] not in UNITS:
        # A code, a nation's name alone or a slip of the pen may mean the right one.
        nation = lexicon.terms("nationality").find(value.split()[-1])
        meant = value.isupper() or bool(nation) or mine[1][:3] == theirs[1][:3]
        return None if meant else False, "no known unit"
    if mine[1] != theirs[1]:
        return False, "another unit"
    if mine[0] and theirs[0] and mine[0] != theirs[0]:
        return False, "another country's unit"
    return True, "same unit"


def _unit(name: str, lexicon: Lexicon) -> tuple[str, str]:
    words = fold(name).split()
    head = SPELT.get(words[-1], words[-1])
    nation = lexicon.terms("nationality").find(name)
    return nation[0].value if nation else "", _singular(head)


def _singular(unit: str) -> str:
    return re.sub(r"(?<=[a-z]{3})s$", "", unit)


UNITS: Final = frozenset(_singular(fold(unit).split()[-1]) for unit in CURRENCY_HEADS.split(","))


def _person(value: str, right: str) -> tuple[bool | None, str]:
    mine = bare_name(value)
    for name in re.split(r",|&| and ", right):
        theirs = bare_name(name)
        if not mine or not theirs or not _spelled_alike(mine[-1], theirs[-1]):
            continue
        if set(mine) <= set(theirs):
            return True, "same name"
        if len(mine) > 1 and len(theirs) > 1 and mine[0][0] != theirs[0][0]:
            continue
        return True, "same name"
    return False, "another person"


def _spelled_alike(a: str, b: str) -> bool:
    """Equal, or one letter apart in long names (the source writes "Ramsey" for Ramsay)."""
    if a == b:
        return True
    if min(len(a), len(b)) < 6 or abs(len(a) - len(b)) > 1:
        return False
    short, long = sorted((a, b), key=len)
    for i in range(len(short)):
        if short[i] != long[i]:
            tail = 1 if len(short) == len(long) else 0
            return short[i + tail :] == long[i + 1 :]
    return True
