"""Golden values by hand unless a test names another source."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats as scipy_stats

from analysis.crossed import Inference, infer, stratified_counts
from analysis.sample import Sample, combine, make, steps
from analysis.significance import holm, p_value
from apeft.rng import keyed


def names(count: int, kind: str = "e") -> np.ndarray:
    return np.array([f"{kind}{number:03d}" for number in range(count)], dtype=object)


def text(*words: str) -> np.ndarray:
    return np.array(words, dtype=object)


def inferred(sample: Sample, **more: object) -> Inference:
    return infer(sample, resamples=4000, rng=keyed(1), **more)  # type: ignore[arg-type]


def test_counts_draw_as_many_clusters_of_each_stratum_as_it_has() -> None:
    drawn = stratified_counts(np.array([0, 1, 0, 1, 1]), 50, keyed(0))
    assert (drawn[:, [0, 2]].sum(axis=1) == 2).all()
    assert (drawn[:, [1, 3, 4]].sum(axis=1) == 3).all()


def test_with_one_item_an_entity_and_one_seed_it_is_students_interval() -> None:
    # Independent path: SciPy's one-sample t interval; the draws are near normal here.
    values = keyed(3).normal(0.1, 0.2, 40)
    found = inferred(make(values, names(40)))
    expected = scipy_stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert (found.estimate, found.df) == (pytest.approx(values.mean()), pytest.approx(39))
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=0.006)


def test_two_sets_have_the_degrees_of_freedom_of_welch() -> None:
    # Independent path: Welch's test in SciPy is the difference of two sets.
    one, other = keyed(4).normal(0, 0.1, 30), keyed(5).normal(0, 0.4, 12)
    sample = combine(
        [make(one, names(30), strata="a"), make(other, names(12, "f"), strata="b")], [1.0, -1.0]
    )
    expected = scipy_stats.ttest_ind(one, other, equal_var=False)
    found = inferred(sample)
    assert found.df == pytest.approx(expected.df)
    assert found.estimate / found.se == pytest.approx(expected.statistic)
    p = p_value(sample, 0.0, "two-sided", seed=0)
    assert p == pytest.approx(expected.pvalue)


def test_a_seed_effect_alone_gives_students_interval_over_seeds() -> None:
    # Every entity moves alike, so the seeds' means are all there is: K = 4, df = 3.
    by_seed = np.array([0.02, 0.05, 0.01, 0.08])
    sample = make(np.repeat(by_seed[:, None], 20, axis=1), names(20), seeds=(0, 1, 2, 3))
    found = inferred(sample)
    assert found.se == pytest.approx(by_seed.std(ddof=1) / 2)
    assert found.df == pytest.approx(3)
    assert found.se_entities == pytest.approx(0)
    p = p_value(sample, 0.0, "two-sided", seed=0)
    assert p == pytest.approx(scipy_stats.ttest_1samp(by_seed, 0).pvalue)


def test_variance_is_that_of_entities_plus_seeds_less_both() -> None:
    # 2 seeds, 5 entities: entity means 1 2 3 4 5 (variance 2.5, /5), seed effect ±1 (variance 2,
    # /2), no interaction: V = 0.5 + 1.
    values = np.arange(1.0, 6.0) + np.array([[1.0], [-1.0]])
    found = inferred(make(values, names(5), seeds=(0, 1)))
    assert found.se**2 == pytest.approx(1.5)
    assert (found.se_entities**2, found.se_seeds**2) == pytest.approx((0.5, 1.0))


def test_seeds_of_one_item_are_averaged_before_items_are() -> None:
    values = np.array([[0.0, 1.0], [1.0, np.nan]])
    found = inferred(make(values, names(2), seeds=(0, 1)))
    assert found.estimate == pytest.approx(0.75)
    assert not found.known  # two entities


def test_repeating_an_entitys_items_does_not_narrow_its_interval() -> None:
    values = keyed(3, "values").random(20)
    once = inferred(make(values, names(20)))
    many = inferred(make(np.repeat(values, 10), np.repeat(names(20), 10)))
    assert (many.se, many.low, many.high) == pytest.approx((once.se, once.low, once.high))


def test_parts_are_weighted_whatever_their_size() -> None:
    values = np.array([1.0] * 8 + [0.0] * 2 + [1.0, 0.0])
    sample = make(values, names(12), groups=text(*["a"] * 10, *["b"] * 2), weights={"a": 1, "b": 3})
    assert inferred(sample).estimate == pytest.approx(0.25 * 0.8 + 0.75 * 0.5)


def test_a_part_that_nobody_states_weighs_the_others_up() -> None:
    sample = make(np.array([1.0, 0.0]), names(2), groups=text("job", "job"),
                  weights={"job": 0.25, "year": 0.75})  # fmt: skip
    assert inferred(sample).estimate == pytest.approx(0.5)


def test_silence_about_the_hard_relation_gains_nothing_at_a_fixed_mix() -> None:
    mix = {"job": 0.5, "year": 0.5}
    talks = make(np.array([1.0, 0, 1, 0]), text("a", "a", "b", "b"), weights=mix,
                 groups=text("job", "year", "job", "year"))  # fmt: skip
    silent = make(np.array([1.0, 1, 0]), text("a", "b", "b"), weights=mix,
                  groups=text("job", "job", "year"))  # fmt: skip
    assert inferred(talks).estimate == inferred(silent).estimate == pytest.approx(0.5)


def test_a_relative_change_is_the_change_of_the_mean_by_the_mean() -> None:
    rng = keyed(8)
    base = rng.uniform(0.4, 0.6, 30)
    sample = make(0.1 * base, names(30), scale=base, paired=True)
    found = inferred(sample)
    assert (found.estimate, found.low, found.high) == pytest.approx((0.1, 0.1, 0.1))
    assert inferred(sample.in_points()).estimate == pytest.approx(0.1 * base.mean())


def test_variants_of_one_entity_are_drawn_together() -> None:
    # Two variants with opposite values: their mean is zero in every resample.
    values = keyed(2).normal(0, 1, 20)
    sample = combine([make(values, names(20)), make(-values, names(20))], [0.5, 0.5])
    found = inferred(sample)
    assert (found.low, found.high) == pytest.approx((0.0, 0.0))
    assert (found.items, found.entities) == (20, 20)


def test_samples_are_combined_over_the_seeds_that_they_share() -> None:
    one = make(np.array([[1.0] * 6, [3.0] * 6]), names(6), seeds=(0, 1))
    other = make(np.array([[5.0] * 6, [7.0] * 6]), names(6), seeds=(1, 2))
    both = combine([one, other], [0.5, 0.5])
    assert both.seeds == (1,)
    assert inferred(both).estimate == pytest.approx((3 + 5) / 2)
    with pytest.raises(ValueError, match="no seed is shared"):
        combine([one, make(np.ones((1, 6)), names(6), seeds=(9,))], [0.5, 0.5])


def test_ties_alone_are_no_proof_of_no_change() -> None:
    # 28 pairs without one that differs: of 30 one gained and one lost a step of 1, so ± t √2 / 30.
    found = inferred(make(np.zeros(28), names(28), paired=True))
    assert found.estimate == 0
    half = scipy_stats.t.ppf(0.975, 27) * math.sqrt(2) / 30
    assert (found.low, found.high) == pytest.approx((-half, half), rel=0.1)
    assert (found.moved, found.method, found.floor) == (0, "floor", 1.0)
    assert p_value(make(np.zeros(28), names(28), paired=True), 0.0, "two-sided", seed=0) == 1.0


def test_a_floor_is_in_the_step_of_the_measure() -> None:
    # A text of five cells moves in fifths; so does an entity of five items that are right or wrong.
    whole = inferred(make(np.zeros(16), names(16), paired=True))
    fifths = inferred(make(np.zeros(16), names(16), paired=True, step=np.full(16, 0.2)))
    cells = inferred(make(np.zeros(80), np.repeat(names(16), 5), paired=True))
    assert fifths.se == pytest.approx(whole.se / 5)
    assert cells.se == pytest.approx(whole.se / 5)


def test_few_that_moved_add_to_the_floor_and_enough_have_none() -> None:
    # By hand: two of 16 gained 1. (16/18)² of their own variance, 2 / 18² for the two supposed.
    values = np.array([1.0, 1.0] + [0.0] * 14)
    own = 16 / 15 * float(((values - 1 / 8) ** 2).sum()) / 16**2
    found = inferred(make(values, names(16), paired=True))
    assert found.se**2 == pytest.approx(own * (16 / 18) ** 2 + 2 / 18**2)
    assert (found.moved, found.method) == (2, "floor")
    enough = inferred(make(np.array([1.0] * 5 + [0.0] * 11), names(16), paired=True))
    assert (enough.moved, enough.method, enough.floor) == (5, "bootstrap", 0.0)


def test_a_floor_in_one_of_two_sets_is_named_and_its_share_told() -> None:
    moves = make(keyed(1).choice([-1.0, 1.0], 20), names(20), strata="a", paired=True)
    still = make(np.zeros(20), names(20, "f"), strata="b", paired=True)
    found = inferred(combine([moves, still], [0.5, 0.5]))
    assert found.method == "bootstrap and floor"
    assert found.floor == pytest.approx((0.5 * math.sqrt(2) / 22) ** 2 / found.se**2)


def test_variants_that_move_together_have_the_floor_of_one() -> None:
    one = make(np.zeros(16), names(16), paired=True)
    several = combine([one] * 5, [0.2] * 5)
    assert inferred(several).se == pytest.approx(inferred(one).se)


def test_two_sides_with_the_same_facts_have_not_moved() -> None:
    # A fixed mix sets the scores of two sides against each other instead of pairing items.
    right = np.array([1.0, 0, 1, 0, 1, 1, 0, 1])
    side = make(right, names(8), groups=text(*"ababaabb"), step=np.ones(8))
    same = inferred(combine([side, side], [1.0, -1.0], paired=True))
    assert (same.moved, same.method) == (0, "floor")
    other = make(1 - right, names(8), groups=text(*"ababaabb"), step=np.ones(8))
    assert inferred(combine([side, other], [1.0, -1.0], paired=True)).moved == 8


def test_steps_are_read_off_the_scores() -> None:
    fifths = np.array([[0.4, 0.0, 1.0], [0.6, 0.2, np.nan]])
    assert steps(fifths) == pytest.approx([0.2, 0.2, 0.2])  # 5 of 5 right takes the others' step
    assert steps(np.array([[1.0, 0.0]])) == pytest.approx([1, 1])
    assert steps(np.array([[0.333333333, 0.5]])) == pytest.approx([1 / 3, 1 / 2])
    assert steps(np.array([[-3.2871, 0.5]])) == pytest.approx([0, 0])  # a log-probability
    assert steps(np.array([[12.0, 31.0]])) == pytest.approx([1, 1])  # a length


def test_these_adapters_are_their_mean_over_seeds_with_entities_alone_drawn() -> None:
    values = keyed(9).normal(0, 1, (3, 20)) + np.array([[1.0], [0.0], [-1.0]])
    values[0, 3] = np.nan
    found = inferred(make(values, names(20), seeds=(0, 1, 2)).over_seeds())
    plain = inferred(make(np.nanmean(values, axis=0), names(20)))
    assert (found.estimate, found.se) == pytest.approx((plain.estimate, plain.se))
    assert found.seeds == 1
    crossed = inferred(make(values, names(20), seeds=(0, 1, 2)))
    assert crossed.estimate == pytest.approx(found.estimate)
    assert crossed.se > found.se


def test_ties_of_a_relative_change_have_the_width_of_the_change_by_the_level() -> None:
    # At a level of 0.3 what is supposed to have changed is 1 / 0.3 times as large.
    one = make(np.zeros((3, 80)), names(80), scale=np.full((3, 80), 0.3), seeds=(0, 1, 2),
               paired=True)  # fmt: skip
    relative, points = inferred(one), inferred(one.in_points())
    assert (relative.low, relative.high) == pytest.approx((points.low / 0.3, points.high / 0.3))
    assert p_value(one, 0.03, "two-sided", seed=0) == pytest.approx(
        p_value(one.in_points(), 0.009, "two-sided", seed=0)
    )


def test_sign_flips_of_few_entities_are_exact() -> None:
    # All six differences positive: 2 of 2^6 sign patterns are as extreme. The zero adds nothing.
    sample = make(np.array([1.0, 2, 3, 4, 5, 6, 0]), names(7), paired=True)
    assert p_value(sample, 0.0, "two-sided", seed=0) == pytest.approx(2 / 64)
    assert p_value(sample, 0.0, "greater", seed=0) == pytest.approx(1 / 64)
    assert p_value(sample, 0.0, "less", seed=0) == 1.0


def test_one_entity_that_moved_among_ties_shows_nothing() -> None:
    sample = make(np.array([1.0, 0, 0, 0, 0, 0]), names(6), paired=True)
    assert p_value(sample, 0.0, "two-sided", seed=0) == 1.0
    assert p_value(sample, 0.0, "greater", seed=0) == pytest.approx(1 / 2)


def test_sign_flips_keep_an_entitys_items_together() -> None:
    # Ten items, but six entities: still 2^6 patterns.
    sample = make(np.ones(10), text(*"aaaaabcdef"), paired=True)
    assert p_value(sample, 0.0, "two-sided", seed=0) == pytest.approx(2 / 64)


def test_with_several_seeds_the_larger_p_counts() -> None:
    # Seeds disagree about everything: entities alone would make it certain.
    values = np.repeat(np.array([[0.5], [-0.1]]), 20, axis=1)
    sample = make(values, names(20), seeds=(0, 1), paired=True)
    by_t = 2 * scipy_stats.t.sf(0.2 / 0.3, 1)
    assert p_value(sample, 0.0, "two-sided", seed=0) == pytest.approx(by_t)
    assert p_value(sample.of_seeds([0]), 0.0, "two-sided", seed=0) < 0.001


def test_a_share_keeps_within_its_bounds() -> None:
    values = np.array([1.0] * 11 + [0.0])
    found = inferred(make(values, names(12)), bounds=(0.0, 1.0))
    assert found.high == 1.0
    assert inferred(make(values, names(12))).high > 1.0


def test_fewer_than_five_entities_in_a_stratum_give_neither_interval_nor_p() -> None:
    sample = combine(
        [make(np.arange(9.0), names(9), strata="a", paired=True),
         make(np.arange(4.0), names(4, "f"), strata="b", paired=True)], [0.5, 0.5]
    )  # fmt: skip
    found = inferred(sample)
    assert found.estimate == pytest.approx((4 + 1.5) / 2)
    assert not found.known
    assert math.isnan(p_value(sample, 0.0, "two-sided", seed=0))


def test_holm_is_that_of_the_textbook_and_leaves_what_was_not_tested() -> None:
    # 0.01 x 4, 0.02 x 3, then 0.03 x 2 and 0.04 x 1 are raised to the steps before them.
    adjusted = holm(np.array([0.04, 0.01, np.nan, 0.03, 0.02]))
    assert adjusted[[1, 4, 3, 0]] == pytest.approx([0.04, 0.06, 0.06, 0.06])
    assert math.isnan(adjusted[2])
