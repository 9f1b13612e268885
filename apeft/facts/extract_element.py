"""Facts about a chemical element: symbol, atomic number, discoverer, discovery year, category."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from apeft.facts.lexicon import Lexicon
from apeft.facts.mentions import people, terms, years
from apeft.facts.sentences import Sentence
from apeft.facts.terms import Mention

Found = Iterator[tuple[str, Mention]]

_NEGATED = re.compile(r"\b(?:not|never|no|neither|unlike)\b", re.IGNORECASE)
_SYMBOL = re.compile(
    r"\bsymbol\b(?: (?:for|of) \w+)?(?: is|:| was)?\s*[\"“'‘(]?\s*(?P<value>[A-Z][a-z]{0,2})\b"
)
_NUMBER = re.compile(
    r"\batomic number\b(?: of \w+)?(?: is|:| was| of)?\s*(?P<value>\d{1,3})(?![\d.]*\d)"
)
_DISCOVERED = re.compile(
    r"\b(?:discovered|isolated|identified|found)\b(?:\s+and\s+\w+)?(?P<rest>[^.;]*(?:\b[A-Z]\.[^.;]*)*)"
)
_DISCOVERY_BY = re.compile(r"\bby\s+(?:the\s+)?(?:[a-z][\w\-]*\s+|[A-Z]\w+\s+(?=[a-z]))*(?=[A-Z])")
_CLAUSE = re.compile(
    r"\b(?:and (?:is|was|has|its|named|first)|who|which|while|when|but|using|where|with|during)\b"
)
_KIND_OF = re.compile(  # "is a soft noble gas", "belongs to the …", "element in the …", "Neon, a …"
    r"(?:\b(?:is|was|as|are)\s+(?:also\s+)?(?:an?|the|one of the|part of the|classified as an?)|"
    r"\b(?:belongs to|member of)(?:\s+the)?|\belement(?:,| in)\s+(?:an?|the)|^\W*[A-Z]\w+,\s+an?)"
    r"\s+(?=(?P<rest>[^.;]*))"
)
_KIND_END = re.compile(  # a comma between adjectives goes on: "a soft, silvery-white, noble gas"
    r"\(|,\s+(?:and\s+)?(?:an?|the|one|it|its|making|among|near|unlike|but|next|after|before)\b|"
    r"\b(?:that|which|with|in|discovered|found|used|of|from|and is|and has|having|on|at|"
    r"known|whose|because|symbol|named|by|for|to|like|similar)\b"
)


def element_facts(sentence: Sentence, entity: Mapping[str, Any], lexicon: Lexicon) -> Found:
    """Yield (relation, mention) of one sentence; offsets are those of the sentence."""
    text = sentence.text
    if sentence.about is None:
        return
    for relation, pattern in (("symbol", _SYMBOL), ("atomic_number", _NUMBER)):
        m = pattern.search(text)
        if m and not _NEGATED.search(text[: m.start("value")]):
            yield relation, Mention(m["value"], m.start("value"), m.end("value"))
    yield from _discovery(text)
    yield from _category(text, lexicon)


def _discovery(text: str) -> Found:
    m = _DISCOVERED.search(text)
    if not m or _NEGATED.search(text[max(0, m.start() - 30) : m.start()]):
        return
    passive = re.search(
        r"(?:\b(?:was|been|is|were|first|gas|metal|element|metalloid|halogen|actinide|lanthanide|"
        r"nonmetal|solid|liquid|and),?\s*(?:\w+ly\s+)?)$",
        text[: m.start()],
    )
    if not passive:
        return
    rest = m["rest"]
    clause = _CLAUSE.search(rest)
    rest = rest[: clause.start()] if clause else rest
    at = m.start("rest")
    by = _DISCOVERY_BY.search(rest)
    if by:
        names = rest[by.end() :]
        end = re.search(r"\s(?:in|at|on|from|as|of the|near)\s", names)
        names = names[: end.start()] if end else names
        for person in people(names):
            start = at + by.end() + person.start
            yield "discoverer", Mention(person.value, start, start + len(person.value))
    if m.group().startswith(("found", "identified")) and not by:
        return
    year = next(iter(years(rest)), None)
    if year:
        yield "discovery_year", Mention(year.value, at + year.start, at + year.end)


def _category(text: str, lexicon: Lexicon) -> Found:
    for m in _KIND_OF.finditer(text):
        rest = m["rest"]
        end = _KIND_END.search(rest)
        rest = rest[: end.start()] if end else rest
        if _NEGATED.search(text[: m.start("rest")][-25:]) or _NEGATED.search(rest):
            continue
        found = terms("category", rest, lexicon)
        if found:
            at = m.start("rest")
            yield "category", Mention(found[0].value, at + found[0].start, at + found[0].end)
