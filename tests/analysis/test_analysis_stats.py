"""Golden values by hand unless a test names another source."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis import stats
from apeft.rng import keyed


def text(*names: str) -> np.ndarray:
    return np.array(names, dtype=object)


def test_resample_counts_draw_as_many_entities_as_there_are() -> None:
    drawn = stats.resample_counts(7, 50, keyed(0, "x"))
    assert drawn.shape == (50, 7)
    assert (drawn.sum(axis=1) == 7).all()


def test_cluster_mean_weighs_items_and_keeps_entities_whole() -> None:
    values = np.array([1.0, 1.0, 1.0, 0.0, 0.0])
    entities = text("a", "a", "a", "b", "c")
    found = stats.cluster_mean(values, entities, resamples=100, rng=keyed(0))
    assert found.estimate == pytest.approx(0.6)
    assert (found.items, found.entities) == (5, 3)
    assert found.method == "none"
    assert not found.known


def test_cluster_interval_equals_the_exact_bootstrap_distribution() -> None:
    # Five entities with means 0, 0, 0, 0, 1: a resample's mean is Binomial(5, 1/5)/5, whose 2.5 %
    # and 97.5 % quantiles are 0/5 (P = 0.328) and 3/5 (P(<= 2) = 0.942, P(<= 3) = 0.993).
    values = np.array([0.0, 0.0, 0.0, 0.0, 1.0])
    found = stats.cluster_mean(values, text("a", "b", "c", "d", "e"), resamples=4000, rng=keyed(1))
    assert (found.low, found.high) == pytest.approx((0.0, 0.6))


def test_repeating_an_entitys_items_does_not_narrow_its_interval() -> None:
    rng = keyed(3, "values")
    means = rng.random(20)
    once = stats.cluster_mean(means, text(*map(str, range(20))), resamples=500, rng=keyed(4))
    many = stats.cluster_mean(
        np.repeat(means, 10), np.repeat(text(*map(str, range(20))), 10), resamples=500, rng=keyed(4)
    )
    assert (many.low, many.high) == pytest.approx((once.low, once.high))


def test_paired_difference_of_equal_scores_is_exactly_zero() -> None:
    scores = keyed(0, "scores").random(30)
    found = stats.paired_difference(
        scores, scores, text(*map(str, range(30))), resamples=200, rng=keyed(0)
    )
    assert (found.estimate, found.low, found.high) == (0.0, 0.0, 0.0)


def test_percentile_interval_of_a_hundred_draws() -> None:
    # Linear interpolation between order statistics: 1 + 0.025 * 100 and 1 + 0.975 * 100.
    assert stats.percentile_interval(np.arange(1.0, 102.0)) == pytest.approx((3.5, 98.5))


def test_balanced_mean_gives_each_class_the_same_weight() -> None:
    values = np.array([1.0] * 8 + [0.0, 0.0] + [1.0, 0.0])
    groups = text(*["yes"] * 10, *["no"] * 2)
    found = stats.balanced_mean(
        values, groups, text(*map(str, range(12))), resamples=2000, rng=keyed(0)
    )
    assert found.estimate == pytest.approx((0.8 + 0.5) / 2)
    assert found.method == "jeffreys"
    assert found.low < found.estimate < found.high


def test_balanced_mean_of_few_right_answers_still_has_width() -> None:
    found = stats.balanced_mean(
        np.zeros(12), text(*["a", "b"] * 6), text(*map(str, range(12))), resamples=500, rng=keyed(0)
    )
    assert found.estimate == 0
    assert found.high > 0.05


def test_fixed_mix_uses_the_given_weights() -> None:
    facts = stats.Facts(
        np.array([1.0, 1.0, 0.0, 0.0]),
        text("job", "job", "job", "year"),
        text("a", "b", "c", "a"),
    )
    found = stats.fixed_mix(facts, {"job": 0.5, "year": 0.5}, resamples=50, rng=keyed(0))
    assert found.estimate == pytest.approx(0.5 * 2 / 3 + 0.5 * 0)


def test_fixed_mix_does_not_reward_silence_about_the_hard_relation() -> None:
    talks = stats.Facts(
        np.array([1.0, 0.0, 1.0, 0.0]), text("job", "year", "job", "year"), text("a", "a", "b", "b")
    )
    silent = stats.Facts(np.array([1.0, 1.0, 0.0]), text("job", "job", "year"), text("a", "b", "b"))
    mix = stats.relation_mix(talks.relations)
    assert silent.values.mean() > talks.values.mean()
    one, other = (stats.fixed_mix(f, mix, resamples=10, rng=keyed(0)) for f in (talks, silent))
    assert one.estimate == other.estimate == pytest.approx(0.5)


def test_fixed_mix_weighs_up_what_remains_and_covered_says_how_much() -> None:
    facts = stats.Facts(np.array([1.0, 0.0]), text("job", "job"), text("a", "b"))
    mix = {"job": 0.25, "year": 0.75}
    assert stats.fixed_mix(facts, mix, resamples=10, rng=keyed(0)).estimate == pytest.approx(0.5)
    assert stats.covered(facts, mix) == pytest.approx(0.25)


def test_fixed_mix_difference_of_a_model_and_itself_is_zero_in_every_resample() -> None:
    rng = keyed(9)
    facts = stats.Facts(
        rng.integers(0, 2, 40).astype(float),
        text(*["job", "year"] * 20),
        text(*[str(i // 2) for i in range(40)]),
    )
    mix = stats.relation_mix(facts.relations)
    found = stats.fixed_mix_difference(facts, facts, mix, resamples=200, rng=keyed(0))
    assert (found.estimate, found.low, found.high) == (0.0, 0.0, 0.0)


def test_fixed_mix_difference_compares_only_relations_that_both_state() -> None:
    tuned = stats.Facts(np.array([1.0]), text("job"), text("a"))
    base = stats.Facts(np.array([0.0, 1.0]), text("job", "year"), text("a", "a"))
    found = stats.fixed_mix_difference(
        tuned, base, {"job": 0.5, "year": 0.5}, resamples=10, rng=keyed(0)
    )
    assert found.estimate == pytest.approx(1.0)


def test_curve_means_by_position_and_drops_intervals_of_few_entities() -> None:
    values = np.array([1.0, 3.0, 1.0, 1.0, 1.0, 1.0, 5.0])
    positions = np.array([0, 1, 0, 0, 0, 0, 1])
    mean, low, high = stats.cluster_curve(
        values, positions, text("a", "a", "b", "c", "d", "e", "b"), resamples=50, rng=keyed(0)
    )
    assert mean.tolist() == [1.0, 4.0]
    assert (low[0], high[0]) == (1.0, 1.0)
    assert math.isnan(low[1])


def test_bootstrap_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    # 200 studies of 40 entities with 3 dependent items each, true mean 0; binomial 3-sigma band.
    names = np.repeat(text(*map(str, range(40))), 3)
    hits = 0
    for study in range(200):
        rng = keyed(0, "study", study)
        values = np.repeat(rng.normal(0, 1, 40), 3) + rng.normal(0, 0.3, 120)
        found = stats.cluster_mean(values, names, resamples=300, rng=rng)
        hits += found.low <= 0 <= found.high
    assert 0.88 <= hits / 200 <= 0.99
