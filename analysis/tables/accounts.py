"""What went in and what was left out: settings, training budgets, counts, unscored items."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from analysis.alike import coincide
from analysis.load import Results
from analysis.measures import cells, evaluation_sets, one_kind
from analysis.tables.write import Section, Table, plain

SETTINGS = ("beta", "learning_rate", "steps")  # columns of the training table that were chosen


def training(results: Results) -> Table:
    """Budget and settings of every training run; a setting's column names its class."""
    order = {cell.key: number for number, cell in enumerate(cells(results))}
    rank = [order.get(key, len(order)) for key in _keys(results.training)]
    data = results.training.assign(_rank=rank).sort_values(["_rank", "variant"], kind="stable")
    table = plain(
        "training",
        "Training runs: steps, the pairs that were there of each kind, and the pairs and tokens "
        f"seen (prompts and both completions), in all and of each kind; {coincide(results)}"
        "a setting's class stands in brackets (paper: said by the paper; paper-unknown: the paper "
        "is silent, nearest published practice; ours: a choice of this harness) "
        f"{_one_kind(results)}(n = {len(data)} runs; counts, so no intervals).",
        data.drop(columns="_rank").reset_index(drop=True),
    )
    (shown,) = table.sections
    heads = tuple(
        f"{head} ({_classes(results, name)})" if name in SETTINGS else head
        for name, head in zip(table.data.columns, shown.columns, strict=True)
    )
    return replace(table, sections=(Section(shown.heading, heads, shown.rows),))


def _one_kind(results: Results) -> str:
    """Name the algorithms whose apeft had pairs of one kind alone; else nothing."""
    lacking = [
        f"no {kind} pair was made for apeft of {', '.join(names)}, which is not APEFT then and is "
        "compared with nothing"
        for kind, names in one_kind(results).items()
        if names
    ]
    return f"{'; '.join(lacking)}; the table `counts` says what was left out " if lacking else ""


def _classes(results: Results, name: str) -> str:
    """Class of a training setting, which is shared or each algorithm's own."""
    rows = results.parameters
    known = {
        key: (json.loads(value), label)
        for key, value, label in zip(rows["key"], rows["value"], rows["class"], strict=True)
    }
    if name == "steps" and known["training.budget"][0] == "epochs":
        name = "epochs"  # from which the steps were computed
    shared = known.get(f"training.{name}", (None, ""))[1]
    by_class: dict[str, list[str]] = {}
    for algorithm in dict.fromkeys(results.training["algorithm"]):
        value, label = known.get(f"training.{algorithm}.{name}", (None, ""))
        by_class.setdefault(shared if value is None else label, []).append(algorithm)
    if len(by_class) <= 1:
        return next(iter(by_class), shared)
    return "; ".join(f"{label}: {', '.join(names)}" for label, names in by_class.items())


VALIDATED = (
    "validation_accuracy", "shown_accuracy", "validation_margin", "shown_margin", "kl", "shown_kl",
)  # fmt: skip


def validation(results: Results) -> Table:
    """What validation people's pairs say after the last step, without and with examples."""
    curves = results.curves
    last = curves.groupby("variant")["step"].transform("max")
    final = curves[(curves["step"] == last) & curves["measure"].isin(VALIDATED)]
    wide = final.pivot(index=["algorithm", "recipe", "variant"], columns="measure", values="value")
    wide = wide.reindex(columns=list(VALIDATED)).reset_index()
    order = {cell.key: number for number, cell in enumerate(cells(results))}
    wide["rank"] = [order.get(key, len(order)) for key in _keys(wide)]
    wide = wide.sort_values(["rank", "variant"], kind="stable")
    return plain(
        "validation",
        "Pairs of validation people after the last step: preference accuracy, margin (nats) and KL "
        "from the base (nats a token), with the plain prompts of training and with the few-shot "
        "prompts of evaluation (`shown`). A margin that is there in both says that training "
        "without examples carries over to prompts with them (few pairs, no intervals).",
        wide[["variant", *VALIDATED]].reset_index(drop=True),
    )


def parameters(results: Results) -> Table:
    """Every parameter of the study with its value and class."""
    return plain(
        "parameters",
        "Every parameter that decides a result, with its value as JSON and its class: paper, said "
        "by the paper; paper-unknown, the paper is silent and the nearest published practice is "
        "used; ours, a choice of this harness or of the profile that is named.",
        results.parameters,
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
