"""Which algorithms are one: adapters of one recipe and seed whose updates hardly differ.

Near zero margins the losses of preference tuning share a direction, and Adam removes their scale;
two such rows of a table are one measurement, and must not be read as two.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import pandas as pd

from analysis import style
from analysis.load import Results, split
from analysis.measures import ALGORITHMS, RECIPES, rank

ONE = 0.95  # above this cosine two updates count as one

Groups = tuple[tuple[str, ...], ...]


@lru_cache(maxsize=64)
def alike(results: Results) -> pd.DataFrame:
    """The table ``updates`` with the algorithm, recipe and seed of both adapters beside them."""
    known = results.training[["variant", "algorithm", "recipe", "seed"]]
    table = results.updates
    for side in ("one", "other"):
        table = table.merge(known.add_suffix(f"_{side}"), left_on=side, right_on=f"variant_{side}")
    return table


@lru_cache(maxsize=64)
def coinciding(results: Results) -> Mapping[str, Groups]:
    """Groups of algorithms that coincide, by recipe.

    Two do where the cosine of their updates, its mean over the seeds, is above ``ONE``; groups are
    joined through their members. Recipes without such a group have none.
    """
    table = alike(results)
    same = (table["recipe_one"] == table["recipe_other"]) & (
        table["seed_one"] == table["seed_other"]
    )
    found = table[same & (table["algorithm_one"] != table["algorithm_other"])]
    groups: dict[str, list[set[str]]] = {}
    for (recipe, *pair), rows in split(
        found, ["recipe_one", "algorithm_one", "algorithm_other"]
    ).items():
        if rows["cosine"].mean() > ONE:
            _join(groups.setdefault(recipe, []), set(pair))
    return {
        recipe: tuple(sorted(_ordered(group) for group in groups[recipe]))
        for recipe in sorted(groups, key=lambda name: rank(name, RECIPES))
    }


def _join(groups: list[set[str]], pair: set[str]) -> None:
    """Add a pair, and join the groups that it connects."""
    touched = [group for group in groups if group & pair]
    groups[:] = [group for group in groups if not group & pair]
    groups.append(pair.union(*touched))


def _ordered(group: set[str]) -> tuple[str, ...]:
    return tuple(sorted(group, key=lambda name: rank(name, ALGORITHMS)))


def coincide(results: Results) -> str:
    """Say in a caption which algorithms are one, as "DPO = KTO in general, …; "; else nothing."""
    told = [
        f"{' = '.join(style.algorithm(name) for name in group)} in {style.recipe(recipe)}"
        for recipe, groups in coinciding(results).items()
        for group in groups
    ]
    if not told:
        return ""
    return f"one algorithm in fact (cosine of updates above {ONE}): {', '.join(told)}; "
