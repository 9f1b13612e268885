"""Which cells are one: adapters of one seed whose updates hardly differ.

Near zero margins the losses of preference tuning share a direction, and Adam removes their scale;
two recipes may do so as well. Two such rows of a table are one measurement, and must not be read as
two.
"""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from analysis import style
from analysis.load import Results, split
from analysis.measures import ALGORITHMS, RECIPES, rank

ONE = 0.95  # above this cosine two updates count as one

Key = tuple[str, str]  # an algorithm and a recipe


@lru_cache(maxsize=64)
def alike(results: Results) -> pd.DataFrame:
    """The table ``updates`` with the algorithm, recipe and seed of both adapters beside them."""
    known = results.training[["variant", "algorithm", "recipe", "seed"]]
    table = results.updates
    for side in ("one", "other"):
        table = table.merge(known.add_suffix(f"_{side}"), left_on=side, right_on=f"variant_{side}")
    return table


@lru_cache(maxsize=64)
def coinciding(results: Results) -> tuple[tuple[Key, ...], ...]:
    """Groups of cells (algorithm, recipe) that coincide.

    Two do where the cosine of their updates, its mean over the seeds, is above ``ONE``; groups are
    joined through their members.
    """
    table = alike(results)
    found = table[table["seed_one"] == table["seed_other"]]
    sides = [f"{key}_{side}" for side in ("one", "other") for key in ("algorithm", "recipe")]
    groups: list[set[Key]] = []
    for (algorithm, recipe, other, others), rows in split(found, sides).items():
        pair = {(algorithm, recipe), (other, others)}
        if len(pair) == 2 and rows["cosine"].mean() > ONE:
            groups = [group for group in groups if not group & pair] + [
                pair.union(*(group for group in groups if group & pair))
            ]
    ordered = [tuple(sorted(group, key=_order)) for group in groups]
    return tuple(sorted(ordered, key=lambda group: _order(group[0])))


def _order(key: Key) -> tuple[tuple[int, str], ...]:
    return rank(key[1], RECIPES), rank(key[0], ALGORITHMS)


def coincide(results: Results) -> str:
    """Say in a caption which cells are one, as "DPO general = KTO general, …; "; else nothing."""
    told = [
        " = ".join(f"{style.algorithm(name)} {style.recipe(recipe)}" for name, recipe in group)
        for group in coinciding(results)
    ]
    if not told:
        return ""
    return f"one adapter in fact (cosine of updates above {ONE}): {', '.join(told)}; "
