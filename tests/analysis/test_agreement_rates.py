"""Intervals of agreement, and how the table tells what was measured."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.agreement import f1_interval, rates
from analysis.tables.judges import Agreement, table
from apeft.records import read_json
from stages.judges import MEASURED


def test_the_f1_interval_is_that_of_simulated_counts() -> None:
    # An independent path: draw (hits, misses, false) from its Dirichlet posterior and take F1.
    rng = np.random.default_rng(0)
    draws = rng.dirichlet([30 + 0.5, 6 + 0.5, 10 + 0.5], size=200_000)
    simulated = np.quantile(2 * draws[:, 0] / (1 + draws[:, 0]), [0.025, 0.975])
    assert f1_interval(30, 6, 10) == pytest.approx(tuple(simulated), abs=2e-3)


def test_rates_of_nothing_are_null() -> None:
    assert rates(0, 0, 0) == {"precision": None, "recall": None, "f1": None}
    found = rates(8, 2, 0)
    assert found["precision"][0] == 1.0
    assert found["recall"][0] == 0.8
    assert found["recall"][1] < 0.8 < found["recall"][2]


def row(**more: object) -> dict[str, object]:
    zero = dict.fromkeys(("hits", "misses", "false", "rest", "unscored"), 0)
    return {"table": "t", "of": "x", "judge": "typed", **zero, **rates(0, 0, 0)} | more


def test_what_was_not_measured_says_so_and_a_change_of_rules_is_told() -> None:
    measured = row(hits=8, misses=2, unscored=3) | rates(8, 2, 0)
    made = table([Agreement("typed", [row(), measured], "2026-01-02", changed=False)])
    empty, full = made.sections[0].rows
    assert empty[3:6] == ("not measured",) * 3
    assert full[3].startswith("100.0 [")
    assert full[6:] == ("10", "13", "3")
    assert "2026-01-02" in made.caption
    assert "CHANGED" not in made.caption
    assert "CHANGED" in table([Agreement("typed", [], "2026-01-02", changed=True)]).caption


def test_the_models_own_texts_come_first_and_else_the_order_is_as_measured() -> None:
    names = ("statements, people's biographies", "statements, own sentences", "answers",
             "premise, people's answers", "premise, own answers")  # fmt: skip
    first = Agreement("typed", [row(table=name) for name in names], "2026-01-02", changed=False)
    second = Agreement("m", [row(table="answers", judge="m")], "2026-01-02", changed=False)
    made = table([first, second])
    shown = [(one[0], one[2]) for one in made.sections[0].rows]
    assert shown == [
        ("statements, own sentences", "typed"), ("answers", "typed"),
        ("premise, own answers", "typed"), ("answers", "m"),
        ("statements, people's biographies", "typed"), ("premise, people's answers", "typed"),
    ]  # fmt: skip
    assert list(zip(made.data["table"], made.data["judge"], strict=True)) == shown


def test_every_measured_table_is_known_as_the_models_own_or_others() -> None:
    rows = read_json(MEASURED)["rows"]
    shown = table([Agreement("typed", rows, "2026-01-02", changed=False)]).sections[0].rows
    others = [any(who in one[0] for who in ("people", "other ")) for one in shown]
    assert len(shown) == len(rows)
    assert others == sorted(others)
    assert any(others)
    assert not all(others)


def test_the_table_says_what_negatives_are_and_of_how_many_a_rate_of_few_is() -> None:
    few, many = row(hits=8, false=1) | rates(8, 0, 1), row(hits=9, false=1) | rates(9, 0, 1)
    made = table([Agreement("typed", [few, many], "2026-01-02", changed=False)])
    assert made.sections[0].rows[0][3].endswith("], of 9")
    assert made.sections[0].rows[1][3].endswith("]")
    for named in ("FalseQA's negatives", "those of KUQ", "GPT-4", "Jeffreys intervals"):
        assert named in made.caption


def test_the_measurement_tells_lengths_apart_where_there_are_several() -> None:
    of = {(one["table"], one["of"]) for one in read_json(MEASURED)["rows"]}
    for asked, name in (("abstention", "kuq"), ("premise", "falseqa")):
        assert (f"{asked}, people's answers", f"{name}, held out, 8-45 words") in of
    assert ("abstention, other models' answers", "selfaware, developed on, 8-45 words") in of


def test_the_caption_says_who_read_the_labels_and_calls_no_model_people() -> None:
    caption = table([Agreement("typed", [row()], "2026-01-02", changed=False)]).caption
    assert "labels/ were read by language models (labels/README.md)" in caption
    assert "FalseQA and KUQ (people's answers) are people's" in caption
    assert "against people" not in caption
    assert "people found" not in caption


def test_misses_that_are_no_admissions_are_told_in_the_caption() -> None:
    read = Agreement("typed", [], "2026-01-02", changed=False, misses={"answers": 3, "admits": 1})
    caption = table([read]).caption
    assert "KUQ's 4 held-out answers" in caption
    assert "1 admit it, 3 answer it outright" in caption
    assert "KUQ's" not in table([Agreement("typed", [], "2026-01-02", changed=False)]).caption
