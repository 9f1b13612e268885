"""Question sets: FreshQA's premises and SelfAware, without duplicates, split by hash."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from apeft.knowledge.text import fold
from apeft.rng import key_bits
from apeft.sources.datasets import Row

SHOTS = 8
"""Questions of each class that are kept for few-shot examples."""

TUNING_SHARE = 0.1
Question = dict[str, Any]


def questions(
    fresh: Iterable[Row], aware: Iterable[Row], seed: int
) -> tuple[list[Question], dict[str, Any]]:
    """Build both sets and count what was dropped.

    Args:
        fresh: FreshQA's rows.
        aware: SelfAware's rows.
        seed: Seed of the split; FreshQA's own TEST rows are the test questions in any case.

    Returns:
        Questions sorted by id, and counts by set, class and split.
    """
    raw = [*_fresh(fresh), *_aware(aware)]
    sets = {row["set"] for row in raw}
    counts: dict[str, Any] = {"duplicates": dict.fromkeys(sorted(sets), 0), "shared": 0}
    first: dict[str, Question] = {}
    for row in raw:
        known = first.setdefault(fold(row["question"]), row)
        if known is row:
            continue
        # A question of both sets stays in the first one only, so that no side sees it twice.
        counts["duplicates"][row["set"]] += 1
        counts["shared"] += known["set"] != row["set"]
    kept = list(first.values())
    for name in sorted(sets):
        for group in sorted({row["group"] for row in kept if row["set"] == name}):
            _split([r for r in kept if (r["set"], r["group"]) == (name, group)], seed)
    for row in kept:
        del row["rank"]
        part = counts.setdefault(row["set"], {}).setdefault(row["group"], {})
        part[row["split"]] = part.get(row["split"], 0) + 1
    return sorted(kept, key=lambda row: row["id"]), counts


def _split(rows: Sequence[Question], seed: int) -> None:
    """Give shots, tuning and test to rows of one class that the source has not split.

    A source with its own test rows (FreshQA) has the rest as tuning; else a tenth is tuning.
    """
    own_test = any(row["split"] for row in rows)
    free = [row for row in rows if not row["split"]]
    free.sort(key=lambda row: (row["rank"], key_bits(seed, "question", row["id"])))
    for row in free[:SHOTS]:
        row["split"] = "shots"
    for row in free[SHOTS:]:
        share = key_bits(seed, "tuning", row["id"], bits=64) / 2**64
        row["split"] = "tuning" if own_test or share < TUNING_SHARE else "test"


def _fresh(rows: Iterable[Row]) -> Iterable[Question]:
    for row in rows:
        yield {
            "id": f"freshqa/{row['id']}",
            "set": "freshqa-premise",
            "question": row["question"].strip(),
            "group": "false" if row["false_premise"] == "TRUE" else "valid",
            "answer": row["answer_0"].strip(),
            "split": "test" if row["split"] == "TEST" else "",
            "rank": 0 if row["fact_type"] == "never-changing" else 1,
        }


def _aware(rows: Iterable[Row]) -> Iterable[Question]:
    for number, row in enumerate(rows):
        answers = row["reference_answer"] or [""]
        yield {
            "id": f"selfaware/{number:04d}",
            "set": "selfaware",
            "question": row["question"].strip(),
            "group": "answerable" if row["ability_to_test"].endswith("True") else "unanswerable",
            "answer": str(answers[0]),
            "split": "",
            "rank": 0,
        }
