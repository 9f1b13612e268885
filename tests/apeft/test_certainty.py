"""p_wrong against simulated worlds, and against integrals done in another way."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import beta as beta_law

from apeft.certainty import KAPPA, add_certainty, change, grid, posterior

K, LARGER = 8, 64


def from_prior(n: int, rng: np.random.Generator) -> np.ndarray:
    mu, kappa = rng.beta(0.5, 0.5), np.exp(rng.uniform(*np.log(KAPPA)))
    return rng.beta(mu * kappa, (1 - mu) * kappa, n)


def few_right(n: int, rng: np.random.Generator) -> np.ndarray:
    return rng.beta(0.4, 8, n)


def simulated(
    law: Callable[[int, np.random.Generator], np.ndarray], facts: int, times: int
) -> dict[str, tuple[float, float, int]]:
    """Mean p_wrong, the share whose class changes when asked on, and facts: of each class."""
    rng = np.random.default_rng(0)
    said: dict[str, list[float]] = {"unknown": [], "known": []}
    seen: dict[str, list[bool]] = {"unknown": [], "known": []}
    for _ in range(times):
        p = law(facts, rng)
        right, later = rng.binomial(K, p), rng.binomial(LARGER - K, p)
        weights = posterior(right, K - right)
        for kind, inside, changed in (
            ("unknown", right == 0, later > 0),
            ("known", right == K, later < LARGER - K),
        ):
            said[kind] += [change(weights, kind, K, LARGER)] * int(inside.sum())
            seen[kind] += changed[inside].tolist()
    return {
        kind: (
            float(np.mean(said[kind] or [0])),
            float(np.mean(seen[kind] or [0])),
            len(seen[kind]),
        )
        for kind in said
    }


@pytest.mark.parametrize(("facts", "times"), [(10, 400), (200, 40)])
def test_p_wrong_is_the_share_of_classes_that_change_when_asked_on(facts: int, times: int) -> None:
    for kind, (said, happened, count) in simulated(from_prior, facts, times).items():
        assert count > 500, kind
        assert said == pytest.approx(happened, abs=0.05), kind


def test_p_wrong_holds_for_a_law_that_no_grid_point_was_made_for() -> None:
    said, happened, count = simulated(few_right, 200, 20)["unknown"]
    assert count > 1000
    assert said == pytest.approx(happened, abs=0.05)


def test_facts_that_are_never_right_cannot_be_told_from_rarely_right_ones() -> None:
    # A limit that the module states: half of the facts at p = 0, half at p = 0.5.
    def never_or_half(n: int, rng: np.random.Generator) -> np.ndarray:
        return np.where(rng.random(n) < 0.5, 0.0, 0.5)

    said, happened, _ = simulated(never_or_half, 40, 30)["unknown"]
    assert happened < 0.02
    assert 0.3 < said < 0.6


def test_with_known_mean_and_spread_it_is_the_integral_over_p() -> None:
    # Independent path: 1 - E[(1 - p)^56] under the posterior Beta(a, b + 8), integrated.
    a, b = grid()
    point = int(np.argmin(abs(a - 0.5) + abs(b - 2)))
    weights = np.zeros(len(a))
    weights[point] = 1.0
    law = beta_law(a[point], b[point] + K)
    stays = quad(lambda p: (1 - p) ** (LARGER - K) * law.pdf(p), 0, 1)[0]
    assert change(weights, "unknown", K, LARGER) == pytest.approx(1 - stays, abs=1e-6)


def test_right_and_wrong_mirror_one_another() -> None:
    right = np.array([0, 0, 3, 8, 5, 1])
    one, other = posterior(right, K - right), posterior(K - right, right)
    assert change(one, "unknown", K, LARGER) == pytest.approx(change(other, "known", K, LARGER))


def fact(correct: int, unscored: int, kind: str, relation: str = "job") -> dict:
    r = None if kind == "unscored" else correct / (K - unscored)
    counts = {"k": K, "correct": correct, "unscored": unscored}
    return {"relation": relation, "class": kind, "r": r, **counts}


def test_certainty_is_null_where_there_is_no_r_or_no_class_and_zero_beyond_doubt() -> None:
    rows = add_certainty(
        [
            fact(0, 0, "unknown"),
            fact(0, 0, "unknown", "year"),
            fact(3, 0, "potentially_known"),
            fact(1, 6, "unscored"),
        ],
        LARGER,
    )
    unknown, alone, half, unscored = rows
    assert unknown["r_low"] == 0 < unknown["r_high"] < 0.35
    assert half["r_low"] < 3 / 8 < half["r_high"]
    assert half["p_wrong"] == 0
    assert (unscored["r_low"], unscored["r_high"], unscored["p_wrong"]) == (None, None, None)
    # Beside half known facts a fact is more likely to be half known, too.
    assert alone["p_wrong"] < unknown["p_wrong"] < 1


def test_a_larger_k_can_only_raise_it() -> None:
    weights = posterior(np.array([0, 0, 1, 4]), np.array([8, 8, 7, 4]))
    found = [change(weights, "unknown", K, larger) for larger in (8, 9, 16, 64, 1000)]
    assert found[0] == 0
    assert found == sorted(found)
