"""Collected results as checked tables: what every figure, table and claim starts from."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import pandas as pd

from apeft.errors import UserError
from apeft.records import read_json

BASE = "base"
REGIONS = ("unshifted", "marginal", "shifted")
CLASSES = ("unknown", "potentially_known", "known")
PARAMETER_CLASSES = ("paper", "paper-unknown", "ours")
UNSCORED = "unscored"  # the class of a fact of which too few samples could be graded

# Column types: "text" may be empty, "key" may not; "number" may be empty (= unscored), "count" is
# an integer that may not.
COLUMNS: dict[str, dict[str, str]] = {
    "items": {
        "variant": "key",
        "algorithm": "key",
        "recipe": "text",
        "seed": "count",
        "set": "key",
        "role": "key",
        "entity": "key",
        "item": "key",
        "relation": "text",
        "group": "text",
        "measure": "key",
        "value": "number",
    },
    "shift": {
        "variant": "key",
        "algorithm": "key",
        "recipe": "text",
        "seed": "count",
        "set": "key",
        "role": "key",
        "entity": "key",
        "item": "key",
        "position": "count",
        "rank": "count",
        "region": "key",
        "p_top": "number",
        "copied": "count",
        "kl_tuned_base": "number",
        "kl_base_tuned": "number",
        "token": "text",
        "token_base": "text",
    },
    "detection": {
        "fact": "key",
        "entity": "key",
        "relation": "key",
        "r": "number",
        "r_low": "number",
        "r_high": "number",
        "k": "count",
        "correct": "count",
        "unscored": "count",
        "class": "key",
        "p_wrong": "number",
        "guess": "number",
        "p_guess": "number",
        "split": "text",
    },
    "answers": {
        "variant": "key",
        "algorithm": "key",
        "recipe": "text",
        "seed": "count",
        "set": "key",
        "role": "key",
        "entity": "key",
        "item": "key",
        "relation": "key",
        "temperature": "number",
        "r": "number",
        "surprisal": "number",
    },
    "curves": {
        "variant": "key",
        "algorithm": "key",
        "recipe": "text",
        "seed": "count",
        "step": "count",
        "measure": "key",
        "value": "number",
    },
    "validation": {
        "variant": "key",
        "algorithm": "key",
        "recipe": "text",
        "seed": "count",
        "entity": "key",
        "item": "key",
        "measure": "key",
        "value": "number",
    },
    "training": {
        "variant": "key",
        "algorithm": "key",
        "recipe": "text",
        "seed": "count",
        "beta": "number",
        "learning_rate": "number",
        "steps": "number",
        "pairs_seen": "number",
        "tokens_seen": "number",
        "pairs_general": "number",
        "pairs_atomic": "number",
        "pairs_own": "number",
        "pairs_seen_general": "number",
        "pairs_seen_atomic": "number",
        "pairs_seen_own": "number",
        "tokens_seen_general": "number",
        "tokens_seen_atomic": "number",
        "tokens_seen_own": "number",
    },
    "updates": {
        "one": "key",
        "other": "key",
        "cosine": "number",
        "equal_texts": "number",
        "texts": "count",
    },
    "parameters": {"key": "key", "value": "key", "class": "key", "note": "text"},
}
ALLOWED = {
    ("shift", "region"): REGIONS,
    ("detection", "class"): (*CLASSES, UNSCORED),
    ("parameters", "class"): PARAMETER_CLASSES,
}
SHARES = (
    *("factscore", "factscore_penalised", "lower", "upper", "f1", "responded", "accurate"),
    *("right", "wrong", "omitted", "hedged", "undecided", "short_right", "abstains"),
    *("rank1", "pairs_right", "r", "correct", "reject", "choice"),
)
IDENTITY = ["variant", "set", "item", "measure"]
FIX = "delete out/collect and run `dvc repro collect` again"


@dataclass(frozen=True, eq=False)
class Results:
    """The collected tables (columns as in ``COLUMNS``), counts by stage and collapse flags.

    Compared and hashed by identity, so that what was computed from it can be remembered.
    """

    items: pd.DataFrame
    shift: pd.DataFrame
    detection: pd.DataFrame
    answers: pd.DataFrame
    curves: pd.DataFrame
    validation: pd.DataFrame
    training: pd.DataFrame
    updates: pd.DataFrame
    parameters: pd.DataFrame
    counts: Mapping[str, Any]
    collapse: Mapping[str, Any]

    @cached_property
    def by_measure(self) -> dict[tuple[str, ...], pd.DataFrame]:
        """Scored rows of ``items`` by (algorithm, recipe, set, measure)."""
        scored = self.items[self.items["value"].notna()]
        keys = ["algorithm", "recipe", "set", "measure"]
        return split(scored, keys)

    @cached_property
    def shift_of(self) -> dict[tuple[str, ...], pd.DataFrame]:
        """Rows of ``shift`` by (algorithm, recipe, set)."""
        return split(self.shift, ["algorithm", "recipe", "set"])


def split(table: pd.DataFrame, columns: list[str]) -> dict[tuple[str, ...], pd.DataFrame]:
    """Rows of a table by the values of several text columns, in sorted order."""
    groups = table.groupby(columns, sort=True)
    return {tuple(str(part) for part in key): rows for key, rows in groups}


def load(folder: Path) -> Results:
    """Read and check ``out/collect``; a fault is a UserError naming the file and the column."""
    tables = {name: read_table(folder / f"{name}.csv", name) for name in COLUMNS}
    _check_items(tables["items"], folder / "items.csv")
    _check_parameters(tables["parameters"], folder / "parameters.csv")
    _check_updates(tables["updates"], tables["training"], folder / "updates.csv")
    documents: dict[str, Any] = {}
    for name in ("counts", "collapse"):
        path = folder / f"{name}.json"
        documents[name] = read_json(path)
        if not isinstance(documents[name], dict):
            raise UserError("expected one JSON object", where=str(path), fix=FIX)
    return Results(**cast(dict[str, Any], tables), **documents)


def read_table(path: Path, name: str) -> pd.DataFrame:
    """Read one collected table with the columns and types of ``COLUMNS[name]``."""
    _check_whole(path, list(COLUMNS[name]))
    table = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[], encoding="utf-8")
    table = table[list(COLUMNS[name])]
    for column, kind in COLUMNS[name].items():
        if kind in ("number", "count"):
            table[column] = _numbers(table[column], kind, path)
        elif kind == "key":
            _refuse(table[column] == "", table[column], path, "must not be empty")
    for (owner, column), allowed in ALLOWED.items():
        if owner == name:
            wrong = ~table[column].isin(allowed)
            _refuse(wrong, table[column], path, f"must be one of {', '.join(allowed)}")
    return table


def _check_whole(path: Path, columns: list[str]) -> None:
    """Refuse a table that is missing, lacks a column, or has a line that was cut short."""
    if not path.is_file():
        raise UserError(
            "a collected table is missing", where=str(path), fix="run `dvc repro collect`"
        )
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        header = next(rows, [])
        absent = [column for column in columns if column not in header]
        if absent:
            raise UserError(
                f"the table lacks the column{'s' if len(absent) > 1 else ''} {', '.join(absent)}",
                where=str(path),
                fix=FIX,
            )
        for row in rows:
            if len(row) != len(header):
                column = header[min(len(row), len(header)) - 1]
                raise UserError(
                    f"the table is cut short: {len(row)} of {len(header)} fields, "
                    f"the last in column {column}",
                    where=f"{path}, line {rows.line_num}",
                    fix=FIX,
                )
    with path.open("rb") as raw:
        raw.seek(-1, 2)
        if raw.read(1) != b"\n":
            raise UserError(
                f"the table is cut short: its last line has no end, in column {header[-1]}",
                where=str(path),
                fix=FIX,
            )


def _numbers(values: pd.Series, kind: str, path: Path) -> pd.Series:
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    if kind == "number":
        _refuse(numbers.isna() & (values != ""), values, path, "must be a number or empty")
        return numbers
    _refuse(numbers.isna() | (numbers % 1 != 0), values, path, "must be a whole number")
    return numbers.astype("int64")


def _refuse(wrong: pd.Series, values: pd.Series, path: Path, rule: str) -> None:
    if not wrong.any():
        return
    row = int(wrong.to_numpy().argmax())
    raise UserError(
        f"column {values.name} {rule} (found {values.iloc[row]!r}, {int(wrong.sum())} such rows)",
        where=f"{path}, row {row + 1} after the header",
        fix=FIX,
    )


def _check_items(items: pd.DataFrame, path: Path) -> None:
    shares = items["measure"].isin(SHARES) & items["value"].notna()
    outside = shares & ~items["value"].between(0, 1)
    _refuse(outside, items["value"], path, "must lie in 0..1 for a share")
    # A response may state several values of one relation: they share an item, and its mean counts.
    twice = items.duplicated(IDENTITY) & (items["measure"] != "accurate")
    if twice.any():
        _refuse(twice, items["item"], path, "holds the same variant, set and measure twice")
    if not (items["algorithm"] == BASE).any():
        raise UserError(
            "column algorithm has no row of the base model: nothing can be compared with it",
            where=str(path),
            fix="collect with the base variant",
        )


def _check_updates(updates: pd.DataFrame, training: pd.DataFrame, path: Path) -> None:
    for name, low in (("cosine", -1), ("equal_texts", 0)):
        # A cosine of an update with itself may miss 1 by rounding.
        outside = updates[name].notna() & ~updates[name].between(low - 1e-6, 1 + 1e-6)
        _refuse(outside, updates[name], path, f"must lie in {low}..1")
    for name in ("one", "other"):
        unknown = ~updates[name].isin(training["variant"])
        _refuse(unknown, updates[name], path, "must be a trained variant")
    twice = updates.duplicated(["one", "other"])
    _refuse(twice, updates["other"], path, "holds the same two adapters twice")


def _check_parameters(parameters: pd.DataFrame, path: Path) -> None:
    keys, values = parameters["key"], parameters["value"]
    _refuse(keys.duplicated(), keys, path, "holds a parameter twice")
    _refuse(~values.map(_is_json).astype(bool), values, path, "must be JSON")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except json.JSONDecodeError:
        return False
    return True
