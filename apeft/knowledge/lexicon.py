"""The lexicon: every surface form of a value, its canonical form, and which values are wider.

All keys of surface tables are lower case. A judge that finds a wider or narrower value than the
knowledge base's (``*_parents``, ``nationality_related``) has found no contradiction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from babel import Locale

from apeft.facts.relations import left_open
from apeft.knowledge import vocabulary_nationality as nations
from apeft.knowledge import vocabulary_profession as professions
from apeft.knowledge.languages import own_names
from apeft.knowledge.merge import Entity
from apeft.knowledge.places import COUNTRY_NAMES, STATES
from apeft.knowledge.text import fold

CATEGORIES = {
    "nonmetals": "nonmetal",
    "non-metal": "nonmetal",
    "reactive nonmetal": "nonmetal",
    "inert gas": "noble gas",
    "rare gas": "noble gas",
    "alkali": "alkali metal",
    "alkaline earth": "alkaline earth metal",
    "semimetal": "metalloid",
    "semi-metal": "metalloid",
    "poor metal": "post-transition metal",
    "other metal": "post-transition metal",
    "post transition metal": "post-transition metal",
    "rare earth": "lanthanide",
    "rare earth metal": "lanthanide",
    "rare-earth element": "lanthanide",
    "rare earth element": "lanthanide",
    "lanthanoid": "lanthanide",
    "actinoid": "actinide",
}
CATEGORY_PARENTS = {
    name: ["metal"]
    for name in (
        "actinide",
        "alkali metal",
        "alkaline earth metal",
        "lanthanide",
        "post-transition metal",
        "transition metal",
    )
} | {"halogen": ["nonmetal"], "noble gas": ["gas", "nonmetal"]}
PRIZES = {
    "physics": "physics",
    "chemistry": "chemistry",
    "medicine": "medicine",
    "physiology or medicine": "medicine",
    "physiology": "medicine",
    "literature": "literature",
    "peace": "peace",
    "peace prize": "peace",
    "economics": "economics",
    "economic sciences": "economics",
    "economic science": "economics",
}
REGIONS = {
    "the americas": "Americas",
    "america": "Americas",
    "latin america": "Latin America and the Caribbean",
    "the caribbean": "Caribbean",
    "the west indies": "Caribbean",
    "north africa": "Northern Africa",
    "east africa": "Eastern Africa",
    "west africa": "Western Africa",
    "southern africa": "Southern Africa",
    "central africa": "Middle Africa",
    "southeast asia": "South-eastern Asia",
    "south-east asia": "South-eastern Asia",
    "southeastern asia": "South-eastern Asia",
    "south asia": "Southern Asia",
    "east asia": "Eastern Asia",
    "western europe": "Western Europe",
    "the pacific": "Oceania",
    "central america": "Central America",
}
OPEN_PROFESSIONS = ["polymath"]
"""A person so called has professions that the sources do not list: others are not wrong."""


def lexicon(entities: Sequence[Entity], adjectives: Mapping[str, str]) -> dict[str, Any]:
    """Build the tables from the vocabulary and from every value in the knowledge base.

    Args:
        entities: All entities.
        adjectives: Surface forms of nationality adjectives -> canonical.
    """
    values = _values(entities)
    languages = values["language"] + values[left_open("language")]
    places = {value: value for value in values["birth_place"] + values["capital"]}
    countries = {e.name: e for e in entities if e.kind == "country"}
    by_country = {
        name.lower(): claim.value
        for country in countries.values()
        for claim in reversed(country.claims)
        if claim.relation == "demonym"
        for name in (country.name, *country.aliases)
    }
    surfaces = {
        "nationality": nations.PLACES | by_country | dict(adjectives),
        "profession": professions.surfaces(),
        "places": _lower(_country_surfaces(countries)) | _folded(places) | _lower(places),
        "languages": {**own_names(languages, Locale("en")), **_lower({v: v for v in languages})},
        "currencies": _lower({v: v for v in values["currency"]}),
        "regions": _lower({v: v for v in values["region"]}) | REGIONS,
        "categories": _lower({v: v for v in values["category"]}) | CATEGORIES,
        "prizes": PRIZES,
        "discoverers": _lower({v: v for v in values["discoverer"]}),
    }
    return {name: dict(sorted(table.items())) for name, table in surfaces.items()} | {
        "nationality_related": nations.RELATED,
        "profession_parents": professions.parents(),
        "profession_open": OPEN_PROFESSIONS,
        "place_parents": _place_parents(entities),
        "category_parents": CATEGORY_PARENTS,
        "currency_parents": {v: [v.split()[-1].lower()] for v in values["currency"] if " " in v},
    }


def _values(entities: Iterable[Entity]) -> dict[str, list[str]]:
    names = (
        "birth_place", "capital", "language", left_open("language"), "currency", "region",
        "category", "discoverer",
    )  # fmt: skip
    found: dict[str, set[str]] = {name: set() for name in names}
    for entity in entities:
        for claim in entity.claims:
            if claim.relation in found:
                found[claim.relation].add(claim.value)
    return {name: sorted(values) for name, values in found.items()}


def _country_surfaces(countries: Mapping[str, Entity]) -> dict[str, str]:
    table = {alias: name for name, entity in countries.items() for alias in entity.aliases}
    table.update({name: name for name in countries})
    table.update({form: name for form, name in COUNTRY_NAMES.items() if name in countries})
    table.update({"U.S.": "United States", "US": "United States", "UK": "United Kingdom"})
    table.update({state: state for state in STATES.values() if state and state not in countries})
    return table


def _lower(table: Mapping[str, str]) -> dict[str, str]:
    return {form.lower(): name for form, name in table.items()}


def _folded(table: Mapping[str, str]) -> dict[str, str]:
    """Forms without accents, which models write as often."""
    return {fold(name): name for name in table.values() if fold(name) != name.lower()}


def _place_parents(entities: Sequence[Entity]) -> dict[str, list[str]]:
    """Place -> wider places that a source names for it; several places may share a name."""
    found: dict[str, set[str]] = {}
    for entity in entities:
        for claim in entity.claims:
            if claim.within:
                found.setdefault(claim.value, set()).update(claim.within)
            if claim.relation == "capital":
                found.setdefault(claim.value, set()).add(entity.name)
    return {name: sorted(wider) for name, wider in sorted(found.items())}
