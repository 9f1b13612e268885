"""Sentences of a text, and which of them speak of its subject."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from apeft.facts import nations
from apeft.facts.names import Names, run_end
from apeft.facts.predicate import find_predicate
from apeft.facts.terms import fold

# What ends no sentence, and what ends one only before a word that begins the next.
_TITLE = re.compile(
    r"\b(?:Dr|Mr|Mrs|Ms|Mme|St|Prof|Lt|Col|Gen|Gov|Sen|Rep|Rev|Capt|Sgt|Hon|Maj|Adm|Msgr|Fr|No|vs|"
    r"ca?|b|d|r|fl|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Mt|Ft|Op|Vol)\.$"
)
_ABBREVIATION = re.compile(
    r"\b(?:Jr|Sr|Jnr|Snr|Esq|Inc|Ltd|Co|Corp|Bros|Ph\.?D|[A-Za-z](?:\.\s?[A-Za-z])*)\.$"
)
_SYMBOL = re.compile(r"\bsymbol\b[^.]{0,40}\s\W?[A-Z][a-z]?\.$")  # "its symbol is Fr.", no title
_END = re.compile(r"[.!?][\"”')\]]*(?=\s|$)|\n+")
_NEXT = re.compile(r"\s+(?:He|She|They|It|His|Her|Their|Its|The|In)\b")
_QUOTE = re.compile(r"\"[^\"]*\"|“[^”]*”|«[^»]*»")

FAMILY: Final = (
    r"(?:(?:grand|step|half-|god|great-grand|ex-)?(?:father|mother|son|daughter|wife|husband|brother|"
    r"sister|child|children|parent)s?(?:-in-law)?|wives|uncle|aunt|cousin|nephew|niece|"
    r"family|lover|fianc[ée]e?|widow|widower|spouse|ancestors?|twins?|siblings?|boyfriend|girlfriend)"
)
# Words that name somebody else only with an owner: "his teacher", but "was a teacher".
_ROLES: Final = (
    r"(?:friends?|partner|teacher|mentor|students?|pupils?|colleagues?|assistant|successor|"
    r"predecessor|rival|collaborator|manager|tutor|biographer|patron|employer|boss|coach|doctor|"
    r"agent|secretary|master|disciples?|professor|roommate|classmate|bandmate|servant|heir)"
)
_OWNER: Final = r"(?:[Hh]is|[Hh]er|[Tt]heir|[A-Z][\w.\-]*(?: [A-Z][\w.\-]*)*['’]s?)"
OTHERS: Final = re.compile(
    rf"\b{FAMILY}\b(?!-)|{_OWNER}\s+(?:[\w\-]+\s+){{0,2}}?{_ROLES}\b|"
    rf"\b{_ROLES}\s+(?:of|to)\s+(?=[A-Z]|his\b|her\b)"
)
_POSSESSIVE_KIN = re.compile(
    rf"(?:(?:One|Two|Some|Both|All|Another|None) of\s+|The [a-z]+ of\s+)?{_OWNER}\s+"
    rf"(?:[\w\-]+\s+){{0,2}}?(?P<kin>{FAMILY}|{_ROLES})\b|"
    rf"The\s+(?:[\w\-]+\s+)?(?P<kin_of>{FAMILY}|{_ROLES})\s+of\s+[A-Z]"
)
_MALE = re.compile(r"(?:father|son|brother|husband|uncle|nephew|widower|boyfriend)s?(?:-in-law)?$")
_FEMALE = re.compile(
    r"(?:mother|daughter|sister|wife|wives|aunt|niece|widow|girlfriend)s?(?:-in-law)?$"
)
_SOMEBODY = re.compile(
    r"(?!The |A |An )[A-Z][\w.\-]+(?: [A-Z][\w.\-]+)+,? "
    r"(?:was|is|had|became|died|played|married|wrote|who|born)\b"
)
_FRAGMENT = re.compile(r"(?:was|is|\(|an?\b|the\b|[Bb]orn\b|[A-Z]?[a-z])")
_PRONOUN = re.compile(r"(?:he|she|they|it)\b", re.IGNORECASE)
_LEAD = re.compile(
    r"(?:Born|In|On|At|After|Before|During|Following|By|From|Until|Since|While|As|Although|"
    r"Originally|Initially|Later|Eventually|Today|Raised|Educated|Known|Also|Then|However|"
    r"Throughout|Between|Despite|Having|With|Over|Upon|Best|Like|Unlike|Alongside|Besides|Because|"
    r"When|Where|Though|Once|For|Under|Due|To|Prior|Widely|Nicknamed|Considered|Regarded|Soon|"
    r"Sometimes|Perhaps|Afterwards|Nowadays|Now|Still|[A-Z][a-z]+ly|An?|The)\b"
)

# "In the film, X is a spy" says what somebody plays or is played as.
_FICTION = re.compile(
    r"In (?:the|a|an|one|this) (?:[\w-]+ ){0,2}(?:film|movie|novel|book|story|series|show|play|"
    r"game|musical|opera|comic|manga|anime|adaptation|biopic)\b[^,]{0,60}, "
)
_THING = re.compile(r"(?:The )?([A-Z]\w+(?: [A-Z]\w+)*) (?:is|has|was|borders|lies)\b")
_NOT_NAMED = re.compile(r"(?:The|An?|In|On|At|By|Born|Best|Widely|Considered|Regarded)\b")
_COUNTRIES: Final = frozenset(nations.countries())
_NATIONS = re.compile(rf"\b(?:{'|'.join(map(re.escape, nations.adjectives()))})\b")


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
        symbol = _SYMBOL.search(before)
        if _TITLE.search(before) and not symbol:
            continue
        if not symbol and _ABBREVIATION.search(before) and not _NEXT.match(text, m.end()):
            continue
        if text[start : m.end()].strip():
            spans.append((start, m.end()))
        start = m.end()
    if text[start:].strip():
        spans.append((start, len(text)))
    return [(s + len(text[s:e]) - len(text[s:e].lstrip()), e) for s, e in spans]


class _Thing:
    """The names of a country or an element, with what may stand before them."""

    def __init__(self, entity: Mapping[str, Any]) -> None:
        names = [
            re.sub(r"\s*\([^)]*\)", "", n) for n in (entity["name"], *entity.get("aliases", ()))
        ]
        names = sorted({n for n in names if len(n) > 1 and fold(n)}, key=lambda n: (-len(n), n))
        title = r"(?:(?:Sir|Dr\.?|President|Queen|King|Saint|St\.|Professor|Dame|Lord)\s+)?"
        if entity["kind"] == "country":
            title = r"(?:[Tt]he\s+)?(?:(?:Republic|Kingdom|State|Commonwealth)\s+of\s+)?(?:the\s+)?"
        options = "|".join(map(re.escape, names))
        self._pattern = re.compile(rf"{title}(?:{options})(?![\w’'-]|\s[A-Z]\w+\s+(?:was|is)\b)")

    def match(self, text: str, offset: int) -> int | None:
        """Return where the name ends that starts at ``offset``, or None."""
        named = self._pattern.match(text, offset)
        return named.end() if named else None


def about_subject(
    text: str, entity: Mapping[str, Any], people: Mapping[str, frozenset[str]] | None = None
) -> list[Sentence]:
    """Split ``text`` and mark the sentences whose grammatical subject is the entity.

    A pronoun continues the subject of the sentence before; after "His father …" only a pronoun of
    the other gender comes back to the entity. Sentences about nobody known count for nothing.
    ``people`` are the names of the knowledge base's people (:func:`names.known_people`).
    """
    subject = Names(entity, people) if entity["kind"] == "person" else _Thing(entity)
    masked = _QUOTE.sub(lambda m: " " * len(m.group()), text)
    sentences: list[Sentence] = []
    other: str | None = None  # kin word of the person whom the last sentences were about
    for start, end in split(text):
        read = _Reading(masked[start:end], text[start:end], entity, subject, other)
        about, verb, other = read.subject(first=not sentences)
        sentences.append(Sentence(masked[start:end], start, about, verb))
    return sentences


@dataclass(frozen=True)
class _Reading:
    """One sentence on its way to its subject; ``whole`` has the quotations that ``text`` lacks."""

    text: str
    whole: str
    entity: Mapping[str, Any]
    names: Names | _Thing
    other: str | None

    def subject(self, *, first: bool) -> tuple[int | None, int, str | None]:
        """Return (start of the subject, end of it, kin word of another subject).

        Behind a text's first sentence about a namesake, the surname alone stays the namesake's.
        """
        person = self.entity["kind"] == "person"
        kin = _POSSESSIVE_KIN.match(self.text)
        if kin and person:
            return None, 0, kin["kin"] or kin["kin_of"]
        if person and _FICTION.match(self.text):
            return None, 0, self.other
        for offset in _clause_starts(self.text):
            named = self.names.match(self.whole, offset)
            if named is not None:
                part = " " not in self.whole[offset:named] and " " in self.entity["name"]
                if part and self.other == "namesake":
                    break
                return offset, named, None
            pronoun = _PRONOUN.match(self.text, offset)
            if pronoun:
                return _pronoun(
                    pronoun.group().lower(), offset, pronoun.end(), self.entity, self.other
                )
        if person and (said := self._other_name(first=first)) is not None:
            return said
        if first and _FRAGMENT.match(self.text):
            return self._fragment()
        if not person:
            if re.match(r"(?:Its|The)\s", self.text) and self.other != "somebody":
                return 0, 0, self.other
            if (thing := _THING.match(self.text)) and thing[1] in _COUNTRIES:
                return None, 0, "somebody"
        own = re.match(r"(?:His|Her|Their)\s", self.text)
        if own and self.other is None and person:
            return 0, 0, None
        if own:
            return None, 0, self.other
        return None, 0, "somebody" if _SOMEBODY.match(self.text) else (self.other or "another")

    @property
    def _own_words(self) -> list[str]:
        return fold(self.entity["name"]).split()

    def _other_name(self, *, first: bool) -> tuple[int | None, int, str | None] | None:
        """Read a sentence that begins with another name: the subject's by its aside, or nobody's.

        "Edson Arantes do Nascimento, known as Pelé, was …" is about Pelé.
        """
        end, words = run_end(self.whole, 0)
        if not words or _NOT_NAMED.match(self.text) or _NATIONS.search(self.text[:end]):
            return None
        predicate = find_predicate(self.text, end)
        aside = self.whole[end : predicate.start("verb")] if predicate else ""
        if isinstance(self.names, Names) and self.names.called(aside):
            return 0, end, None
        somebody = words > 1 if first else words > 1 and bool(predicate)
        if first and fold(self.whole[:end]).split()[-1] in self._own_words:
            return None, 0, "namesake"
        return (None, 0, "somebody") if somebody or (first and predicate) else None

    def _fragment(self) -> tuple[int | None, int, str | None]:
        """Read a first sentence without a subject ("French writer, born in 1908") as its own."""
        other_name = re.match(
            r"[A-Z][\w.\-]+\s+(?:[A-Z][\w.\-]+\s+)?(?:was|is|had|wrote)\b", self.text
        )
        if other_name:
            return None, 0, "another" if self.entity["kind"] == "person" else "somebody"
        return 0, 0, None


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
    if other and other != "another":
        male, female = _MALE.search(other), _FEMALE.search(other)
        if not (male and pronoun == "she") and not (female and pronoun == "he"):
            return None, 0, other
    return offset, offset + length, None
