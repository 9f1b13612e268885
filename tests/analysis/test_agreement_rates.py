"""Intervals of agreement, and how the table tells what was measured."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.agreement import f1_interval, rates
from analysis.tables.judges import Agreement, table


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
