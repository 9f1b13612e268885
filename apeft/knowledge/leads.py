"""People from Wikipedia leads: short description, first sentence, and "born in X".

A description reads "Finnish architect and designer (1898–1976)"; the first sentence of the lead
says the same in more words. Both are read, since a profession that only one of them names is
still right.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

from apeft.knowledge import vocabulary_profession
from apeft.knowledge.nationality import find_nationalities
from apeft.knowledge.places import lead_place
from apeft.knowledge.text import LEAD_LIMIT, PARTICLES, Claim, Record, fold
from apeft.sources.datasets import Row
from apeft.sources.default import LEADS

TOPICS = ("People", "Uncategorized")
GROUPS = re.compile(
    r"\b(band|duo|group|brothers|sisters|family|trio|quartet|team|troupe|brother duo|movement"
    r"|dynasty of|conflict|depression|emergence|partnership|inventors|pioneers|queens|filmmakers"
    r"|theologians|missionaries|killer)\b",
    re.IGNORECASE,
)
VERB = re.compile(r"\b(was|is|reigned|ruled|were|are)\b")
LIFE = re.compile(
    r"\((?:(?P<born>[^();–-]*?\d{1,4}[^();–-]*?)\s*[–-]\s*(?P<died>[^();–-]*?\d{1,4}[^();–-]*)"
    r"|(?P<only>(?:[Bb]orn|b\.|[Dd]ied|d\.):? [^()]*))\)"
)
REIGN = re.compile(r"^(?:r\.|ruled|reigned|fl\.|trad\.|in office)", re.IGNORECASE)
OFFICE = re.compile(
    r"\b(king|queen|emperor|empress|president|prime minister|sultan|shah|tsar|pope|khan|caliph"
    r"|duke|ruler|leader|chancellor|dictator|emir|head of state|premier|monarch|governor)\b",
    re.IGNORECASE,
)
CUT = re.compile(
    r"(?:,| and)? (?:who|whose|which|known|best known|considered|widely|regarded|born|for|with"
    r"|of|in|from|during|under|at|to|active|that|as|commonly|famous|noted|credited|by|on|he|she"
    r"|specialized|specializing|where|responsible|primarily|active)\b|[;:(—\n]|(?<![A-Z])\. "
)
PREDICATE = re.compile(r"\b(?:was|is)(?: \w+ly)? (?:an?|the|one of the) (?P<rest>.+)")
POLYMATH = re.compile(
    r"polymath\b(?:[:,] an? |[^.]{0,60}? (?:who (?:was|is)(?: active as)? an? |active as an? ))"
)
PARTS = re.compile(r",|\band\b|&|/|\bor\b| - ")
SHORTEST_LIFE = 15


def people(
    rows: Iterable[Row], adjectives: Mapping[str, str], countries: Collection[str] = ()
) -> list[Record]:
    """Every lead that is about one person, as a record; other topics and groups are left out.

    Args:
        rows: Leads (title, extract, description, topic).
        adjectives: Nationality adjectives (see :func:`apeft.knowledge.nationality.adjectives`).
        countries: Names of countries, which are no birth place.
    """
    found = [person(row, adjectives, countries) for row in rows if is_person(row)]
    return [record for record in found if record.claims]


def is_person(row: Row) -> bool:
    """Whether a lead is about one person: by topic, and neither a group nor an event.

    Leads without a topic count only when they give life years and a profession.
    """
    description, lead = row["description"] or "", row["extract"]
    head = re.split(r" of | in |,", without_years(description))[0]
    if row["topic"] not in TOPICS or GROUPS.search(head):
        return False
    verb = VERB.search(lead)
    if verb is None or verb[0] in ("were", "are"):
        return False
    if row["topic"] == "People":
        return True
    words = noun_phrase(predicate(first_sentence(lead)))
    return bool(life_years(description) and (find_professions(words) or OFFICE.search(description)))


def person(row: Row, adjectives: Mapping[str, str], countries: Collection[str] = ()) -> Record:
    """Read one person's lead."""
    description = (row["description"] or "").strip()
    lead = row["extract"].strip()
    first = first_sentence(lead)
    claims: list[Claim] = []

    def state(relation: str, value: str, text: str, within: tuple[str, ...] = ()) -> None:
        if not any((c.relation, c.value) == (relation, value) for c in claims):
            claims.append(Claim(relation, value, LEADS, text, within))

    for words, text in ((without_years(description), description), (predicate(first), first)):
        for value in find_nationalities(noun_phrase(words), adjectives):
            state("nationality", value, text)
        for value in find_professions(noun_phrase(words)):
            state("profession", value, text)
    if [c.value for c in claims if c.relation == "profession"] == ["polymath"]:
        # "Polymath" alone names no profession, and would make every right one look wrong.
        claims = [c for c in claims if c.relation != "profession"]
    if not is_reign(description, lead):
        for relation, year in life_years(description).items():
            state(relation, str(year), description)
    place = lead_place(lead, row["title"], countries)
    if place is not None:
        state("birth_place", place.name, place.text, place.within)
    title = re.sub(r" \([^)]*\)$", "", row["title"])
    aliases = {full_name(first)} | ({title.partition(",")[0]} if "," in title else set())
    aliases -= {title, ""}
    return Record("person", title, tuple(sorted(aliases)), LEADS, lead[:LEAD_LIMIT], tuple(claims))


