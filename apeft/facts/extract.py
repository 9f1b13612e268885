"""Typed facts that a text states about its subject: the first half of the rule-based judge."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from apeft.facts.extract_country import country_facts
from apeft.facts.extract_element import element_facts
from apeft.facts.extract_person import person_facts
from apeft.facts.lexicon import Lexicon
from apeft.facts.sentences import Sentence, about_subject
from apeft.facts.terms import Mention, fold


@dataclass(frozen=True)
class StatedFact:
    """A value that the text states; ``start`` and ``end`` are character offsets of its words."""

    relation: str
    value: str
    start: int
    end: int


Rules = Callable[[Sentence, Mapping[str, Any], Lexicon], Iterator[tuple[str, Mention]]]
_RULES: Final[dict[str, Rules]] = {
    "person": person_facts,
    "country": country_facts,
    "element": element_facts,
}


def extract(text: str, entity: Mapping[str, Any], lexicon: Lexicon) -> list[StatedFact]:
    """Return what ``text`` says of ``entity``, in order of the text, each value once.

    Only sentences whose subject is the entity are read. Quotations, negated clauses and clauses
    about other people are left out: a missed fact costs recall, an invented one falsifies a score.
    """
    return list(_once(statements(text, entity, lexicon)))


def statements(text: str, entity: Mapping[str, Any], lexicon: Lexicon) -> list[StatedFact]:
    """Return every statement of a fact, also of one that the text states again."""
    rules = _RULES[entity["kind"]]
    found: list[StatedFact] = []
    for sentence in about_subject(text, entity, lexicon.people):
        for relation, mention in rules(sentence, entity, lexicon):
            start, end = sentence.start + mention.start, sentence.start + mention.end
            found.append(StatedFact(relation, mention.value, start, end))
    return sorted(found, key=lambda fact: (fact.start, fact.end, fact.relation))


def _once(facts: Iterable[StatedFact]) -> Iterator[StatedFact]:
    seen: set[tuple[str, str]] = set()
    for fact in facts:
        key = (fact.relation, fact.value if fact.relation == "symbol" else fold(fact.value))
        if key not in seen:
            seen.add(key)
            yield fact
