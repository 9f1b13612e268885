"""Merge records of one person across sources, before anything is split.

Two records are one person when a name or alias is equal, or when surname and birth year are
equal and the given names fit ("J. J." and "Joseph John"; "Wilhelm" and "Wilhelm Conrad").
Pierre and Marie, or two Braggs, share a surname but do not fit.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from apeft.knowledge.places import same_place
from apeft.knowledge.text import PARTICLES, Claim, Record, fold, slug

SUFFIXES = {"jr", "sr", "ii", "iii", "iv", "junior", "senior"}
FUNCTIONAL = ("birth_place", "birth_year", "death_year")
SAME_PERSON_YEARS = 3
SPELLING = 0.8


@dataclass(frozen=True)
class Entity:
    """One entity after merging.

    Attributes:
        id: "person/…", "country/…" or "element/…"; unique.
        kind: "person", "country" or "element".
        name: The usual name.
        aliases: Other names, sorted.
        sources: Packages that know it, sorted.
        text: Lead text that serves as evidence; may be empty.
        claims: What the sources state and do not contradict.
        disputed: Functional relations left out because the sources disagree.
    """

    id: str
    kind: str
    name: str
    aliases: tuple[str, ...]
    sources: tuple[str, ...]
    text: str
    claims: tuple[Claim, ...]
    disputed: tuple[str, ...] = ()

    @property
    def relations(self) -> set[str]:
        """Relations about which something is known."""
        return {claim.relation for claim in self.claims}


def merge(groups: Sequence[Iterable[Record]]) -> list[Entity]:
    """Merge sources, the first one's names winning; entities come out sorted by id.

    Args:
        groups: One sequence of records a source; a source names each entity once.
    """
    index = _Index()
    for group in groups:
        records = list(group)
        taken_apart = [forms(record) for record in records]
        places = _places(taken_apart, index)
        for record, form, place in zip(records, taken_apart, places, strict=True):
            index.add(record, form, place)
    merged = index.groups
    seen = Counter(entity_id(records[0].kind, records[0].name) for records in merged)
    entities = []
    for records in merged:
        key = entity_id(records[0].kind, records[0].name)
        if seen[key] > 1:  # two people of one name: told apart by their birth year
            key += "-" + (_years(records) or ["unknown"])[0]
        entities.append(_entity(key, records))
    return sorted(entities, key=lambda entity: entity.id)


def entity_id(kind: str, name: str) -> str:
    """Id of an entity by its usual name."""
    return f"{kind}/{slug(name)}"


@dataclass(frozen=True)
class Forms:
    """What of a record is compared: its names in parts, and its birth year.

    Attributes:
        year: Birth year, if the record states one.
        keys: Every name's words, sorted, as one string (so word order does not matter).
        parts: Every name as (given names, surname).
    """

    year: int | None
    keys: frozenset[str]
    parts: tuple[tuple[tuple[str, ...], str], ...]


def forms(record: Record) -> Forms:
    """Take a record's names apart, once."""
    tokens = [_tokens(name) for name in (record.name, *record.aliases)]
    years = record.values("birth_year")
    return Forms(
        year=int(years[0]) if years else None,
        keys=frozenset(" ".join(sorted(name)) for name in tokens),
        parts=tuple((tuple(name[:-1]), name[-1]) for name in tokens),
    )


def same_name(one: Forms, other: Forms) -> bool:
    """Whether a name of one is a name of the other, and the years do not forbid it."""
    return bool(one.keys & other.keys) and (
        _unknown(one, other) or abs((one.year or 0) - (other.year or 0)) <= SAME_PERSON_YEARS
    )


def same_person(one: Forms, other: Forms) -> bool:
    """Whether two records may mean one person (see the module's docstring)."""
    if same_name(one, other):
        return True
    if _unknown(one, other):
        fits = _contains
    elif one.year == other.year:
        fits = _fits
    else:
        return False
    return any(
        surname == other_surname and fits(given, other_given)
        for given, surname in one.parts
        for other_given, other_surname in other.parts
    )


