"""Choosing entities and questions: by a keyed draw, so that more of them keeps the earlier ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from apeft.errors import UserError
from apeft.records import Record
from apeft.rng import keyed

HANDFUL = 8  # values looked at for one draw; all of a relation's take seconds to verify


def handful(values: Sequence[str], generator: np.random.Generator) -> list[str]:
    """Draw a few of the values, as often as they occur: enough to find one that differs."""
    size = min(HANDFUL, len(values))
    return sorted(str(value) for value in generator.choice(list(values), size=size)) if size else []


def draw(rows: Sequence[Record], count: int, seed: int, what: str) -> list[Record]:
    """Take the first ``count`` rows in an order that depends on (seed, id) alone.

    Raises:
        UserError: none are wanted or fewer are there.
    """
    if count == 0 or len(rows) < count:
        raise UserError(
            f"{count} {what} are asked for and {len(rows)} are there",
            where="prompts",
            fix="choose a number from 1 to what there is, or add sources",
        )
    ranked = sorted(rows, key=lambda row: (keyed(seed, "draw", row["id"]).random(), row["id"]))
    return ranked[:count]


def draw_classes(
    rows: Sequence[Record], count: int, seed: int, what: str, groups: Sequence[str]
) -> list[Record]:
    """Take ``count`` questions, as many of each class (the main figure weighs classes alike)."""
    if count % len(groups):
        raise ValueError(f"{count} questions cannot be shared by {len(groups)} classes alike")
    share = count // len(groups)
    chosen: list[Record] = []
    for group in groups:
        members = [row for row in rows if row["group"] == group]
        chosen += draw(members, share, seed, f"{what} of class {group}")
    return sorted(chosen, key=lambda row: row["id"])


def values_by_entity(facts: Sequence[Record]) -> Mapping[str, dict[str, list[str]]]:
    """Group the fact table: entity -> relation -> values."""
    table: dict[str, dict[str, list[str]]] = {}
    for fact in facts:
        table.setdefault(fact["entity"], {}).setdefault(fact["relation"], []).append(fact["value"])
    return table
