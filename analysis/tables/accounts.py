"""What went in and what was left out: training budgets, counts by stage, unscored items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from analysis.load import Results
from analysis.measures import cells, evaluation_sets
from analysis.tables.write import Table, plain


def training(results: Results) -> Table:
    """Budget and settings of every training run."""
    order = {cell.key: number for number, cell in enumerate(cells(results))}
    rank = [order.get(key, len(order)) for key in _keys(results.training)]
    data = results.training.assign(_rank=rank).sort_values(["_rank", "variant"], kind="stable")
    return plain(
        "training",
        "Training runs: steps, pairs and tokens seen, and the pairs that were there of each kind "
        f"(n = {len(data)} runs; counts, so no intervals).",
        data.drop(columns="_rank").reset_index(drop=True),
    )


def _keys(table: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(table["algorithm"], table["recipe"], strict=True))


def counts(results: Results) -> Table:
    """Every count that a stage reported, flattened."""
    data = pd.DataFrame(list(_flat(results.counts)), columns=["stage", "what", "count"])
    return plain("counts", "Counts by stage of the pipeline.", data)


def _flat(counts: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    def walk(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
        if isinstance(value, Mapping):
            for key in sorted(value):
                yield from walk(value[key], (*path, str(key)))
        elif isinstance(value, list):
            yield path, "; ".join(map(str, value))
        else:
            yield path, value

    for stage in sorted(counts):
        for path, value in walk(counts[stage], ()):
            yield stage, " / ".join(path), value


def unscored(results: Results) -> Table:
    """Scored and unscored items of every variant, set and measure; both add up to the total."""
    items = results.items.assign(has=results.items["value"].notna())
    sets = {one.name: number for number, one in enumerate(evaluation_sets(results))}
    order = {cell.key: number for number, cell in enumerate(cells(results))}
    keys = ["algorithm", "recipe", "variant", "set", "measure"]
    grouped = items.groupby(keys, sort=True)["has"].agg(["sum", "size"]).reset_index()
    grouped["rank"] = [order[key] for key in _keys(grouped)]
    grouped["place"] = grouped["set"].map(sets)
    grouped = grouped.sort_values(["rank", "variant", "place", "measure"])
    data = pd.DataFrame(
        {
            "variant": grouped["variant"],
            "set": grouped["set"],
            "measure": grouped["measure"],
            "scored": grouped["sum"].astype(int),
            "unscored": (grouped["size"] - grouped["sum"]).astype(int),
            "total": grouped["size"].astype(int),
        }
    ).reset_index(drop=True)
    return plain(
        "unscored",
        "Scored and unscored items of every variant, set and measure (an undecided item is "
        "unscored, never right or wrong).",
        data,
    )
