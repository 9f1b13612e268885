"""The fact judge: extract, ask, verify, contradict. One seam for typed rules and for an LLM."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np

from apeft.answers import Match, compare, match
from apeft.facts import relations
from apeft.facts.extract import StatedFact, extract
from apeft.facts.knowledge import Knowledge
from apeft.facts.terms import fold
from apeft.facts.told import told
from apeft.facts.verify import Lead, Verdict, verify

Entity = Mapping[str, Any]


@runtime_checkable
class FactJudge(Protocol):
    """What the study needs of a judge; ``entity`` is a record of entities.jsonl."""

    def extract(self, text: str, entity: Entity) -> list[StatedFact]:
        """Return the atomic facts that ``text`` states about ``entity``."""

    def ask(self, entity: Entity, relation: str) -> str:
        """Return the question whose answer is the fact."""

    def verify(self, entity: Entity, fact: StatedFact) -> Verdict:
        """Return whether the knowledge source supports the fact."""

    def contradict(
        self, entity: Entity, relation: str, others: Sequence[str], generator: np.random.Generator
    ) -> str | None:
        """Return a wrong value of the relation, or None when none can be had."""

    def grade(self, entity: Entity, relation: str, answer: str) -> Match:
        """Compare a generated answer with the right ones."""

    def statement(self, entity: Entity, relation: str, value: str) -> str:
        """Return a full sentence that states ``value``."""

    def cloze(self, entity: Entity, relation: str) -> str:
        """Return the statement up to its value."""

    def answer_text(self, relation: str, value: str) -> str:
        """Return ``value`` as it is written in an answer."""


class TypedJudge:
    """Judge by rules over typed relations and a knowledge base; deterministic and offline."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self._leads: dict[str, Lead] = {}

    def extract(self, text: str, entity: Entity) -> list[StatedFact]:
        """Return typed facts in order of the text; see :mod:`apeft.facts.extract` and ``told``."""
        found = extract(text, entity, self.knowledge.lexicon)
        known = {(fact.relation, fold(fact.value)) for fact in found}
        for fact in told(text, entity, self.knowledge.lexicon):
            if (fact.relation, fold(fact.value)) not in known:
                known.add((fact.relation, fold(fact.value)))
                found.append(fact)
        return sorted(found, key=lambda fact: (fact.start, fact.end, fact.relation))

    def verify(self, entity: Entity, fact: StatedFact) -> Verdict:
        """Compare with the entity's values and lead text; see :func:`apeft.facts.verify.verify`."""
        values = self.knowledge.values(entity["id"], fact.relation)
        left_open = self.knowledge.left_open(entity["id"], fact.relation)
        return verify(fact, values, self._lead(entity), self.knowledge.lexicon, left_open)

    def ask(self, entity: Entity, relation: str) -> str:
        """Return the relation's one question about ``entity``."""
        return relations.ask(entity["name"], relation)

    def statement(self, entity: Entity, relation: str, value: str) -> str:
        """Return a full sentence that states ``value``."""
        return relations.statement(entity["name"], relation, value)

    def cloze(self, entity: Entity, relation: str) -> str:
        """Return the statement up to its value."""
        return relations.cloze(entity["name"], relation)

    def answer_text(self, relation: str, value: str) -> str:
        """Return ``value`` as it is written in an answer."""
        return relations.answer_text(relation, value)

    def grade(self, entity: Entity, relation: str, answer: str) -> Match:
        """Compare a generated answer with the entity's values (ValueError when it has none).

        What the entity's lead text states is right as well, and what it names is no error: an
        answer gets the verdict that the same value gets in a text.
        """
        values, lexicon = self.knowledge.values(entity["id"], relation), self.knowledge.lexicon
        left_open = self.knowledge.left_open(entity["id"], relation)
        said = {"subject": entity["name"], "aliases": entity.get("aliases", ())}
        found = match(relation, answer, values, lexicon, **said, left_open=left_open)
        if found.correct:
            return found
        lead = self._lead(entity)
        rights = [*values, *lead.values(relation)]
        left_open += lead.named(relation, lexicon)
        return match(relation, answer, rights, lexicon, **said, left_open=left_open)

    def contradict(
        self, entity: Entity, relation: str, others: Sequence[str], generator: np.random.Generator
    ) -> str | None:
        """Draw one of ``others`` that surely contradicts every right value and the lead text.

        Values that agree, or that the rules cannot decide, are never drawn. ``others`` may repeat
        a value to weight it; its order matters to the draw, so pass it sorted.
        """
        values = self.knowledge.values(entity["id"], relation)
        if not values:
            return None
        lexicon, lead = self.knowledge.lexicon, self._lead(entity)
        left_open = self.knowledge.left_open(entity["id"], relation)
        decided: dict[str, bool] = {}
        for other in others:
            if other not in decided:
                fact = StatedFact(relation, other, 0, 0)
                found = compare(relation, other, values, lexicon, left_open=left_open)
                wrong = found.correct is False
                decided[other] = wrong and not lead.supports(fact, lexicon)
        wrong_values = [other for other in others if decided[other]]
        if not wrong_values:
            return None
        return wrong_values[int(generator.integers(len(wrong_values)))]

    def _lead(self, entity: Entity) -> Lead:
        key = entity["id"]
        if key not in self._leads:
            self._leads[key] = Lead.read(entity, self.knowledge.lexicon)
        return self._leads[key]
