"""The claims of paired responses as facts that can be asked for."""

from __future__ import annotations

from collections.abc import Sequence

from apeft.facts.extract import StatedFact
from apeft.facts.knowledge import Knowledge
from apeft.facts.llm.judge import LlmJudge
from apeft.facts.relations import CLAIM
from apeft.facts.terms import fold
from apeft.records import Record


def open_facts(
    pairs: Sequence[Record], judge: LlmJudge, knowledge: Knowledge
) -> tuple[list[Record], int]:
    """Turn the claims of training pairs, on either side, into questions with right answers.

    Returns:
        One record a question (with entity, question and values), sorted, and how many stated facts
        were left out since no question or no right answer could be had.
    """
    claims: dict[tuple[str, str], Record] = {}
    for pair in pairs:
        if pair["split"] == "train":
            for fact in [*pair["facts_chosen"], *pair["facts_rejected"]]:
                claims[fact["entity"], fact["relation"] + fold(fact["value"])] = fact

    def settle(claim: Record) -> Record | None:
        if claim["relation"] != CLAIM:
            return None
        entity = knowledge.entity(claim["entity"])
        question = judge.question(entity, StatedFact(CLAIM, claim["value"], 0, 0)).question
        values = judge.rights(entity, question).answers if question else ()
        if not question or not values:
            return None
        return {
            "fact": f"{entity['id']}#{fold(question).replace(' ', '-')}",
            "entity": entity["id"],
            "relation": CLAIM,
            "question": question,
            "values": list(values),
            "split": "train",
        }

    judge.reader.warm(settle, [(claim,) for claim in claims.values()])
    settled = [settle(claim) for claim in claims.values()]
    found = {row["fact"]: row for row in settled if row is not None}
    return [found[key] for key in sorted(found)], sum(row is None for row in settled)
