"""The main table, recomputed from graded responses by plain Python that shares no code with it.

It reads the real outputs of `make repro` and `make smoke` where they lie (`.ci/run` makes the
latter before it tests), and nothing of `analysis/` or of `out/collect`.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
MADE = ("out/grade", "reports/tables/main.csv", "reports/tables/shown.json")
WORKSPACES = [
    path for path in (ROOT, ROOT / "runs" / "smoke") if all((path / one).exists() for one in MADE)
]
CLASSES = {"freshqa-premise": ("false", "valid"), "selfaware": ("answerable", "unanswerable")}


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def mean(values: list[Any]) -> Fraction:
    return sum((Fraction(str(value)) for value in values), Fraction(0)) / len(values)


def factscores(facts: list[dict[str, Any]]) -> dict[str, Fraction]:
    """Of each response that states a decided fact: supported among those decided."""
    decided: dict[str, list[int]] = defaultdict(list)
    for fact in facts:
        if fact["verdict"] != "not_stated":
            decided[fact["response"]].append(int(fact["verdict"] == "supported"))
    return {response: mean(verdicts) for response, verdicts in decided.items()}


def balanced(graded: list[dict[str, Any]], key: str, classes: tuple[str, ...]) -> Fraction | None:
    """Mean over the two classes of the share that is right, undecided ones left out."""
    by_class = [
        [int(row[key]) for row in graded if row["group"] == name and row[key] is not None]
        for name in classes
    ]
    return mean([mean(one) for one in by_class]) if all(by_class) else None


def recomputed(workspace: Path, variant: str, where: str, positions: int) -> Iterator[Any]:
    """(column, number) pairs for a variant's one seed on a set."""
    graded = {
        name: [row for row in rows(workspace / f"out/grade/{name}.jsonl") if row["set"] == where]
        for name in ("facts", "cells", "questions", "openers")
    }
    mine = {name: [r for r in found if r["variant"] == variant] for name, found in graded.items()}
    if where in CLASSES:
        for name in ("right", "wrong", "abstains"):
            found = balanced(mine["questions"], name, CLASSES[where])
            if found is not None:  # without a gold answer of any question there is no such column
                yield name, found
        yield "balanced_accuracy", balanced(mine["questions"], "correct", CLASSES[where])
        yield "balanced_choice", balanced(mine["openers"], "choice", CLASSES[where])
    else:
        for name in ("right", "wrong", "omitted"):
            yield name, mean([row[name] for row in mine["cells"]]) if mine["cells"] else None
        scores = factscores(mine["facts"])
        yield "factscore", mean(list(scores.values())) if scores else None
        ranked = rows(workspace / f"out/respond/{variant}/candidates.jsonl")
        first = [
            int(row["logps"][0] > max(row["logps"][1:])) for row in ranked if row["set"] == where
        ]
        yield "rank1", mean(first) if first else None
    moved = [
        int(row["rank"] > 1)
        for row in rows(workspace / f"out/respond/{variant}/shift.jsonl")
        if row["set"] == where and row["position"] < positions
    ]
    yield "shift_share", mean(moved) if moved else None


@pytest.mark.skipif(not WORKSPACES, reason="no run lies here: `make repro` or `make smoke` first")
@pytest.mark.parametrize("workspace", WORKSPACES, ids=lambda path: path.name)
def test_the_main_table_follows_from_the_graded_responses(workspace: Path) -> None:
    params = yaml.safe_load((workspace / "params.yaml").read_text(encoding="utf-8"))
    positions = params["figures"]["first_positions"]
    if len(params["training"]["seeds"]) > 1:
        pytest.skip("recomputed for one seed")
    (seed,) = params["training"]["seeds"]
    with (workspace / "reports/tables/main.csv").open(encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    grid = len(params["training"]["algorithms"]) * len(params["training"]["recipes"])
    assert len(table) == 1 + grid + len(params["own"]["variants"])
    sets = sorted({column.split(":")[0] for column in table[0] if ":" in column})
    assert {"bio", "countries", "elements", "freshqa-premise", "selfaware"} <= set(sets)
    compared = 0
    for row in table:
        name = row["variant"]
        variant = name if name == "base" or not row["recipe"] else f"{name}-{seed}"
        for where in sets:
            for column, number in recomputed(workspace, variant, where, positions):
                printed = row[f"{where}:{column}:estimate"]
                assert (printed == "") == (number is None), (name, where, column)
                if number is not None:
                    assert float(printed) == pytest.approx(float(number), abs=1e-8), (
                        name, where, column)  # fmt: skip
                    compared += 1
    assert compared >= 10 * len(table)


@pytest.mark.skipif(not WORKSPACES, reason="no run lies here: `make repro` or `make smoke` first")
@pytest.mark.parametrize("workspace", WORKSPACES, ids=lambda path: path.name)
def test_the_page_prints_the_numbers_of_the_main_table(workspace: Path) -> None:
    with (workspace / "reports/tables/main.csv").open(encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    shown = json.loads((workspace / "reports/tables/shown.json").read_text(encoding="utf-8"))
    (main,) = [one for one in shown if one["name"] == "main"]
    page = (workspace / "reports/report.html").read_text(encoding="utf-8")
    where = "bio"
    (section,) = [one for one in main["sections"] if one["heading"].startswith("Biographies")]
    column = section["columns"].index("FActScore")
    for row, cells in zip(table, section["rows"], strict=True):
        printed = row[f"{where}:factscore:estimate"]
        if printed:
            assert cells[column].split(" ")[0] == f"{100 * float(printed):.1f}"
            assert cells[column] in page
