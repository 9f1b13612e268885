"""Nobel laureates: birth, and the field and year of each prize. Organisations are left out."""

from __future__ import annotations

import re
from collections.abc import Iterable

from apeft.knowledge.places import laureate_places
from apeft.knowledge.text import Claim, Record
from apeft.sources.datasets import Row
from apeft.sources.default import LAUREATES

ORGANISATION = re.compile(
    r"\b(Institut|Bureau|Comité|Office|Committee|Council|Ligue|International|United Nations"
    r"|Organization|Fund|Médecins|Pugwash|Panel|Agency|Bank|Campaign|Forces|Grameen|Society)\b"
)
TITLES = re.compile(r"^(?:Sir|Lord|Earl|Count|Baron|Baroness|Viscount|Dame|The) (?![A-Z]\.)")
YOUNGEST = 17


def laureates(rows: Iterable[Row]) -> list[Record]:
    """One record for each laureate; a second prize adds its field and year to the first's."""
    by_name: dict[str, list[Row]] = {}
    for row in rows:
        if not is_organisation(row):
            by_name.setdefault(row["Name"].strip(), []).append(row)
    return [_laureate(name, prizes) for name, prizes in by_name.items()]


def is_organisation(row: Row) -> bool:
    """Whether the prize went to an organisation: by its name, or founded "1873 in Ghent"."""
    return bool(
        ORGANISATION.search(row["Name"]) or re.match(r"\s*\d{4} in\b", row["Birthdate"].strip())
    )


def birth_year(birthdate: str, prize_year: int) -> int | None:
    """Year of "16 March 1839", "28-May-12" or "1947"; None when there is none.

    Two digits mean the century that makes the laureate at least seventeen at the prize (the
    youngest laureate was) and less than a hundred years older than that.

    >>> birth_year("28-May-12", 1973)
    1912
    """
    text = birthdate.strip()
    if full := re.search(r"\b(\d{4})$", text):
        return int(full[1])
    if short := re.fullmatch(r"\d{1,2}-[A-Z][a-z]{2}-(\d{2})", text):
        latest = prize_year - YOUNGEST
        return latest - (latest - int(short[1])) % 100
    return None


def names(name: str) -> tuple[str, tuple[str, ...]]:
    """A laureate's plain name and other forms of it.

    >>> names("Earl (Bertrand Arthur William) Russell")
    ('Earl Russell', ('Bertrand Arthur William', 'Bertrand Arthur William Russell'))
    >>> names("Marie Curie, née Sklodowska")
    ('Marie Curie', ('Marie Sklodowska',))
    """
    plain, _, maiden = name.replace("´", "'").replace(", Viscount", "").partition(", née ")
    inside = re.search(r"\(([^)]*)\)", plain)
    plain = re.sub(r"\s*\([^)]*\)", "", plain).strip()
    untitled = TITLES.sub("", plain)
    forms = {untitled}
    if maiden and len(maiden.split()) == 1:
        forms.add(f"{untitled.split()[0]} {maiden}")
    if inside:
        other = re.sub(r"^Lord ", "", inside[1])
        forms |= {other, f"{other} {untitled}", f"{other} {untitled.split()[-1]}"}
    if len(untitled.split()) > 1 or not TITLES.match(plain):
        plain = untitled
    several = {form for form in forms if len(form.split()) > 1 and form[-1] != "."}
    return plain, tuple(sorted(several - {plain}))


def _laureate(full_name: str, prizes: list[Row]) -> Record:
    name, aliases = names(full_name)
    row = prizes[0]
    claims = []
    year = birth_year(row["Birthdate"], int(row["Year"]))
    if year is not None:
        text = f"born {row['Birthdate'].strip()}"
        claims.append(Claim("birth_year", str(year), LAUREATES, text))
    for place in laureate_places(row["Birth Place"], row["County"]):
        text = f"born in {place.text}"
        claims.append(Claim("birth_place", place.name, LAUREATES, text, place.within))
    for prize in prizes:
        text = prize["Motivation"].strip() or f"{prize['Prize Name']} {prize['Year']}"
        claims.append(Claim("prize_field", prize["Category"], LAUREATES, text))
        claims.append(Claim("prize_year", prize["Year"], LAUREATES, text))
    story = " ".join(prize["Motivation"].strip() for prize in prizes)
    unique = tuple({(c.relation, c.value): c for c in claims}.values())
    return Record("person", name, aliases, LAUREATES, story, unique)
