"""From a response to its facts with verdicts and its FActScore, as records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apeft.facts.factscore import ResponseScore, score_response
from apeft.facts.judge import FactJudge
from apeft.records import Record


def assess(
    judge: FactJudge, response: Mapping[str, Any], entity: Mapping[str, Any], gamma: int
) -> tuple[list[Record], ResponseScore]:
    """Extract and verify the facts of one response.

    Returns:
        The stated facts (relation, value, span, verdict, reason, evidence; ids of response and
        entity) and the response's score.
    """
    facts: list[Record] = []
    for stated in judge.extract(response["text"], entity):
        verdict = judge.verify(entity, stated)
        facts.append(
            {
                "id": f"{response['id']}#{stated.relation}",
                "response": response["id"],
                "entity": response["entity"],
                "relation": stated.relation,
                "value": stated.value,
                "span": [stated.start, stated.end],
                "verdict": verdict.verdict,
                "reason": verdict.reason,
                "evidence": verdict.evidence,
            }
        )
    return facts, score_response((fact["verdict"] for fact in facts), gamma)
