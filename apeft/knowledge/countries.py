"""Countries: capital, region, currency, language, neighbours, demonym."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from babel import Locale
from babel.numbers import get_territory_currencies

from apeft.facts.relations import left_open
from apeft.knowledge.capitals import seats
from apeft.knowledge.languages import official
from apeft.knowledge.text import Claim, Record
from apeft.knowledge.vocabulary_nationality import DEMONYMS
from apeft.sources.datasets import Row
from apeft.sources.default import COUNTRIES

_DEPENDENT = """
    ABW AIA ALA ANT ASM ATA ATF BES BLM BMU BVT CCK COK CUW CXR CYM ESH FLK FRO GGY GIB GLP GRL
    GUF GUM HKG HMD IMN IOT JEY MAC MAF MNP MSR MTQ MYT NCL NFK NIU PCN PRI PYF REU SCG SGS SHN
    SJM SPM SXM TCA TKL UMI VGB VIR WLF
"""
DEPENDENT = frozenset(_DEPENDENT.split())
"""Territories and former states of the source (ISO 3166-1 alpha-3), which are left out."""

KOSOVO = {"KOS": "Kosovo", "XKX": "Kosovo"}
"""The source has no row for it, and names it in two ways."""

LEGAL_TENDER_ON = datetime.date(2024, 1, 1)
"""A fixed day, so that a currency's name does not depend on the day of the run."""


@dataclass(frozen=True)
class Countries:
    """Parsed countries.

    Attributes:
        records: One for each country, sorted by name.
        dropped: How many values were left out, by reason.
    """

    records: tuple[Record, ...]
    dropped: Mapping[str, int]


def countries(rows: Iterable[Row]) -> Countries:
    """Read the source's rows; a country needs a capital, a region and a demonym.

    A border counts when both sides state it; one that a single side states, or that is with a
    territory, is left open for both sides. So are languages that only a region or custom makes
    official, and seats of government. A currency counts when the locale data name it as legal
    tender on a fixed day; the source's outdated codes are left out and counted.
    """
    everyone = sorted(rows, key=lambda row: str(row["name"]))
    kept = [row for row in everyone if is_country(row)]
    by_code = {row["ISO"][code]: row for code in ("alpha3", "alpha2") for row in kept}
    lands = {row["ISO"]["alpha3"]: row["name"] for row in everyone if row.get("ISO")} | KOSOVO
    borders = _borders(kept, by_code, lands)
    dropped = {"border_one_sided": 0, "currency_not_tender": 0, "language_unknown": 0}
    english = Locale("en")
    records = [_country(row, borders[row["name"]], english, dropped) for row in kept]
    return Countries(tuple(records), dropped)


def is_country(row: Row) -> bool:
    """Whether a row is a sovereign country that is described fully enough."""
    code = (row.get("ISO") or {}).get("alpha3")
    complete = row.get("capital") and row.get("region") and row.get("demonym")
    return bool(complete and code and code not in DEPENDENT)


def demonyms(rows: Iterable[Row]) -> dict[str, str]:
    """Country's name -> adjective of its people, for countries that count."""
    return {row["name"]: _demonyms(row)[0] for row in rows if is_country(row)}


def _demonyms(row: Row) -> list[str]:
    found = [part.strip() for part in row["demonym"].split(",") if part.strip()]
    return list(dict.fromkeys(DEMONYMS.get(part.lower(), part) for part in found))


def _regions(row: Row) -> list[str]:
    """From narrow to wide; the Americas' own parts come first since they are what people say."""
    names = [row.get("intermediateregion"), row.get("subregion"), row["region"]]
    if row["region"] == "Americas":
        if row.get("subregion") == "Northern America" or row["name"] == "Mexico":
            names = ["North America", *names]
        elif row.get("intermediateregion") in ("Caribbean", "Central America"):
            names = [names[0], "North America", *names[1:]]
        return [str(name) for name in dict.fromkeys(names) if name]
    # The continent is the plain answer; its part is as right.
    return [str(name) for name in dict.fromkeys([row["region"], *names]) if name]


@dataclass(frozen=True)
class Borders:
    """Neighbours that both sides name, and those that one side names or that are territories."""

    right: tuple[str, ...]
    open: tuple[str, ...]


def _borders(
    kept: list[Row], by_code: Mapping[str, Row], lands: Mapping[str, str]
) -> dict[str, Borders]:
    named = {row["name"]: [by_code.get(code) for code in row.get("borders") or []] for row in kept}
    states = {name: [row["name"] for row in found if row] for name, found in named.items()}
    sides: dict[str, Borders] = {}
    for row in kept:
        mine, name = states[row["name"]], row["name"]
        territories = [lands[code] for code in row.get("borders") or [] if code in lands]
        claimed = [other for other, theirs in states.items() if name in theirs]
        right = tuple(other for other in mine if other in claimed)
        rest = [*mine, *claimed, *(land for land in territories if land not in states)]
        sides[name] = Borders(right, tuple(dict.fromkeys(o for o in rest if o not in right)))
    return sides


def _country(row: Row, borders: Borders, english: Locale, dropped: dict[str, int]) -> Record:
    name, code = row["name"], row["ISO"]["alpha2"]
    capitals = row["capital"] if isinstance(row["capital"], list) else [row["capital"]]
    shared, disputed = seats(code)
    languages = official(code, row.get("languages") or [], english)
    values: list[tuple[str, str]] = [("capital", capital) for capital in (*capitals, *shared)]
    values += [("region", region) for region in _regions(row)]
    tender = get_territory_currencies(code, LEGAL_TENDER_ON, LEGAL_TENDER_ON)
    for currency in row.get("currencies") or []:
        if currency in tender and currency in english.currencies:
            values.append(("currency", english.currencies[currency]))
        else:
            dropped["currency_not_tender"] += 1
    values += [("language", language) for language in languages.right]
    values += [("neighbour", neighbour) for neighbour in borders.right]
    values += [("demonym", demonym) for demonym in _demonyms(row)]
    for relation, undecided in (
        ("capital", disputed), ("language", languages.open), ("neighbour", borders.open)
    ):  # fmt: skip
        values += [(left_open(relation), value) for value in undecided]
    dropped["language_unknown"] += languages.unknown
    dropped["border_one_sided"] += len(borders.open)
    aliases = {
        spelling.strip() for spelling in row.get("altSpellings") or [] if _readable(spelling)
    }
    aliases.add(english.territories.get(code, name).replace("’", "'"))
    aliases.add(name.removeprefix("The "))
    claims = tuple(Claim(*value, COUNTRIES, f"{name}: {value[0]}") for value in values)
    return Record("country", name, tuple(sorted(aliases - {name})), COUNTRIES, "", claims)


def _readable(spelling: str) -> bool:
    return spelling.replace(" ", "").replace("-", "").isascii() and len(spelling.strip()) > 3
