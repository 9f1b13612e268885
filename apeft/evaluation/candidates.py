"""Test facts with the right value and four others of the same relation, fixed for all variants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from apeft.facts.judge import TypedJudge
from apeft.facts.knowledge import Knowledge
from apeft.records import Record
from apeft.rng import keyed
from apeft.selection import handful

DRAWS = 12  # draws of another value before a fact is given up: most differ at once


def with_candidates(
    facts: Sequence[Record], judge: TypedJudge, knowledge: Knowledge, others: int, seed: int
) -> tuple[list[Record], dict[str, int]]:
    """Add ``right`` (one right value, as an answer is written) and ``others`` to each fact.

    The other values are drawn, keyed by the fact, from what other entities have in the relation,
    as often as they have it. A value that may also be right is never one of them.

    Returns:
        The facts, and how many of each relation were left out because too few other values differ.
    """
    pool: dict[str, list[str]] = {}
    for (_, relation), values in sorted(knowledge.facts.items()):
        pool.setdefault(relation, []).extend(values)
    rows = []
    for fact in facts:
        relation, entity = fact["relation"], knowledge.entity(fact["entity"])
        generator = keyed(seed, "candidates", fact["fact"])
        known = sorted(pool[relation])
        found: list[str] = []
        for _ in range(DRAWS):
            value = judge.contradict(entity, relation, handful(known, generator), generator)
            if value is not None and value not in found:
                found.append(value)
            if len(found) == others:
                break
        if len(found) == others:
            rows.append(
                {
                    **fact,
                    "right": judge.answer_text(relation, fact["values"][0]),
                    "others": [judge.answer_text(relation, value) for value in found],
                }
            )
    kept = {row["fact"] for row in rows}
    return rows, dict(Counter(row["relation"] for row in facts if row["fact"] not in kept))