def first_sentence(lead: str) -> str:
    """The lead's first sentence; full stops of initials and titles do not end it."""
    match = re.search(
        r"(?<=[a-z\d)\]\"”])\.(?=\s|$)", re.sub(r"\b(?:Sr|Jr|St|Dr)\.", _no_stop, lead)
    )
    return lead[: match.end()] if match else lead


def full_name(sentence: str) -> str:
    """The subject of a first sentence if it is a plain name of several words, else ""."""
    subject = re.split(r",| (?:was|is|also|commonly|better|known|reigned)\b", sentence)[0].strip()
    subject = re.sub(r"^(?:Sir|Dame|Saint|Lord|Captain|Dr_?) ", "", subject)
    words = subject.split()
    plain = all(word[0].isupper() or fold(word) in PARTICLES for word in words)
    return subject if 2 <= len(words) <= 7 and plain and "_" not in subject else ""


def _no_stop(match: re.Match[str]) -> str:
    return match[0][:-1] + "_"


def predicate(sentence: str) -> str:
    """What the first sentence says its subject was; "" when it says nothing of that form."""
    match = PREDICATE.search(sentence)
    return match["rest"] if match else ""


def without_years(description: str) -> str:
    """Drop everything in parentheses."""
    return re.sub(r"\([^)]*\)", "", description).strip()


def noun_phrase(words: str) -> str:
    """Cut at the first clause or preposition: "physicist who won …" -> "physicist".

    What a polymath "was active as" is the list of professions that matters, and is kept.
    """
    words = POLYMATH.sub(r"polymath, ", words)
    words = re.sub(r"\b[Tt]rack and [Ff]ield\b", "track-and-field", words)
    match = CUT.search(words)
    phrase = words[: match.start()] if match else words
    return phrase.replace("track-and-field", "track and field").rstrip(". ")


def find_professions(words: str) -> list[str]:
    """Canonical professions that end the parts of a noun phrase, in order, without repeats."""
    table = _professions()
    found: list[str] = []
    joined = words.lower().replace("track and field", "track_and_field")
    for part in PARTS.split(joined):
        tokens = part.replace("track_and_field", "track and field").rstrip(". ").split()
        for value in _tail(tokens, table):
            if value not in found:
                found.append(value)
    return found


def _tail(tokens: list[str], table: Mapping[str, str]) -> list[str]:
    for size in (5, 4, 3, 2, 1):
        phrase = " ".join(tokens[-size:])
        if len(tokens) >= size and phrase in table:
            return [table[phrase]]
    halves = re.split(r"[-–]", tokens[-1]) if tokens else []
    if len(halves) > 1 and all(half in table for half in halves):
        return [table[half] for half in halves]
    return []


@lru_cache(maxsize=1)
def _professions() -> dict[str, str]:
    return vocabulary_profession.surfaces()


def life_years(description: str) -> dict[str, int]:
    """Birth and death year (CE) from "(1898–1976)", "(born 1934)", "(died 336)".

    Circa, BC, alternative and uncertain years are left out, each by itself; so are years of reign
    or office, told by their wording, by being several, or by an office with too short a life.
    """
    found: dict[str, int] = {}
    for match in LIFE.finditer(description):
        body = match[0][1:-1]
        if REIGN.match(body) or re.search(r"\bB\.?C", body):
            continue
        if match["only"]:
            word, _, rest = body.partition(" ")
            relation = "birth_year" if word[0] in "bB" else "death_year"
            if (year := _year(rest)) is not None:
                found[relation] = year
            continue
        born, died = _year(match["born"]), _year(match["died"])
        # A term of office has two full years as a life has, but is shorter or one of several.
        if OFFICE.search(description) and born and died and died - born < 2 * SHORTEST_LIFE:
            continue
        if OFFICE.search(description) and len(LIFE.findall(description)) > 1:
            continue
        if born and died and died - born < SHORTEST_LIFE:
            continue
        if born:
            found["birth_year"] = born
        if died and len(match["died"].strip()) >= 3:
            found["death_year"] = died
    return found


def is_reign(description: str, lead: str) -> bool:
    """Whether a description's two years are those of an office that the lead dates alike."""
    born = life_years(description).get("birth_year")
    since = rf"\b(?:from|since|between)\b[^.]*?\b{born}\b"
    return bool(born and OFFICE.search(description) and re.search(since, lead))


def _year(text: str | None) -> int | None:
    return int(text) if text and re.fullmatch(r"\s*\d{2,4}\s*", text) else None
