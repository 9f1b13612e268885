"""Sentences of a text, and which of them speak of its subject."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from apeft.facts import nations
from apeft.facts.terms import fold, listed

_ABBREVIATION = re.compile(
    r"(?:\b(?:Dr|Mr|Mrs|Ms|St|Prof|Lt|Col|Gen|Gov|Sen|Rep|Rev|Capt|Sgt|Hon|No|vs|ca?|b|d|r|fl|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Mt|Ft|Op|Vol)|\b[A-Z]|\b[A-Z]\.[A-Z])\.$"
)
_END = re.compile(r"[.!?][\"”')\]]*(?=\s|$)|\n+")
_PRONOUN_NEXT = re.compile(r"\s+(?:He|She|They|It|His|Her|Their|Its|The|In)\b")
_QUOTE = re.compile(r"\"[^\"]*\"|“[^”]*”|«[^»]*»")

KIN: Final = (
    r"father|mother|son|sons|daughter|daughters|wife|wives|husband|brother|brothers|sister|sisters|"
    r"child|children|parents?|uncle|aunt|cousin|nephew|niece|grandfather|grandmother|grandson|"
    r"granddaughter|grandchildren|family|friend|friends|lover|partner|fianc[ée]e?|widow|widower|"
    r"stepfather|stepmother|teacher|mentor|student|students|colleague|assistant|spouse|ancestors?|"
    r"successor|predecessor|rival|collaborator|manager|twins?|siblings?|boyfriend|girlfriend"
)
_MALE_KIN: Final = frozenset(
    listed(
        "father son sons husband brother brothers uncle nephew grandfather grandson widower "
        "stepfather boyfriend",
        None,
    )
)
_FEMALE_KIN: Final = frozenset(
    listed(
        "mother daughter daughters wife wives sister sisters aunt niece grandmother granddaughter "
        "widow stepmother girlfriend",
        None,
    )
)
_POSSESSIVE_KIN = re.compile(
    r"^(?:His|Her|Their|[A-Z][\w.\-]*(?: [A-Z][\w.\-]*)*['’]s)\s+"
    rf"(?:[\w\-]+\s+){{0,2}}?(?P<kin>{KIN})\b"
)
_SOMEBODY = re.compile(
    r"(?!The |A |An )[A-Z][\w.\-]+(?: [A-Z][\w.\-]+)+,? "
    r"(?:was|is|had|became|died|played|married|wrote|who|born)\b"
)
_PRONOUN = re.compile(r"(?:he|she|they|it)\b", re.IGNORECASE)
_LEAD = re.compile(
    r"(?:Born|In|On|At|After|Before|During|Following|By|From|Until|Since|While|As|Although|"
    r"Originally|Initially|Later|Eventually|Today|Raised|Educated|Known|Also|Then|However|"
    r"Throughout|Between|Despite|Having|With|Over|Upon|An?|The)\b"
)


_THING = re.compile(r"(?:The )?([A-Z]\w+(?: [A-Z]\w+)*) (?:is|has|was|borders|lies)\b")
_COUNTRIES: Final = frozenset(nations.countries())


@dataclass(frozen=True)
class Sentence:
    """One sentence with quotations blanked out (offsets are those of the whole text).

    ``about`` is where the clause about the subject starts in ``text``, None for another subject;
    ``verb`` is where its subject's words end.
    """

    text: str
    start: int
    about: int | None
    verb: int


def split(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of each sentence; initials and abbreviations end none."""
    spans = []
    start = 0
    for m in _END.finditer(text):
        before = text[start : m.start() + 1]
        if m.group().startswith(".") and _ABBREVIATION.search(before):
            era = re.search(r"\b(?:B\.C|A\.D|U\.S)\.$", before)
            if not (era and _PRONOUN_NEXT.match(text, m.end())):
                continue
        if text[start : m.end()].strip():
            spans.append((start, m.end()))
        start = m.end()
    if text[start:].strip():
        spans.append((start, len(text)))
    return [(s + len(text[s:e]) - len(text[s:e].lstrip()), e) for s, e in spans]


def subject_pattern(entity: Mapping[str, Any]) -> re.Pattern[str]:
    """Return a pattern for the entity's name, aliases, and a person's first or last name."""
    names = [re.sub(r"\s*\([^)]*\)", "", n) for n in (entity["name"], *entity.get("aliases", ()))]
    names = [name for name in names if fold(name)]
    if entity["kind"] == "person":
        for name in list(names):
            words = [word for word in name.split() if fold(word)]
            if len(words) > 1:
                last = words[-2] if fold(words[-1]) in {"jr", "sr", "ii", "iii"} else words[-1]
                names += [last, words[0]] if len(words[0]) > 2 else [last]
    # "Frederick Winslow Taylor" for "Frederick Taylor": a middle name more or another one.
    middles = [
        rf"{re.escape(words[0])}(?: [A-Z][\w.'’-]*){{1,2}} {re.escape(words[-1])}"
        for words in (name.split() for name in names)
        if entity["kind"] == "person" and len(words) > 1
    ]
    names = sorted({name for name in names if len(name) > 1}, key=lambda name: (-len(name), name))
    spelt = _spelt if entity["kind"] == "person" else re.escape
    options = "|".join([*middles, *(spelt(name) for name in names)])
    title = r"(?:(?:Sir|Dr\.?|President|Queen|King|Saint|St\.|Professor|Dame|Lord)\s+)?"
    if entity["kind"] == "country":
        title = r"(?:[Tt]he\s+)?(?:(?:Republic|Kingdom|State|Commonwealth)\s+of\s+)?(?:the\s+)?"
    return re.compile(rf"{title}(?:{options})(?![\w’'-]|\s[A-Z]\w+\s+(?:was|is)\b)")


