"""Facts about a country: capital, region, currency, official language, neighbours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from apeft.facts.lexicon import Lexicon
from apeft.facts.mentions import PLACE, currencies, terms, unknown_currency
from apeft.facts.sentences import Sentence
from apeft.facts.terms import Mention, fold

Found = Iterator[tuple[str, Mention]]

_NEGATED = re.compile(
    r"\b(?:not|never|no|former|formerly|previously|until|neither)\b", re.IGNORECASE
)
_CITY = r"(?:and largest city |city |and largest city, |and most populous city )?"
_CAPITAL_IS = re.compile(
    rf"\bcapital {_CITY}(?:of (?P<of>(?:the )?[A-Z][\w’' -]*?) )?(?:is|was|are)\s+"
    rf"(?:the city of |called |located (?:in|at) |at )?(?P<place>{PLACE.pattern})"
)
_CAPITAL_APPOSED = re.compile(rf"\bcapital(?: city)?,\s+(?P<place>{PLACE.pattern}),")
_IS_CAPITAL = re.compile(rf"(?P<place>{PLACE.pattern}) (?:is|serves as) (?:its|the) capital\b")
_REGION = re.compile(
    r"\b(?:country|state|nation|island|republic|kingdom|located|situated|lies|territory|"
    r"archipelago|monarchy|is|democracy|city-state|countries)\b"
    r"[^.;]{0,60}?\b(?:in|of|within)\s+(?P<rest>[^.;]{0,80})"
)
_REGION_END = re.compile(
    r"\b(?:border\w*|between|its|with|with|and (?:is|has|the)|that|which|near)\b"
)
_LANGUAGE = re.compile(
    r"\b(?:[Ll]anguages?|[Tt]ongue)\b(?: (?:of|in|spoken in) [^.;]{0,40}?)?\s+"
    r"(?:is|are|include|was)\s+"
    r"(?P<rest>[^.;]*)"
)
_LANGUAGE_AFTER = re.compile(
    r"(?P<rest>[A-Z]\w+(?:(?:, | and )[A-Z]\w+)*) (?:is|are) the (?:official |national )language"
)
_CURRENCY = re.compile(
    r"\b[Cc]urrency\b(?: (?:of|in|used in) [^.;]{0,40}?)?(?:,| is| was|:)\s+(?P<rest>[^.;]*)"
    r"|\b(?:the (?=[^.;]{0,30}\bas its currency))(?P<rest2>[^.;]{0,40})"
)
_BORDER = re.compile(
    r"\b(?:borders?|bordering|bordered by|shares? (?:a )?(?:land )?borders? with|"
    r"shares? (?:its |their )?borders? with|neighbou?rs|neighbou?ring countries (?:are|include)|"
    r"surrounded by)\s+(?P<rest>[^.;]*)"
)
_CLAUSE: Final = re.compile(
    r"\b(?:and|,)\s+(?:the\s+|its\s+)?(?:official|national|currency|capital|language|it)\b|\bwhich\b|"
    r"\bbut\b|\bwhere\b|\bspoken\b|\bis\b|\bborders\b|\bhas\b|\bwhile\b"
)
_SEA = re.compile(r"^\s*(?:Sea|Ocean|Gulf|border|coast|Channel|mountains|Mountains|islands?)\b")


def country_facts(sentence: Sentence, entity: Mapping[str, Any], lexicon: Lexicon) -> Found:
    """Yield (relation, mention) of one sentence; offsets are those of the sentence."""
    text = sentence.text
    if sentence.about is not None or re.search(r" is its capital\b", text):
        yield from _capital(text, entity)
        for relation, pattern in (("language", _LANGUAGE), ("currency", _CURRENCY)):
            yield from _listed(relation, pattern, text, lexicon)
        yield from _listed("language", _LANGUAGE_AFTER, text, lexicon)
    if sentence.about is None:
        return
    yield from _region(text, sentence.verb, lexicon)
    yield from _neighbours(text, entity, lexicon)


def _capital(text: str, entity: Mapping[str, Any]) -> Found:
    own = {fold(name) for name in (entity["name"], *entity.get("aliases", ()))}
    for pattern in (_CAPITAL_IS, _CAPITAL_APPOSED, _IS_CAPITAL):
        m = pattern.search(text)
        if not m or _NEGATED.search(text[max(0, m.start() - 25) : m.start("place")]):
            continue
        of = m.groupdict().get("of")
        if of and fold(of).removeprefix("the ") not in own:
            continue
        value = m["place"].rstrip(".'’ ")
        both = re.split(r"\s+and\s+", value)
        at = m.start("place")
        if len(both) > 1 and fold(both[0]) != "saint":
            value = both[0]
        yield "capital", Mention(value, at, at + len(value))
        return


def _region(text: str, verb: int, lexicon: Lexicon) -> Found:
    m = _REGION.search(text, verb)
    if m and not _NEGATED.search(text[verb : m.start("rest")]):
        end = _REGION_END.search(m["rest"])
        rest = m["rest"][: end.start()] if end else m["rest"]
        found = [
            mention for mention in terms("region", rest, lexicon) if rest[mention.start].isupper()
        ]
        if found:
            first = found[0]
            at = m.start("rest")
            yield "region", Mention(first.value, at + first.start, at + first.end)
    elif re.match(r"\s+is an? (?:\w+ )?European (?:country|nation|state)", text[verb:]):
        at = text.index("European", verb)
        yield "region", Mention("Europe", at, at + len("European"))


def _listed(relation: str, pattern: re.Pattern[str], text: str, lexicon: Lexicon) -> Found:
    for m in pattern.finditer(text):
        group = "rest" if m["rest"] else "rest2"
        if _NEGATED.search(text[max(0, m.start() - 20) : m.end() - len(m[group])]):
            continue
        rest = m[group]
        clause = _CLAUSE.search(rest)
        rest = rest[: clause.start()] if clause else rest
        if _NEGATED.match(rest.strip()):
            continue
        found = (
            (currencies(rest, lexicon) or unknown_currency(rest))[:1]
            if relation == "currency"
            else [
                mention
                for mention in terms(relation, rest, lexicon)
                if rest[mention.start].isupper()
            ]
        )
        for mention in found:
            at = m.start(group)
            yield relation, Mention(mention.value, at + mention.start, at + mention.end)


def _neighbours(text: str, entity: Mapping[str, Any], lexicon: Lexicon) -> Found:
    own = fold(lexicon.canonical("neighbour", entity["name"]))
    for m in _BORDER.finditer(text):
        if re.search(r"\b(?:not|no|maritime|never)\b[^,]{0,20}$", text[: m.start("rest")]):
            continue
        rest = m["rest"]
        clause = re.search(r"\bits (?:capital|currency)\b|\bwhich\b|\bcapital\b|\blanguage\b", rest)
        rest = rest[: clause.start()] if clause else rest
        for mention in terms("neighbour", rest, lexicon):
            if not rest[mention.start].isupper() or fold(mention.value) == own:
                continue
            if _SEA.match(rest[mention.end :]):
                continue
            at = m.start("rest")
            yield "neighbour", Mention(mention.value, at + mention.start, at + mention.end)
