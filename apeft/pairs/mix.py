"""Mixing D_g and D_a into the training set of a recipe."""

from __future__ import annotations

import math
from collections.abc import Sequence

from apeft.errors import UserError
from apeft.records import Record
from apeft.rng import keyed

RECIPES = ("general", "atomic", "apeft")


def mix(
    recipe: str,
    general: Sequence[Record],
    atomic: Sequence[Record],
    *,
    ratio: float | None,
    seed: int,
) -> list[Record]:
    """Return the pairs of a recipe, sorted by id.

    Args:
        recipe: "general" (D_g), "atomic" (D_a) or "apeft" (both).
        general: D_g.
        atomic: D_a.
        ratio: atomic pairs for each general one in "apeft"; the larger side is cut by a keyed
            draw. None keeps every pair (the union, as the paper says).
        seed: root of the draw.
    """
    if recipe == "general":
        rows = list(general)
    elif recipe == "atomic":
        rows = list(atomic)
    elif ratio is None:
        rows = [*general, *atomic]
    else:
        pairs = min(len(general), math.floor(len(atomic) / ratio))
        rows = [*_cut(general, pairs, seed), *_cut(atomic, round(pairs * ratio), seed)]
    if not rows:
        raise UserError(
            f"recipe {recipe!r} has no pair: {len(general)} general and {len(atomic)} atomic",
            where="mix",
            fix="sample more people or biographies, lower general.min_gap, or raise detect.k",
        )
    return sorted(rows, key=lambda row: row["id"])


def _cut(rows: Sequence[Record], count: int, seed: int) -> list[Record]:
    return sorted(rows, key=lambda row: keyed(seed, "mix", row["id"]).random())[:count]
