"""How alike adapters are: cosines between their updates and shares of equal texts."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis import style
from analysis.alike import ONE, alike, coincide
from analysis.load import Results
from analysis.measures import ALGORITHMS, RECIPES, rank
from analysis.tables.write import Section, Table, show

COLUMNS = ("adapters", "seed", "cosine of updates", "equal texts", "")


def updates(results: Results) -> Table:
    """Every two adapters of one recipe and seed, and every algorithm's recipes."""
    table = alike(results)
    named = coincide(results).removesuffix("; ")
    caption = (
        "How alike two adapters are: cosine between their updates of all weights (exact, from the "
        "factors), and share of test prompts that they answer with the same greedy text; above "
        f"{ONE} they count as one ({named or 'no two do'}). "
        "The CSV holds every two adapters (counts, so no intervals)."
    )
    sections = tuple(_sections(table)) or (Section("", COLUMNS, ()),)
    return Table("updates", caption, results.updates, sections)


def _sections(table: pd.DataFrame) -> Iterator[Section]:
    seeds = table[table["seed_one"] == table["seed_other"]]
    within = seeds[seeds["recipe_one"] == seeds["recipe_other"]]
    for recipe in sorted(within["recipe_one"].unique(), key=lambda name: rank(name, RECIPES)):
        rows = within[within["recipe_one"] == recipe]
        yield Section(style.recipe(recipe), COLUMNS, _rows(rows, "algorithm"))
    across = seeds[
        (seeds["algorithm_one"] == seeds["algorithm_other"])
        & (seeds["recipe_one"] != seeds["recipe_other"])
    ]
    for algorithm in sorted(
        across["algorithm_one"].unique(), key=lambda name: rank(name, ALGORITHMS)
    ):
        rows = across[across["algorithm_one"] == algorithm]
        yield Section(style.algorithm(algorithm), COLUMNS, _rows(rows, "recipe"))


def _rows(table: pd.DataFrame, by: str) -> tuple[tuple[str, ...], ...]:
    called = style.algorithm if by == "algorithm" else style.recipe
    return tuple(
        (
            f"{called(one)}, {called(other)}",
            str(seed),
            show(cosine),
            show(equal),
            "one" if cosine > ONE else "",
        )
        for one, other, seed, cosine, equal in zip(
            table[f"{by}_one"],
            table[f"{by}_other"],
            table["seed_one"],
            table["cosine"],
            table["equal_texts"],
            strict=True,
        )
    )
