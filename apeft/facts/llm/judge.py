"""The fact judge that asks a language model, behind the seam of :mod:`apeft.facts.judge`.

A fact of a text is a *claim*: a sentence. In place of a relation, a claim is known by the question
that it answers, wherever a method takes a ``relation``; typed relations are taken there too.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from apeft.answers import Match
from apeft.facts import relations
from apeft.facts.extract import StatedFact
from apeft.facts.judge import Entity
from apeft.facts.knowledge import Knowledge
from apeft.facts.llm.answer import match_answer
from apeft.facts.llm.contradict import write_contradictions
from apeft.facts.llm.decompose import decompose
from apeft.facts.llm.question import Found, Written, find_answers, write_question
from apeft.facts.llm.verify import verify_statement
from apeft.facts.retrieve import Passages, subjects
from apeft.facts.verify import Verdict
from apeft.llm.reader import Reader


class LlmJudge:
    """Judge by a language model and passages.

    Claims are verified against passages alone. The knowledge base serves typed relations: their
    right answers are its values.
    """

    def __init__(
        self, reader: Reader, passages: Passages, knowledge: Knowledge, *, per_fact: int = 5
    ) -> None:
        """Take the model, the pages, and how many passages each fact is held against."""
        self.reader = reader
        self.passages = passages
        self.knowledge = knowledge
        self.per_fact = per_fact

    def extract(self, text: str, entity: Entity) -> list[StatedFact]:
        """List the claims of ``text``; one that cannot be read is a single unreadable fact."""
        return decompose(self.reader, text, entity["name"])

    def verify(self, entity: Entity, fact: StatedFact) -> Verdict:
        """Hold a claim, or a typed fact's statement, against the passages on its subject."""
        if fact.relation == relations.UNREADABLE:
            reason, _, reply = fact.value.partition("\n")
            return Verdict("not_stated", reason, reply)
        statement = self.statement(entity, fact.relation, fact.value)
        shown = self._passages(entity, statement)
        return verify_statement(self.reader, entity["name"], statement, shown)

    def question(self, entity: Entity, fact: StatedFact) -> Written:
        """Write the question that a claim answers."""
        return write_question(self.reader, entity["name"], fact.value)

    def ask(self, entity: Entity, relation: str) -> str:
        """Return a typed relation's question about ``entity``; a question is returned as it is."""
        typed = relation in relations.RELATIONS
        return relations.ask(entity["name"], relation) if typed else relation

    def rights(self, entity: Entity, relation: str) -> Found:
        """Return the right answers: a typed relation's values, or what passages answer."""
        if relation in relations.RELATIONS:
            values = self.knowledge.values(entity["id"], relation)
            return Found(tuple(values), "" if values else "no value in the knowledge base")
        shown = self._passages(entity, relation)
        return find_answers(self.reader, entity["name"], relation, shown)

    def grade(self, entity: Entity, relation: str, answer: str) -> Match:
        """Compare a generated answer with the right ones; unscored when there are none."""
        rights = self.rights(entity, relation)
        if not rights.answers:
            return Match(None, None, rights.reason)
        return match_answer(self.reader, self.ask(entity, relation), rights.answers, answer)

    def contradict(
        self, entity: Entity, relation: str, others: Sequence[str], generator: np.random.Generator
    ) -> str | None:
        """Draw one of the wrong answers that the model writes; ``others`` is not used."""
        rights = self.rights(entity, relation).answers
        if not rights:
            return None
        asked = self.ask(entity, relation)
        written = write_contradictions(self.reader, entity["name"], asked, rights)
        return written[int(generator.integers(len(written)))] if written else None

    def statement(self, entity: Entity, relation: str, value: str) -> str:
        """Return a sentence that states ``value``; a claim is one."""
        typed = relation in relations.RELATIONS
        return relations.statement(entity["name"], relation, value) if typed else value

    def cloze(self, entity: Entity, relation: str) -> str:
        """Return a typed statement up to its value (KeyError for a question)."""
        return relations.cloze(entity["name"], relation)

    def answer_text(self, relation: str, value: str) -> str:
        """Return ``value`` as it is written in an answer."""
        return relations.answer_text(relation, value)

    def _passages(self, entity: Entity, words: str) -> list[str]:
        titles = [entity["name"], *entity.get("aliases", ())]
        if entity.get("kind") == "prompt":  # its name is the whole instruction
            titles += subjects(entity["name"])
        return self.passages.find(titles, f"{entity['name']} {words}", self.per_fact)
