"""Countries: capital, region, currency, language, neighbours, demonym."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from babel import Locale
from babel.numbers import get_territory_currencies

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

    A border counts when both sides state it. A currency counts when the locale data name it as
    legal tender on a fixed day; the source's outdated codes are left out and counted.
    """
    kept = sorted((row for row in rows if is_country(row)), key=lambda row: str(row["name"]))
    by_code = {row["ISO"]["alpha3"]: row for row in kept}
    dropped = {"border_one_sided": 0, "currency_not_tender": 0, "language_unknown": 0}
    english = Locale("en")
    records = [_country(row, by_code, english, dropped) for row in kept]
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


def _country(
    row: Row, by_code: Mapping[str, Row], english: Locale, dropped: dict[str, int]
) -> Record:
    name, iso = row["name"], row["ISO"]
    capitals = row["capital"] if isinstance(row["capital"], list) else [row["capital"]]
    values: list[tuple[str, str]] = [("capital", capital) for capital in capitals]
    values += [("region", region) for region in _regions(row)]
    tender = get_territory_currencies(iso["alpha2"], LEGAL_TENDER_ON, LEGAL_TENDER_ON)
    for code in row.get("currencies") or []:
        if code in tender and code in english.currencies:
            values.append(("currency", english.currencies[code]))
        else:
            dropped["currency_not_tender"] += 1
    for code in row.get("languages") or []:
        if code in english.languages:
            values.append(("language", english.languages[code]))
        else:
            dropped["language_unknown"] += 1
    for code in row.get("borders") or []:
        neighbour = by_code.get(code)
        if neighbour is None or iso["alpha3"] not in (neighbour.get("borders") or []):
            dropped["border_one_sided"] += 1
        else:
            values.append(("neighbour", neighbour["name"]))
    values += [("demonym", demonym) for demonym in _demonyms(row)]
    aliases = {
        spelling.strip() for spelling in row.get("altSpellings") or [] if _readable(spelling)
    }
    aliases.add(english.territories.get(iso["alpha2"], name).replace("’", "'"))
    aliases.add(name.removeprefix("The "))
    claims = tuple(Claim(*value, COUNTRIES, f"{name}: {value[0]}") for value in values)
    return Record("country", name, tuple(sorted(aliases - {name})), COUNTRIES, "", claims)


def _readable(spelling: str) -> bool:
    return spelling.replace(" ", "").replace("-", "").isascii() and len(spelling.strip()) > 3
