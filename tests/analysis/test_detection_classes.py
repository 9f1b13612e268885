"""Classes at a smaller k against every subset tried, and what is said of facts stopped early."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from analysis.detection import (
    KINDS,
    beyond_chance,
    class_shares,
    expected,
    of_relation,
    relations,
    shares_at,
)
from analysis.figures import classes_vs_k as figure
from analysis.figures import knowledge
from analysis.load import Results
from analysis.settings import Settings
from analysis.tables import detection
from apeft.detection import classify


@pytest.mark.parametrize(
    ("right", "wrong", "unscored"), [(3, 2, 1), (0, 4, 2), (5, 0, 1), (1, 1, 4), (0, 0, 6)]
)
@pytest.mark.parametrize("min_scored", [0.0, 0.5, 1.0])
def test_class_shares_are_those_of_all_subsets(
    right: int, wrong: int, unscored: int, min_scored: float
) -> None:
    samples = [True] * right + [False] * wrong + [None] * unscored
    for fewer in range(1, len(samples) + 1):
        kinds = [
            classify(part.count(True), fewer - part.count(None), fewer, min_scored)
            for part in combinations(samples, fewer)
        ]
        tried = [kinds.count(kind) / len(kinds) for kind in KINDS]
        found = class_shares(right, right + wrong, len(samples), fewer, min_scored)
        assert found == pytest.approx(tried, abs=1e-12), fewer


def test_at_k_the_averaged_classes_are_the_facts_own(full: Results) -> None:
    table = full.detection
    at_k = shares_at(table, int(table["k"].max()), 0.5)
    assert [KINDS[index] for index in at_k.argmax(axis=1)] == table["class"].tolist()
    assert at_k.max(axis=1) == pytest.approx(1)


def test_expected_classes_move_by_p_wrong_into_potentially_known(full: Results) -> None:
    table = full.detection.iloc[:4].assign(
        **{"class": ["unknown", "known", "potentially_known", "unscored"]},
        p_wrong=[0.25, 0.5, 0.0, np.nan],
    )
    assert expected(table).tolist() == [
        [0.75, 0.25, 0, 0],
        [0, 0.5, 0.5, 0],
        [0, 1, 0, 0],
        [0, 0, 0, 1],
    ]


def test_the_tables_hold_every_fact_and_every_k(full: Results, settings: Settings) -> None:
    table, made = full.detection, detection.detection(full, settings)
    whole = made.data.iloc[0]
    assert whole["facts"] == len(table) == made.data["facts"].iloc[1:].sum()
    assert sum(whole[kind] for kind in KINDS) == len(table)
    assert whole["r:estimate"] == pytest.approx(table["r"].mean())
    assert whole["p_wrong:unknown"] == pytest.approx(0.3)
    moves = detection.classes_vs_k(full, settings).data
    names = len(relations(table)) + 1
    assert len(moves) == names * 17  # 16 samples and the larger K
    totals = sum(moves[f"{kind}:estimate"] for kind in KINDS)
    assert totals.to_numpy() == pytest.approx(1)
    every = moves[moves["relation"] == "all relations"]
    assert every["potentially_known:estimate"].is_monotonic_increasing


def test_the_larger_k_is_the_parameter_that_p_wrong_was_computed_with(
    smoke: Results, settings: Settings
) -> None:
    rows = smoke.parameters.set_index("key")
    rows.loc["detect.larger_k", "value"] = json.dumps(100)
    results = replace(smoke, parameters=rows.reset_index())
    assert "100 scored samples" in figure.caption(results, settings)
    assert detection.classes_vs_k(results, settings).data["k"].iloc[-1] == "100 (expected)"


def test_potentially_known_facts_beyond_chance_are_those_of_a_p_value_up_to_5_percent() -> None:
    rows = [("potentially_known", 0.05), ("potentially_known", 0.051), ("potentially_known", None),
            ("unknown", 1.0), ("known", 0.0)]  # fmt: skip
    assert beyond_chance(pd.DataFrame(rows, columns=["class", "p_guess"])) == (1, 2)


def test_the_table_tells_facts_beyond_chance_and_the_guess_of_every_relation(
    full: Results, settings: Settings
) -> None:
    made = detection.detection(full, settings)
    for row, shown in zip(made.data.itertuples(), made.sections[0].rows, strict=True):
        part = of_relation(full.detection, row.relation)
        half = part[part["class"] == "potentially_known"]
        assert shown[-1] == f"{(half['p_guess'] <= 0.05).sum()} of {len(half)}"
        assert shown[-2] == "20.0"
    beyond = made.data["beyond_chance"]
    assert 0 < beyond[0] < made.data["tested_for_chance"][0]
    assert beyond[0] == beyond[1:].sum()
    assert f"{beyond[0]} of" in knowledge.caption(full, settings)
