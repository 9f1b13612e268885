"""Golden values by hand unless a test names another source."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats as scipy_stats

from analysis import stats
from analysis.sample import make
from apeft.rng import keyed


def text(*names: str) -> np.ndarray:
    return np.array(names, dtype=object)


def test_cluster_mean_weighs_items_and_keeps_entities_whole() -> None:
    values = np.array([1.0, 1.0, 1.0, 0.0, 0.0])
    entities = text("a", "a", "a", "b", "c")
    found = stats.cluster_mean(values, entities, resamples=100, rng=keyed(0))
    assert found.estimate == pytest.approx(0.6)
    assert (found.items, found.entities) == (5, 3)
    assert found.method == "none"
    assert not found.known


def test_repeating_an_entitys_items_does_not_narrow_its_interval() -> None:
    rng = keyed(3, "values")
    means = rng.random(20)
    once = stats.cluster_mean(means, text(*map(str, range(20))), resamples=500, rng=keyed(4))
    many = stats.cluster_mean(
        np.repeat(means, 10), np.repeat(text(*map(str, range(20))), 10), resamples=500, rng=keyed(4)
    )
    assert (many.low, many.high) == pytest.approx((once.low, once.high))


def test_balanced_mean_gives_each_class_the_same_weight() -> None:
    values = np.array([1.0] * 8 + [0.0, 0.0] + [1.0, 0.0])
    groups = text(*["yes"] * 10, *["no"] * 2)
    sample = make(values, text(*map(str, range(12))), groups=groups, strata=groups)
    found = stats.balanced_mean(sample, resamples=2000, rng=keyed(0))
    assert found.estimate == pytest.approx((0.8 + 0.5) / 2)
    assert found.method == "jeffreys"
    assert found.low < found.estimate < found.high


def test_balanced_mean_of_few_right_answers_still_has_width() -> None:
    groups = text(*["a", "b"] * 6)
    sample = make(np.zeros(12), text(*map(str, range(12))), groups=groups, strata=groups)
    found = stats.balanced_mean(sample, resamples=500, rng=keyed(0))
    assert found.estimate == 0
    assert found.high > 0.05


def test_scores_that_are_all_wrong_or_all_right_have_the_width_of_a_rate() -> None:
    # Jeffreys for nothing of n: 0 to the 97.5th percentile of Beta(1/2, n + 1/2), from SciPy.
    def highest(n: int) -> float:
        return float(scipy_stats.beta.ppf(0.975, 0.5, n + 0.5))

    found = stats.rate(np.zeros(50), text(*map(str, range(50))), resamples=50, rng=keyed(0))
    assert (found.low, found.high, found.method) == (0, pytest.approx(highest(50)), "jeffreys")
    # Eight biographies of three facts each, none of which is right: eight are what was drawn.
    people = text(*[str(number // 3) for number in range(24)])
    found = stats.share(make(np.zeros(24), people), resamples=50, rng=keyed(0))
    assert (found.low, found.high) == (0, pytest.approx(highest(8)))
    found = stats.share(make(np.ones(24), people), resamples=50, rng=keyed(0))
    assert (found.low, found.high) == (pytest.approx(1 - highest(8)), 1)


def test_scores_that_agree_on_another_value_have_no_interval() -> None:
    found = stats.share(make(np.full(8, 0.5), text(*"abcdefgh")), resamples=50, rng=keyed(0))
    assert (found.estimate, found.known, found.method) == (0.5, False, "none")


def test_a_model_that_turns_nothing_down_has_an_interval_of_balanced_accuracy() -> None:
    groups = text(*["known"] * 40, *["unknown"] * 40)
    right = np.array([1.0] * 40 + [0.0] * 40)
    sample = make(right, text(*map(str, range(80))), groups=groups, strata=groups)
    found = stats.balanced_mean(sample, resamples=2000, rng=keyed(0))
    assert found.estimate == 0.5
    assert 0.01 < 0.5 - found.low < 0.05
    assert 0.01 < found.high - 0.5 < 0.05


def test_items_of_one_entity_that_agree_count_once() -> None:
    # All wrong, of eight entities: 29 items and 40 have the same interval, by rate and by class.
    upper = float(scipy_stats.beta.ppf(0.975, 0.5, 8.5))
    for items in (29, 40):
        people = text(*[str(number % 8) for number in range(items)])
        found = stats.rate(np.zeros(items), people, resamples=50, rng=keyed(0))
        assert found.high == pytest.approx(upper)
    groups = text(*["one"] * 40, *["other"] * 40)
    people = text(*[f"{groups[number]}{number % 8}" for number in range(80)])
    sample = make(np.zeros(80), people, groups=groups, strata=groups)
    found = stats.balanced_mean(sample, resamples=4000, rng=keyed(0))
    # The mean of two such posteriors: near 1/18 each, and below the single one's upper end.
    assert 0.08 < found.high < upper


def test_curve_means_by_position_and_drops_intervals_of_few_entities() -> None:
    values = np.array([1.0, 3.0, 1.0, 1.0, 1.0, 1.0, 5.0])
    positions = np.array([0, 1, 0, 0, 0, 0, 1])
    mean, low, high = stats.cluster_curve(
        values, positions, text("a", "a", "b", "c", "d", "e", "b"), resamples=50, rng=keyed(0)
    )
    assert mean.tolist() == [1.0, 4.0]
    assert (low[0], high[0]) == (1.0, 1.0)
    assert math.isnan(low[1])
