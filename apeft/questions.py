"""Which facts are asked for, and the exact prompt that asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from apeft import prompts as wording
from apeft.facts import relations
from apeft.facts.judge import FactJudge
from apeft.facts.knowledge import Knowledge
from apeft.records import Record

Shots = Mapping[str, Sequence[Sequence[str]]]  # relation -> (question prompt, answer) examples


def paired_facts(pairs: Sequence[Record], knowledge: Knowledge) -> tuple[list[Record], int]:
    """Collect the facts that training pairs state, on either side (paper, §5.1).

    Returns:
        One record a fact (entity and relation), sorted, and how many stated facts were left out
        because the knowledge base has no value to compare an answer with.
    """
    found: dict[str, Record] = {}
    undecidable: set[str] = set()
    for pair in pairs:
        if pair["split"] != "train":
            continue
        for fact in [*pair["facts_chosen"], *pair["facts_rejected"]]:
            key = f"{fact['entity']}#{fact['relation']}"
            values = knowledge.values(fact["entity"], fact["relation"])
            if not values:
                undecidable.add(key)
                continue
            found[key] = {
                "fact": key,
                "entity": fact["entity"],
                "relation": fact["relation"],
                "values": values,
                "split": pair["split"],
            }
    return [found[key] for key in sorted(found)], len(undecidable)


def entity_facts(entities: Sequence[Record], knowledge: Knowledge, shots: Shots) -> list[Record]:
    """Every fact of the given entities whose relation has few-shot examples, sorted."""
    return [
        {
            "fact": f"{entity['id']}#{relation}",
            "entity": entity["id"],
            "relation": relation,
            "values": knowledge.values(entity["id"], relation),
        }
        for entity in sorted(entities, key=lambda row: row["id"])
        for relation in shots
        if knowledge.values(entity["id"], relation)
    ]


def aspect(fact: Record) -> str:
    """What a judge is asked about: the fact's relation, or the question that a claim answers."""
    typed = fact["relation"] in relations.RELATIONS
    return str(fact["relation"] if typed else fact["question"])


def fact_question(
    fact: Record, judge: FactJudge, knowledge: Knowledge, shots: Shots
) -> dict[str, Any]:
    """Add the plain question prompt and the one with few-shot examples of its relation.

    A claim, which has no relation, is shown one example of each relation of its kind of entity.
    """
    entity = knowledge.entity(fact["entity"])
    if fact["relation"] == relations.CLAIM:
        asked, shown = fact["question"], _mixed(shots, entity["kind"])
    else:
        asked = judge.ask(entity, fact["relation"])
        shown = shots.get(fact["relation"], ())
    plain = wording.question(asked)
    examples = [(str(q), str(a)) for q, a in shown]
    return {**fact, "question": asked, "plain": plain, "text": wording.shown(examples, plain)}


def _mixed(shots: Shots, kind: str) -> Sequence[Sequence[str]]:
    """One example of each relation, of another entity each time, as many as a relation has."""
    mine = [shots[name] for name in relations.of_kind(kind) if shots.get(name)]
    count = max(map(len, mine), default=0)
    return [examples[turn % len(examples)] for turn, examples in enumerate(mine[:count])]
