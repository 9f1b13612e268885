"""r as a predictor: a planted rank correlation, disjoint samples, and no regression to the mean."""

from __future__ import annotations

import hand_made
import numpy as np
import pytest
from hand_made import Arm
from scipy.stats import spearmanr

from analysis import style
from analysis.ablations import classes
from analysis.ablations.arms import arms
from analysis.ablations.predictor import (
    MARGIN,
    correlation,
    gains,
    halves,
    mean,
    r_gains,
    rank_correlation,
)
from analysis.load import Results
from analysis.settings import Settings
from apeft.rng import keyed

# Share of right ones among the even samples: 0, 1/2 or 1, within every relation.
EVEN = {fact: index // 2 % 3 / 2 for index, (*_, fact) in enumerate(hand_made.facts())}


def verdicts(fact: str) -> list[bool | None]:
    """Four samples: the even ones are right as EVEN says, of the odd ones the first is."""
    right = round(2 * EVEN[fact])
    return [right > 0, True, right > 1, False]


def rising(fact: str) -> float:
    return 2 * EVEN[fact]


def planted(**arms_of: Arm) -> Results:
    return hand_made.results(
        {("dpo", f"class-{name.replace('_', '-')}"): arm for name, arm in arms_of.items()}
    )


def test_ranks_give_scipys_spearman_with_ties() -> None:
    rng = keyed(1, "ranks")
    x, y = rng.integers(4, size=40).astype(float), rng.normal(size=40)
    once = spearmanr(x, y).statistic
    assert rank_correlation(x, y) == pytest.approx(once)
    # Groups of the same facts again change nothing, whatever lies between the groups.
    twice, groups = np.concatenate([x, x + 9]), np.repeat([0, 1], 40)
    assert rank_correlation(twice, np.concatenate([y, y - 7]), groups) == pytest.approx(once)
    # An item that was drawn twice, or never, is there twice, or not at all.
    drawn = rng.integers(3, size=(5, 40))
    expected = [spearmanr(np.repeat(x, row), np.repeat(y, row)).statistic for row in drawn]
    assert rank_correlation(x, y, weights=drawn.astype(float)) == pytest.approx(expected)


def test_within_relations_a_difference_between_relations_does_not_correlate() -> None:
    x = np.array([0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 1.0])
    groups = np.array([0, 0, 1, 1, 1, 1, 2, 2])
    y = np.array([0.0, 1.0, 5.0, 6.0, 7.0, 8.0, 2.0, 1.0])
    assert rank_correlation(x, y) > 0.5
    # the last group alone has different r, and there it falls
    assert rank_correlation(x, y, groups) == pytest.approx(-1.0)
    assert np.isnan(rank_correlation(np.zeros(4), np.arange(4.0))).all()


def test_halves_are_disjoint_and_an_undecided_sample_is_in_neither_share() -> None:
    rows = hand_made.answers({"base": lambda fact: [True, False, None, None, True, False]})
    table = halves(rows, "base", 0.5)
    assert set(table["even"]) == {1.0}  # samples 0 and 4; sample 2 is unscored
    assert set(table["odd"]) == {0.0}
    assert set(table["class"]) == {"known"}
    strict = halves(rows, "base", 0.7)
    assert set(strict["class"]) == {"unscored"}
    assert halves(rows, "dpo-apeft-0", 0.5).empty


def test_other_temperatures_are_passed_over() -> None:
    rows = hand_made.answers({"base": verdicts})
    cold = [row | {"main": False, "samples": [{"correct": True}] * 4} for row in rows]
    assert halves([*cold, *rows], "base", 0.5).equals(halves(rows, "base", 0.5))


def test_a_planted_correlation_is_found_and_none_is_not(settings: Settings) -> None:
    luck = {fact: keyed(3, "luck", fact).normal() for fact in EVEN}
    made = planted(known=Arm(margin=rising), unknown=Arm(margin=luck.__getitem__))
    asked = halves(hand_made.answers({"base": verdicts}), "base", 0.5)
    cells = arms(made)
    perfect = gains(made, cells["class-known"], asked, MARGIN)
    none = gains(made, cells["class-unknown"], asked, MARGIN)
    assert perfect is not None
    assert none is not None
    found = correlation(perfect, settings, "all")
    assert found is not None
    assert found.estimate == pytest.approx(1.0)
    assert (found.low, found.items, found.entities) == (pytest.approx(1.0), len(EVEN), 32)
    other = correlation(none, settings, "all")
    assert other is not None
    assert not other.excludes_zero
    assert other.low < other.estimate < other.high


def test_mean_gains_by_class_are_those_that_were_planted(settings: Settings) -> None:
    made = planted(known=Arm(margin=rising, seeds=(0, 1)))
    asked = halves(hand_made.answers({"base": verdicts}), "base", 0.5)
    found = gains(made, arms(made)["class-known"], asked, MARGIN)
    assert found is not None
    expected = {"unknown": 0.0, "potentially_known": 1.0, "known": 2.0}
    for kind, value in expected.items():
        one = mean(found.of(found.kinds == kind), settings, kind)
        assert one is not None
        assert one.estimate == pytest.approx(value)
    assert mean(found.of(found.kinds == "unscored"), settings) is None


def test_a_model_that_did_not_change_gains_no_r_though_noise_is_shared(settings: Settings) -> None:
    # The samples of all variants are drawn by the same noise: an unchanged model repeats the
    # base's, and with even samples on either side r would seem to change with its predictor.
    made = planted(known=Arm())
    rows = hand_made.answers({"base": verdicts, "dpo-class-known-0": verdicts})
    asked = halves(rows, "base", 0.5)
    found = r_gains(made, arms(made)["class-known"], asked, rows, 0.5)
    assert found is not None
    assert (found.values == 0).all()
    assert r_gains(made, arms(made)["class-known"], asked, [], 0.5) is None


def test_regression_to_the_mean_does_not_look_like_a_gain(settings: Settings) -> None:
    # Every answer is right by a coin, before and after: facts at r = 0 must not seem to rise.
    def coin(name: str, fact: str) -> list[bool | None]:
        return [bool(one) for one in keyed(5, name, fact).random(8) < 0.5]

    made = planted(known=Arm())
    rows = hand_made.answers(
        {name: lambda fact, name=name: coin(name, fact) for name in ("base", "dpo-class-known-0")}
    )
    asked = halves(rows, "base", 0.5)
    found = r_gains(made, arms(made)["class-known"], asked, rows, 0.5)
    assert found is not None
    one = correlation(found, settings, "all")
    assert one is not None
    assert not one.excludes_zero
    # With the predictor's own samples as the baseline, luck looks like a gain of unknown facts.
    naive = found.values[0] + asked["odd"].to_numpy() - asked["even"].to_numpy()
    assert rank_correlation(found.r, naive) < -0.4


def test_the_finding_tells_correlations_classes_and_what_was_not_trained(
    settings: Settings,
) -> None:
    made = planted(known=Arm(gain=0.0), potentially_known=Arm(gain=0.05, margin=rising))
    rows = hand_made.answers({"base": verdicts, "dpo-class-known-0": verdicts})
    with style.applied():
        found = classes.finding(made, rows, settings, reasons={"class-unknown": "9 of 60 pairs"})
    assert "In domain, by the class that was trained on: a difference for potentially known − " in (
        found.sentences
    )
    assert "+1.00 [+1.00, +1.00] after training on potentially known facts" in found.sentences
    assert "known ones by +2.00 nats" in found.sentences
    assert found.sentences.endswith("Not trained: class-unknown (9 of 60 pairs).")
    assert "2 of 4 of the base's samples" in found.caption
    gain = found.tables[1].data.set_index(["arm", "class", "measure"])["estimate"]
    assert gain["class-known", "unknown", "r"] == 0
    assert gain["class-potentially-known", "known", "margin"] == pytest.approx(2.0)


def test_without_an_arm_it_is_not_run_and_without_answers_nothing_is_claimed(
    settings: Settings,
) -> None:
    assert classes.finding(hand_made.results({}), [], settings).sentences.startswith("Not run")
    with style.applied():
        found = classes.finding(planted(known=Arm()), [], settings)
    assert "not measured after training on known facts" in found.sentences
