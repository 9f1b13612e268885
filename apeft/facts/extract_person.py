"""Facts about a person: life years, birth place, nationality, professions, Nobel Prizes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from apeft.facts.extract_description import description
from apeft.facts.extract_prize import NEAR, NEGATED, own_verb, prizes
from apeft.facts.lexicon import Lexicon
from apeft.facts.mentions import YEAR, places, years
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
    r"\b(?:died|dies|passed away|(?:was|were) (?:killed|murdered|executed|assassinated|beheaded|"
    r"burned at the stake|hanged|shot dead)|committed suicide|(?:his|her|their) (?:own )?death|"
    r"was shot and killed|took (?:his|her) own life)\b"
)
_DIED_END = re.compile(
    r";|\.\s*$|\s+and\s+(?:was|is|has|had|he|she|his|her|in)\b|,\s+(?:and|but|after|where|who|while|"
    r"when|leaving|having|two|three|\w+ years)\b|\b(?:after|when|while|before|since|following|"
    r"because|won|received|published|born|survived)\b"
)
_SPAN = re.compile(
    r"\(\s*(?P<inside>(?:(?:née?|born)\s+[^()0-9;,]{2,60}[;,]\s*)?(?:c\.\s*|ca\.\s*)?[^()]{0,60}?"
    r"(?<!\d)(?P<from>\d{3,4})(?!\d)[^()\d]{0,12}\s*[-–—]\s*(?:c\.\s*|ca\.\s*)?[^()]{0,40}?"
    r"(?<!\d)(?P<to>\d{3,4})(?!\d)\s*(?P<era>B\.?C\.?E?\.?|AD|CE)?)\s*\)"
)
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
    """Years of "X (1879-1955)" or "X (14 March 1879 – 18 April 1955)", right behind the name."""
    text = sentence.text
    span = _SPAN.search(text)
    if not span or _REIGN.search(span["inside"]):
        return
    before = text[sentence.verb : span.start()]
    if before.strip(" ,") and not (not sentence.verb and span.start() == 0):
        return
    era = f" {span['era'].replace('.', '')[:2]}" if span["era"] else ""
    era = " BC" if era.strip() == "BC" else ""
    first, last = int(span["from"]), int(span["to"])
    if not era and not (0 < last - first <= 115):
        return
    yield "birth_year", Mention(f"{first}{era}", span.start("from"), span.end("from"))
    yield "death_year", Mention(f"{last}{era}", span.start("to"), span.end("to"))


def _birth(sentence: Sentence) -> Found:
    text = sentence.text
    paren = _PAREN_BORN.search(text)
    if paren and not text[sentence.verb : paren.start()].strip(" ,"):
        year = next(iter(years("in " + paren["rest"])), None)
        if year:
            shift = paren.start("rest") - 3
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
    year = next(iter(years(clause)), None)
    if year:
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
        year = next(iter(years(clause)), None)
        if year:
            yield "death_year", Mention(year.value, year.start + died.end(), year.end + died.end())
            return
