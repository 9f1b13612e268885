"""Facts about a person: life years, birth place, nationality, professions, Nobel Prizes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from apeft.facts.extract_description import description
from apeft.facts.extract_prize import NEAR, NEGATED, own_verb, prizes
from apeft.facts.lexicon import Lexicon
from apeft.facts.mentions import YEAR, places, years
from apeft.facts.periods import MONTH
from apeft.facts.sentences import Sentence
from apeft.facts.terms import Mention

Found = Iterator[tuple[str, Mention]]

_BORN = re.compile(
    r"\b[Bb]orn\b(?!\s+(?:again|leader|out of|with)\b)|\b(?:birth)\b(?=\s+(?:in|on)\b)"
)
_BORN_END = re.compile(
    r";|\(|\.\s*$|\s+and\s+(?=[a-z])|,?\s+(?:who|where|when|which|but|as the|whose|while)\b|"
    r"\b(?:died|moved|grew|raised|lived|killed|became|began|was|is|known|emigrated|best)\b"
)
_DIED = re.compile(
    r"\b(?:died|dies|passed (?:away|on(?= (?:in|on|at) (?:[A-Z\d]|the age)))|"
    r"(?:was|were) (?:killed|murdered|executed|assassinated|beheaded|"
    r"burned at the stake|hanged|shot dead)|committed suicide|(?:his|her|their) (?:own )?death|"
    r"was shot and killed|took (?:his|her) own life)\b|"
    r"\bd\.(?=\s+(?:c|\d|[A-Z][a-z]+ \d))"
)
_DIED_END = re.compile(
    r";|\.\s*$|\s+and\s+(?:was|is|has|had|he|she|his|her|in)\b|,\s+(?:and|but|after|where|who|while|"
    r"when|leaving|having|two|three|\w+ years)\b|\b(?:after|when|while|before|since|following|"
    r"because|won|received|published|born|survived)\b"
)
_ERA = r"(?:B\.?\s?C\.?(?:\s?E\.?)?|A\.?D\.?|C\.?E\.?)(?![a-z])"
_FROM = (
    rf"(?<!\d)(?P<ad>AD\s*)?(?<!\d)(?P<from>\d{{1,4}})(?![\d/]|st\b|nd\b|rd\b|th\b)"
    rf"(?:\s*(?P<from_era>{_ERA}))?"
)
_TO = rf"(?P<to_ad>AD\s*)?(?<!\d)(?P<to>\d{{1,4}})(?!\d)(?:\s*(?P<to_era>{_ERA}))?"
_SPAN = re.compile(
    rf"\(\s*(?P<inside>(?:(?:née?|born)\s+[^()0-9;,]{{2,60}}[;,]\s*)?(?:c\.\s*|ca\.\s*)?[^()]{{0,60}}?"
    rf"{_FROM}[^()\d]{{0,12}}\s*[-–—]\s*(?:c\.\s*|ca\.\s*)?[^()]{{0,40}}?{_TO})\s*\)"
)
_ON = (
    r"(?:c\.\s*|circa\s+|about\s+|around\s+|"
    rf"(?:(?:{MONTH}|\d{{1,2}}(?:st|nd|rd|th)?)[\s,]+){{0,3}})"
)
_LIVED = re.compile(
    rf"\b(?:lived|living|lives)\s+(?:from\s+|between\s+)?(?:the years?\s+)?{_ON}{_FROM}"
    rf"\s*(?:[-–—]|to|until|till|and)\s*{_ON}{_TO}(?=\s*(?:[.,;)]|$|and\b|was\b|who\b))"
)
# A year of three digits is one behind a month or "about", and at once behind the verb.
_EARLY = re.compile(
    rf"(?:^\s*|\bca?\.\s*|\b(?:circa|about|around|year)\s+|\b(?:{MONTH})\.?,?\s+(?:\d{{1,2}},\s*)?)"
    r"(?P<year>[1-9]\d{2})(?=\s*(?:[,;)]|\.?\s*$|(?:in|at|near|and)\b))"
)
_SHORTEST_LIFE: Final = 20
_LONGEST_LIFE: Final = 115
_REIGN = re.compile(r"\b(?:r\.|reign\w*|ruled|fl\.|flourished|in office|president|active)", re.I)
_PAREN_BORN = re.compile(r"\(\s*(?:née?\b[^();]*;\s*)?(?:born|b\.)\s+(?P<rest>[^()]*)")


def person_facts(sentence: Sentence, entity: Mapping[str, Any], lexicon: Lexicon) -> Found:
    """Yield (relation, mention) of one sentence; offsets are those of the sentence."""
    if sentence.about is None:
        return
    yield from description(sentence, lexicon)
    yield from _life_span(sentence)
    yield from _birth(sentence)
    yield from _death(sentence)
    yield from prizes(sentence, lexicon)


def _life_span(sentence: Sentence) -> Found:
    """Years of "X (1879-1955)", right behind the name, and of "lived from 1879 to 1955"."""
    text = sentence.text
    for lived in _LIVED.finditer(text):
        before = text[sentence.verb : lived.start()]
        own = not before.endswith("who ") or re.match(
            r"[^.]*?\b(?:is|was) (?:an?|the|one)\b", before
        )
        if own and own_verb(text, sentence.verb, lived.start()):
            yield from _both_years(lived, _SHORTEST_LIFE)
    span = _SPAN.search(text)
    if not span or _REIGN.search(span["inside"]):
        return
    before = text[sentence.verb : span.start()]
    if before.strip(" ,") and not (not sentence.verb and span.start() == 0):
        return
    yield from _both_years(span, 1)


def _both_years(span: re.Match[str], shortest: int) -> Found:
    """Birth and death of a match of both, if a life can last so long; eras are BC, AD or none."""
    last_era = (span["to_ad"] or span["to_era"] or "")[:1].upper()
    first_era = (span["ad"] or span["from_era"] or last_era)[:1].upper()
    if not last_era and (first_era == "B" or min(len(span["from"]), len(span["to"])) < 3):
        return  # "63 BC – 14" may end in either era, "12–14" are days
    first, last = int(span["from"]), int(span["to"])
    lasted = (-last if last_era == "B" else last) - (-first if first_era == "B" else first)
    if not shortest <= lasted <= _LONGEST_LIFE:
        return
    eras = (" BC" if era == "B" else "" for era in (first_era, last_era))
    for name, side, year, era in zip(
        ("birth", "death"), ("from", "to"), (first, last), eras, strict=True
    ):
        yield f"{name}_year", Mention(f"{year}{era}", span.start(side), span.end(side))


def _first_year(clause: str) -> Mention | None:
    """The first year that a clause behind "born" or "died" names."""
    early = [Mention(m["year"], m.start("year"), m.end("year")) for m in _EARLY.finditer(clause)]
    return min([*years(clause), *early], key=lambda year: year.start, default=None)


def _birth(sentence: Sentence) -> Found:
    text = sentence.text
    paren = _PAREN_BORN.search(text)
    if paren and not text[sentence.verb : paren.start()].strip(" ,"):
        if year := _first_year(paren["rest"]):
            shift = paren.start("rest")
            yield "birth_year", Mention(year.value, year.start + shift, year.end + shift)
        return
    for born in _BORN.finditer(text):
        if born.group() == "birth" and not re.search(
            r"\b(?:[Hh]is|[Hh]er)\s+$", text[: born.start()]
        ):
            continue
        if re.match(r"[-–]", text[born.start() - 1 : born.start()] or " "):
            continue
        if not own_verb(text, sentence.verb, born.start()):
            return
        end = _BORN_END.search(text, born.end())
        clause = text[born.end() : end.start() if end else len(text)]
        if re.match(r"\s+(?:a|an|the|into|under|during)\b(?!\s+(?:\w+\s+){0,4}in\b)", clause):
            return
        yield from _dated_place(clause, born.end())
        return


def _dated_place(clause: str, shift: int) -> Found:
    if year := _first_year(clause):
        yield "birth_year", Mention(year.value, year.start + shift, year.end + shift)
    blank = YEAR.sub(lambda m: " " * len(m.group()), clause)
    for m in re.finditer(
        r"\b(?:in|at|near)\s+(?:the\s+(?:city|town|village)\s+of\s+|the\s+)?(?=[A-Z])", blank
    ):
        found = places(blank[m.start() :])
        if found:
            place = found[0]
            at = shift + m.start()
            yield "birth_place", Mention(place.value, place.start + at, place.end + at)
            return


def _death(sentence: Sentence) -> Found:
    text = sentence.text
    for died in _DIED.finditer(text):
        if not own_verb(text, sentence.verb, died.start()) or NEAR.search(text[: died.start()]):
            return
        if died.group().endswith("death") and re.search(r"death of\b", text[died.start() :][:12]):
            continue
        end = _DIED_END.search(text, died.end())
        clause = text[died.end() : end.start() if end else len(text)]
        if re.match(r"\s*(?:scene|in the arms)", clause) or NEGATED.search(clause):
            return
        if year := _first_year(clause):
            yield "death_year", Mention(year.value, year.start + died.end(), year.end + died.end())
            return
