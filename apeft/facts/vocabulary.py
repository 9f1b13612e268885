"""Built-in vocabularies of every relation with a closed set of values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from apeft.facts import languages, nations, professions
from apeft.facts.terms import fold, listed

_REGIONS: Final = (
    "Africa,Europe,Asia,Oceania,Americas,Antarctica,North America,South America,Central America,"
    "Latin America,Caribbean,Middle East,Polynesia,Melanesia,Micronesia,Scandinavia,Balkans,"
    "Western Europe,Eastern Europe,Northern Europe,Southern Europe,Central Europe,"
    "Southeast Europe,Northern Africa,Western Africa,Eastern Africa,Southern Africa,"
    "Central Africa,Middle Africa,Sub-Saharan Africa,Western Asia,Eastern Asia,Northern Asia,"
    "Southern Asia,Central Asia,Southeast Asia,Northern America"
)
_REGION_ALIASES: Final = {
    "the Americas": "Americas",
    "America": "Americas",
    "South-eastern Asia": "Southeast Asia",
    "South-East Asia": "Southeast Asia",
    "Southeastern Asia": "Southeast Asia",
    "Southeastern Europe": "Southeast Europe",
    "East Africa": "Eastern Africa",
    "West Africa": "Western Africa",
    "North Africa": "Northern Africa",
    "East Asia": "Eastern Asia",
    "South Asia": "Southern Asia",
    "West Asia": "Western Asia",
    "East-Central Europe": "Central Europe",
    "Australasia": "Oceania",
}
_REGIONS_ABOVE: Final = {
    "North America": ("Americas",),
    "Northern America": ("North America", "Americas"),
    "South America": ("Americas", "Latin America"),
    "Central America": ("North America", "Americas", "Latin America"),
    "Caribbean": ("North America", "Americas", "Latin America"),
    "Latin America": ("Americas",),
    "Polynesia": ("Oceania",),
    "Melanesia": ("Oceania",),
    "Micronesia": ("Oceania",),
    "Scandinavia": ("Northern Europe", "Europe"),
    "Balkans": ("Southern Europe", "Europe"),
    "Middle East": ("Asia", "Western Asia"),
}
_PRIZES: Final = {
    "physics": "physics",
    "chemistry": "chemistry",
    "medicine": "medicine",
    "physiology": "medicine",
    "physiology or medicine": "medicine",
    "physiology and medicine": "medicine",
    "literature": "literature",
    "peace": "peace",
    "economics": "economics",
    "economic sciences": "economics",
    "economic science": "economics",
    "economy": "economics",
}
_CATEGORIES: Final = (
    "noble gas,alkali metal,alkaline earth metal,metalloid,halogen,post-transition metal,"
    "transition metal,lanthanide,actinide,nonmetal,metal,rare earth metal,reactive nonmetal"
)
_CATEGORY_ALIASES: Final = {
    "noble gases": "noble gas",
    "inert gas": "noble gas",
    "alkaline metal": "alkali metal",
    "alkaline-earth metal": "alkaline earth metal",
    "poor metal": "post-transition metal",
    "non-metal": "nonmetal",
    "non-metallic element": "nonmetal",
    "nonmetallic element": "nonmetal",
    "semimetal": "metalloid",
    "lanthanoid": "lanthanide",
    "actinoid": "actinide",
    "rare earth element": "rare earth metal",
    "rare-earth metal": "rare earth metal",
    "rare-earth element": "rare earth metal",
    "metallic element": "metal",
    "heavy metal": "metal",
}
_CATEGORIES_ABOVE: Final = {
    "alkali metal": ("metal",),
    "alkaline earth metal": ("metal",),
    "transition metal": ("metal",),
    "post-transition metal": ("metal",),
    "lanthanide": ("rare earth metal", "metal"),
    "actinide": ("metal",),
    "rare earth metal": ("metal",),
    "noble gas": ("nonmetal",),
    "halogen": ("nonmetal",),
    "reactive nonmetal": ("nonmetal",),
}
# Terms that begin like a nationality and name none; the empty value drops them.
_NO_NATION: Final = (
    "Latin American,South American,Central American,North American,Holy Roman,Roman Catholic,"
    "Greek Orthodox,Russian Orthodox,Native American,American Indian,West Indian,"
    "Dominican friar,Dominican priest,Dominican order,Dominican monk,American football,"
    "English literature,French horn"
)


def _nationality() -> dict[str, str]:
    none = dict.fromkeys(listed(_NO_NATION), "")
    more = {"African American": "American", "Asian American": "American"}
    return {**nations.nationality_of_country(), **nations.adjectives(), **more, **none}


def _language() -> dict[str, str]:
    return {**{value: value for value in nations.adjectives().values()}, **languages.terms()}


def _region() -> dict[str, str]:
    return {**{name: name for name in listed(_REGIONS)}, **_REGION_ALIASES}


def _regions_above() -> dict[str, tuple[str, ...]]:
    above = dict(_REGIONS_ABOVE)
    for name in listed(_REGIONS):
        continent = name.rpartition(" ")[2]
        if name not in above and continent != name and continent in ("Africa", "Europe", "Asia"):
            above[name] = (continent,)
    return above


def _category() -> dict[str, str]:
    return {**{name: name for name in listed(_CATEGORIES)}, **_CATEGORY_ALIASES}


def separate_nations(given: dict[str, str], known: set[str]) -> dict[str, str]:
    """Drop forms that only join two nationalities: "Mexican American" names both."""
    return {
        form: value
        for form, value in given.items()
        if len(fold(form).split()) < 2 or not set(fold(form).split()) <= known
    }


def broader() -> dict[str, dict[str, tuple[str, ...]]]:
    """Return, by relation, each value's directly wider values."""
    return {
        "profession": professions.broader(),
        "nationality": dict(nations.PART_OF),
        "language": languages.broader(),
        "region": _regions_above(),
        "category": dict(_CATEGORIES_ABOVE),
    }


BUILT_IN: Final[dict[str, Callable[[], dict[str, str]]]] = {
    "nationality": _nationality,
    "profession": professions.terms,
    "neighbour": nations.countries,
    "language": _language,
    "region": _region,
    "prize_field": lambda: dict(_PRIZES),
    "category": _category,
}