def _unknown(one: Forms, other: Forms) -> bool:
    """Whether the years say nothing: one is missing, or they are one year with swapped digits."""
    if one.year is None or other.year is None:
        return True
    return one.year != other.year and sorted(str(one.year)) == sorted(str(other.year))


class _Index:
    """Merged records by surname and by key, so that only likely ones are compared."""

    def __init__(self) -> None:
        self.groups: list[list[Record]] = []
        self.forms: list[list[Forms]] = []
        self.blocks: dict[str, set[int]] = {}

    def candidates(self, form: Forms) -> list[int]:
        blocks = [*form.keys, *(surname for _, surname in form.parts)]
        return sorted(set().union(*(self.blocks.get(block, set()) for block in blocks)))

    def add(self, record: Record, form: Forms, place: int | None) -> None:
        if place is None:
            place = len(self.groups)
            self.groups.append([])
            self.forms.append([])
        self.groups[place].append(record)
        self.forms[place].append(form)
        for block in (*form.keys, *(surname for _, surname in form.parts)):
            self.blocks.setdefault(block, set()).add(place)


def _places(group: Sequence[Forms], index: _Index) -> list[int | None]:
    """Where each record of a source belongs: equal names first, then names that only fit.

    A place that two records would take in the same way goes to neither.
    """
    places: list[int | None] = [None] * len(group)
    for test in (same_name, same_person):
        taken = set(places)
        found = [
            _only(form, index, test, taken) if place is None else None
            for form, place in zip(group, places, strict=True)
        ]
        often = Counter(found)
        for number, place in enumerate(found):
            if place is not None and often[place] == 1:
                places[number] = place
    return places


def _only(
    form: Forms,
    index: _Index,
    test: Callable[[Forms, Forms], bool],
    taken: Collection[int | None],
) -> int | None:
    found = [
        place
        for place in index.candidates(form)
        if place not in taken and any(test(form, known) for known in index.forms[place])
    ]
    return found[0] if len(found) == 1 else None


def _tokens(name: str) -> list[str]:
    tokens = fold(re.sub(r"[-.]", " ", name)).split()
    return [token for token in tokens if token not in PARTICLES | SUFFIXES] or tokens


def _fits(one: Sequence[str], other: Sequence[str]) -> bool:
    few, many = sorted((one, other), key=len)
    return bool(few) and all(any(_alike(a, b) for b in many) for a in few)


def _contains(one: Sequence[str], other: Sequence[str]) -> bool:
    """Without a year to compare, whole given names must agree: no initials, no near-spellings."""
    few, many = sorted((one, other), key=len)
    return bool(few) and all(len(name) > 2 and name in many for name in few)


def _alike(one: str, other: str) -> bool:
    if 1 in (len(one), len(other)):
        return one[0] == other[0]
    return one == other or difflib.SequenceMatcher(None, one, other).ratio() >= SPELLING


def _years(records: Sequence[Record]) -> list[str]:
    return [year for record in records for year in record.values("birth_year")]


def _entity(key: str, records: Sequence[Record]) -> Entity:
    claims: list[Claim] = []
    disputed = [relation for relation in FUNCTIONAL if _disagree(relation, records)]
    for claim in (claim for record in records for claim in record.claims):
        known = any((c.relation, c.value) == (claim.relation, claim.value) for c in claims)
        if claim.relation not in disputed and not known:
            claims.append(claim)
    name = records[0].name
    aliases = {a for record in records for a in (record.name, *record.aliases)} - {name}
    return Entity(
        id=key,
        kind=records[0].kind,
        name=name,
        aliases=tuple(sorted(aliases)),
        sources=tuple(sorted({record.source for record in records})),
        text=records[0].text,
        claims=tuple(claims),
        disputed=tuple(disputed),
    )


def _disagree(relation: str, records: Sequence[Record]) -> bool:
    stated = [values for record in records if (values := record.values(relation))]
    for i, one in enumerate(stated):
        for other in stated[i + 1 :]:
            if relation == "birth_place":
                agree = any(same_place(a, b) for a in one for b in other)
            else:
                agree = set(one) == set(other)
            if not agree:
                return True
    return False
