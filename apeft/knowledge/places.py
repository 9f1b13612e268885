"""Birth places: from a lead's "born in X", and from the laureates' city and country columns."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from apeft.knowledge.text import fold

WORD = r"[A-ZÀ-ÖØ-ÞŁŚŠČŽİĀŌ][\w'’.-]*"
PLACE = rf"{WORD}(?: (?:(?:de|del|di|da|do|la|le|los|las|am|an der|im|on|upon|sur|of) )?{WORD})*"
BORN = re.compile(
    rf"(?P<before>(?:^|(?<=[.\n] )|\b[Hh]e was |\b[Ss]he was |, |(?P<who>{WORD}) was ))"
    rf"[Bb]orn(?: and raised)? in (?:the (?:town|city|village) of )?(?P<place>{PLACE})"
    rf"(?P<rest>(?:, {PLACE})*)(?=[,.;—]| (?:and|to|in|on|as|where|then|but|he|she|with)\b|$)"
)
_BROAD = """Africa|America|Europe|Asia|Great Britain|Britain|British India|England|Scotland|Wales
|Ireland|Roman Egypt|Russia|Germany|Bohemia|Prussia|Silesia|Suffolk|Normandy|Hungary|Palestine
|Republic of Venice|Electorate of Hanover|Kingdom of Naples|Soviet Union|Persia|Burma|Anatolia
|Ottoman Empire|Russian Empire|Austrian Empire|British Raj|Korea"""
BROAD = frozenset(fold(name) for name in _BROAD.split("|"))
STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California",
    "CO": "Colorado", "CT": "Connecticut", "DE": "Delaware", "DC": "", "FL": "Florida",
    "GA": "Georgia", "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana",
    "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine",
    "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota",
    "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada",
    "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York",
    "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma",
    "OR": "Oregon", "PA": "Pennsylvania", "RI": "Rhode Island", "SC": "South Carolina",
    "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont",
    "VA": "Virginia", "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin",
    "WY": "Wyoming", "CF": "California",
}  # fmt: skip
PROVINCES = {"AB": "Alberta", "BC": "British Columbia", "NS": "Nova Scotia", "ON": "Ontario"}
_REGIONS = """Alberta|Anhwei|Banat|Belorussia|Bihar|Essex|Honan|Java|Jiangxi|Latvia|Ontario|Quebec
|Russia|Sardinia|Sicily|Tamil Nadu|Tasmania"""
REGIONS = tuple(region.strip() for region in _REGIONS.split("|"))
COUNTRY_NAMES = {
    "USA": "United States",
    "the Netherlands": "Netherlands",
    "Switzerland.": "Switzerland",
    "Cyprys": "Cyprus",
    "USSR": "Soviet Union",
    "Bosnia": "Bosnia and Herzegovina",
    "Trinidad": "Trinidad and Tobago",
    "Guadeloupe Island": "Guadeloupe",
    "Republic of Macedonia": "North Macedonia",
}
NOW = re.compile(r"^(?P<then>[^(]*?)\s*(?:\(now (?:in )?(?P<now>[^)]*)\))?$")


@dataclass(frozen=True)
class Place:
    """A place, the wider places that contain it, and the words that say so."""

    name: str
    within: tuple[str, ...]
    text: str


def lead_place(lead: str, title: str, countries: Collection[str] = ()) -> Place | None:
    """Birth place of a lead's own subject; None unless one unambiguous "born in X" says it.

    Countries, regions and the like are no birth place here: the relation holds towns.
    """
    found = []
    for match in BORN.finditer(lead):
        who, name = match["who"], match["place"]
        if who and who not in {*title.split(), "He", "She"}:
            continue
        if match["before"] == ", " and match.start() > lead.find(". ") > 0:
            continue
        if name in countries or fold(name) in BROAD:
            continue
        if fold(name).startswith(("house of", "kingdom of")):
            continue
        if name in STATES.values() and name != "New York":
            continue
        within = tuple(part for part in match["rest"].split(", ") if part)
        found.append(Place(name, within, match[0].strip(" ,")))
    return found[0] if len({place.name for place in found}) == 1 else None


def laureate_places(town: str, country: str) -> list[Place]:
    """Birth place in its then and its present form: "Smyrna (now Izmir)" gives both.

    A form with a question mark (a letter that the source's encoding lost) is left out.
    """
    wider = tuple(COUNTRY_NAMES.get(name, name) for name in _then_now(country))
    text = ", ".join(part for part in (town.strip(), country.strip()) if part)
    places = []
    for form in _then_now(town):
        name, states = _without_state(form, country)
        if name and not re.search(r"[?\d]|province", name):
            places.append(Place(name, states + wider, text))
    return places


def _then_now(text: str) -> list[str]:
    match = NOW.fullmatch(text.strip())
    if match is None:
        return [text.strip()] if text.strip() else []
    return [part.strip() for part in (match["then"], match["now"]) if part and part.strip()]


def _without_state(town: str, country: str) -> tuple[str, tuple[str, ...]]:
    town = town.partition(" near ")[0]
    codes = {"USA": STATES, "Canada": PROVINCES}.get(country, {})
    head, _, tail = town.rpartition(" ")
    if head and tail in codes:
        return _spelled(head), (codes[tail],) if codes[tail] else ()
    for region in REGIONS:
        if town.endswith(" " + region):
            return _spelled(town.removesuffix(" " + region)), (region,)
    return _spelled(town), ()


def _spelled(town: str) -> str:
    return {"the Hague": "The Hague", "s Graveland": "'s-Graveland"}.get(town, town)


def same_place(one: str, other: str) -> bool:
    """Whether two names may mean one place: equal, or one's words contain the other's."""
    first, second = set(fold(one).split()), set(fold(other).split())
    return first <= second or second <= first
