"""Which facts are asked for, and the exact prompt that asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from apeft import prompts as wording
from apeft.facts.judge import TypedJudge
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


def fact_question(
    fact: Record, judge: TypedJudge, knowledge: Knowledge, shots: Shots
) -> dict[str, Any]:
    """Add the plain question prompt and the one with few-shot examples of its relation."""
    asked = judge.ask(knowledge.entity(fact["entity"]), fact["relation"])
    plain = wording.question(asked)
    examples = [(str(q), str(a)) for q, a in shots.get(fact["relation"], ())]
    return {**fact, "question": asked, "plain": plain, "text": wording.shown(examples, plain)}
