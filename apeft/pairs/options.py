"""What the two sides of an atomic pair may be: the model's own samples or the knowledge base."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from apeft.facts.extract import StatedFact
from apeft.facts.judge import Entity, FactJudge
from apeft.facts.knowledge import Knowledge
from apeft.facts.relations import RELATIONS
from apeft.pairs.atomic import AtomicChoice, Option, own_options
from apeft.pairs.sure import doubtful, names
from apeft.questions import aspect
from apeft.records import Record
from apeft.rng import keyed
from apeft.selection import handful


@dataclass(frozen=True)
class AtomicSettings:
    """Where each side comes from and how a pair is written.

    Attributes:
        chosen: "own" (a right sample of the model) or "knowledge" (the knowledge base's value).
        rejected: "own" (a wrong sample) or "other" (another entity's value of the relation).
        form: "question" (the answer to a question) or "statement" (a statement to complete).
        others: how many other values are drawn when ``rejected`` is "other".
    """

    chosen: str
    rejected: str
    form: str
    others: int
    seed: int


def choices(
    facts: Sequence[Record], judge: FactJudge, knowledge: Knowledge, settings: AtomicSettings
) -> list[AtomicChoice]:
    """List the options of every given fact, in the order of the facts."""
    values_of: dict[str, list[str]] = {}
    for (_, relation), values in sorted(knowledge.facts.items()):
        values_of.setdefault(relation, []).extend(values)
    result = []
    for fact in facts:
        relation, entity = aspect(fact), knowledge.entity(fact["entity"])
        if settings.chosen == "own":
            chosen = own_options(fact["samples"], correct=True)
        else:
            chosen = [_written(judge, relation, value) for value in fact["values"]]
        if settings.rejected == "own":
            # A hedged or negated answer is wrong and yet may name the right value.
            rejected = [
                option
                for option in own_options(fact["samples"], correct=False)
                if judge.grade(entity, relation, option.value).correct is False
                and not names_right(option, fact["values"], relation)
                and surely_wrong(judge, knowledge, entity, relation, option.value)
            ]
        else:
            others = sorted(values_of.get(relation, ()))
            generator = keyed(settings.seed, "other value", fact["fact"])
            drawn = [
                judge.contradict(entity, relation, handful(others, generator), generator)
                for _ in range(settings.others)
            ]
            distinct = [
                value
                for value in dict.fromkeys(drawn)
                if value is not None and not doubtful(knowledge, entity, relation, value)
            ]
            rejected = [_written(judge, relation, value) for value in distinct]
        prompt = fact["plain"]
        if settings.form == "statement":
            # A sample may be a whole sentence; only its value completes the statement.
            prompt = judge.cloze(entity, relation)
            chosen = [_completing(judge, relation, option) for option in chosen]
            rejected = [_completing(judge, relation, option) for option in rejected]
        result.append(AtomicChoice(fact, prompt, chosen, rejected))
    return result


def surely_wrong(
    judge: FactJudge, knowledge: Knowledge, entity: Entity, relation: str, value: str
) -> bool:
    """Whether knowledge base and source text both speak against a value.

    A claim's right answers were found in the source texts, so its grade says as much.
    """
    if relation not in RELATIONS:
        return True
    verdict = judge.verify(entity, StatedFact(relation, value, 0, 0)).verdict
    return verdict == "contradicted" and not doubtful(knowledge, entity, relation, value)


def names_right(option: Option, values: Sequence[str], relation: str) -> bool:
    """Whether a right value stands beside the option's own, as whole words ("not French").

    What is part of the option's own value is none ("South Sudan" does not name Sudan).
    """
    beside = re.sub(re.escape(option.value), " ", option.text, flags=re.IGNORECASE)
    return names(beside, values, relation)


def _written(judge: FactJudge, relation: str, value: str) -> Option:
    return Option(" " + judge.answer_text(relation, value), value, "knowledge")


def _completing(judge: FactJudge, relation: str, option: Option) -> Option:
    return Option(f" {judge.answer_text(relation, option.value)}.", option.value, option.source)