def _spelt(name: str) -> str:
    """Pattern for a person's name however its initials are written, middle ones left out too.

    "W.G. Grace" and "WG Grace" are "W. G. Grace"; "Edsger Dijkstra" is "Edsger W. Dijkstra".
    """
    words = re.sub(r"(?<=\b[A-Z]\.)(?=[A-Z])", " ", name).split()
    pattern = ""
    for place, word in enumerate(words):
        initial = re.fullmatch(r"[A-Z]\.", word)
        if initial and 0 < place < len(words) - 1 and len(words[0]) > 2:
            pattern += rf"(?:{word[0]}\.?\s*)?"
        elif initial:
            pattern += rf"{word[0]}\.?\s*"
        else:
            pattern += re.escape(word) + (r"\s+" if place < len(words) - 1 else "")
    return pattern


def about_subject(text: str, entity: Mapping[str, Any]) -> list[Sentence]:
    """Split ``text`` and mark the sentences whose grammatical subject is the entity.

    A pronoun continues the subject of the sentence before; after "His father …" only a pronoun of
    the other gender comes back to the entity. Sentences about nobody known count for nothing.
    """
    pattern = subject_pattern(entity)
    masked = _QUOTE.sub(lambda m: " " * len(m.group()), text)
    sentences: list[Sentence] = []
    other: str | None = None  # kin word of the person whom the last sentences were about
    for start, end in split(text):
        sentence = masked[start:end]
        about, verb, other = _subject(sentence, entity, pattern, other, first=not sentences)
        sentences.append(Sentence(sentence, start, about, verb))
    return sentences


def _subject(
    sentence: str,
    entity: Mapping[str, Any],
    pattern: re.Pattern[str],
    other: str | None,
    *,
    first: bool,
) -> tuple[int | None, int, str | None]:
    """Return (start of the subject, end of it, kin word of another subject)."""
    kin = _POSSESSIVE_KIN.match(sentence)
    if kin and entity["kind"] == "person":
        return None, 0, kin["kin"]
    for offset in _clause_starts(sentence):
        named = pattern.match(sentence, offset)
        if named:
            return offset, named.end(), None
        pronoun = _PRONOUN.match(sentence, offset)
        if pronoun:
            return _pronoun(pronoun.group().lower(), offset, pronoun.end(), entity, other)
    if first and re.match(r"(?:was|is|\(|an?\b|the\b|[Bb]orn\b|[A-Z]?[a-z])", sentence):
        return _fragment(sentence, entity)
    if entity["kind"] != "person":
        if re.match(r"(?:Its|The)\s", sentence) and other != "somebody":
            return 0, 0, other
        if (thing := _THING.match(sentence)) and thing[1] in _COUNTRIES:
            return None, 0, "somebody"
    own = re.match(r"(?:His|Her|Their)\s", sentence)
    if own and other is None and entity["kind"] == "person":
        return 0, 0, None
    if own:
        return None, 0, other
    return None, 0, "somebody" if _SOMEBODY.match(sentence) else (other or "another")


def _clause_starts(sentence: str) -> list[int]:
    """Where the main clause may start: at once, or behind a comma of an introductory phrase."""
    if not _LEAD.match(sentence):
        return [0]
    commas = [m.end() for m in re.finditer(r",\s+", sentence[:200])][:6]
    return [0, *commas]


def _pronoun(
    pronoun: str, offset: int, length: int, entity: Mapping[str, Any], other: str | None
) -> tuple[int | None, int, str | None]:
    person = entity["kind"] == "person"
    if person == (pronoun == "it"):
        return None, 0, other
    if other in _MALE_KIN and pronoun != "she":
        return None, 0, other
    if other in _FEMALE_KIN and pronoun != "he":
        return None, 0, other
    if other and other not in _MALE_KIN | _FEMALE_KIN | {"another"}:
        return None, 0, other
    return offset, offset + length, None


def _fragment(sentence: str, entity: Mapping[str, Any]) -> tuple[int | None, int, str | None]:
    """Read a first sentence without a subject ("French writer, born in 1908") as the subject's."""
    other_name = re.match(r"[A-Z][\w.\-]+\s+(?:[A-Z][\w.\-]+\s+)?(?:was|is|had|wrote)\b", sentence)
    if other_name:
        return None, 0, "another" if entity["kind"] == "person" else "somebody"
    return 0, 0, None
