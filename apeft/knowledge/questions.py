"""Question sets without duplicates, split into examples, tuning and test questions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from apeft.knowledge.duplicates import drop_equal, find_near
from apeft.knowledge.forms import Question
from apeft.rng import key_bits
from apeft.sets import QUESTION_OF_NAME, ROLES

SHOTS = 8
"""Questions of each class that are kept for few-shot examples."""

TUNING_SHARE = 0.1


def questions(
    rows: Iterable[Question], seed: int, *, drop_near_duplicates: bool = False
) -> tuple[list[Question], dict[str, Any]]:
    """Drop duplicates within and between sets, split what stays, and count both.

    The split of each class: the source's own test rows are test questions; of the rest, eight are
    examples, and either all (with own test rows) or a tenth are tuning questions, the others test
    questions, by a hash of (seed, id). Counterparts of the other class follow one another.

    Args:
        rows: as :func:`apeft.knowledge.forms.read_set` gives them, sets in order of preference.
        seed: seed of the split.
        drop_near_duplicates: whether near-duplicates are dropped, or counted alone.

    Returns:
        Questions sorted by id (long-form prompts among them, all of them test), and counts: what
        was dropped by pair of sets, and what there is by set, class and split.
    """
    ordered = [dict(row) for row in rows]
    for row in ordered:
        one = QUESTION_OF_NAME.get(row["set"])
        row["reject"] = one is not None and row["group"] == one.turn_down
    unique, counts = drop_equal(ordered, ROLES)
    prompts = [row for row in unique if not row["group"]]
    found = find_near([row for row in unique if row["group"]], drop=drop_near_duplicates)
    asked, families = found.kept, _families(found.kept, found.contrasts)
    parts: dict[tuple[str, str], list[Question]] = defaultdict(list)
    for row in asked:
        parts[row["set"], row["group"]].append(row)
    published = {row["id"] for row in asked if row["split"]}
    for key in sorted(parts):
        _split(parts[key], families, seed)
    _hold_together(asked, families, published)
    for row in prompts:
        row["split"] = "test"
    apart = sum(one["split"] != other["split"] for one, other in found.near)
    counts |= found.counts | {"near_duplicates_on_two_sides": apart}
    kept = sorted([*asked, *prompts], key=lambda row: row["id"])
    for row in kept:
        for name in ("rank", "reject", "twin"):
            row.pop(name, None)
        part = counts.setdefault(row["set"], {}).setdefault(row["group"] or "prompts", {})
        part[row["split"]] = part.get(row["split"], 0) + 1
    return kept, counts


def _families(
    rows: Sequence[Question], contrasts: Sequence[tuple[Question, Question]]
) -> dict[str, str]:
    """Question id -> id that stands for all questions which must be on its side of the split."""
    head = {row["id"]: row["id"] for row in rows}

    def find(name: str) -> str:
        while head[name] != name:
            name = head[name]
        return name

    def join(one: str, other: str) -> None:
        first, second = sorted((find(one), find(other)))
        head[second] = first

    first_of: dict[str, str] = {}
    for row in rows:
        if "twin" in row:
            join(first_of.setdefault(row["twin"], row["id"]), row["id"])
    for one, other in contrasts:
        join(one["id"], other["id"])
    return {name: find(name) for name in head}


def _split(rows: Sequence[Question], families: dict[str, str], seed: int) -> None:
    """Give shots, tuning and test to rows of one class that the source has not split."""
    own_test = any(row["split"] for row in rows)
    free = [row for row in rows if not row["split"]]
    free.sort(key=lambda row: (row["rank"], key_bits(seed, "question", families[row["id"]])))
    for row in free[:SHOTS]:
        row["split"] = "shots"
    for row in free[SHOTS:]:
        share = key_bits(seed, "tuning", families[row["id"]], bits=64) / 2**64
        row["split"] = "tuning" if own_test or share < TUNING_SHARE else "test"


def _hold_together(rows: Sequence[Question], families: dict[str, str], published: set[str]) -> None:
    """Put a family that was split on one side: its published test row's, else its example's."""
    members: dict[str, list[Question]] = defaultdict(list)
    for row in rows:
        members[families[row["id"]]].append(row)
    for family in members.values():
        splits = {row["split"] for row in family}
        if len(splits) > 1:
            fixed = "shots" not in splits or any(row["id"] in published for row in family)
            for row in family:
                row["split"] = "test" if fixed else "shots"
