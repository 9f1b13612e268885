"""P values of a :class:`~analysis.sample.Sample`, and their correction within a family."""

from __future__ import annotations

import math

import numpy as np
from scipy import stats as scipy_stats

from analysis.crossed import MIN_ENTITIES, spread_of
from analysis.sample import Floats, Sample
from analysis.sums import Sums
from apeft.rng import keyed

PERMUTATIONS = 9_999  # sign flips; exact when there are fewer


def p_value(
    sample: Sample,
    threshold: float,
    alternative: str,
    *,
    seed: int,
    permutations: int = PERMUTATIONS,
) -> float:
    """P value of "the estimate equals ``threshold``"; NaN where there is no interval either.

    Whether paired scores differ at all (threshold 0) is tested by flipping the sign of whole
    entities, exactly where they are few. That holds the adapters fixed; so with several seeds
    there is also the t test of the crossed standard error, and the larger p counts: a claim on the
    algorithm must hold for other people *and* for other seeds. A threshold other than 0, and scores
    that are not paired, have no signs to flip: there the t test stands alone.

    Args:
        sample: what the estimate rests on.
        threshold: in the estimate's unit.
        alternative: "two-sided", "greater" or "less".
        seed: of the sign flips.
        permutations: most sign flips to draw.
    """
    sums = Sums(sample)
    if np.bincount(sums.stratum).min() < MIN_ENTITIES:
        return math.nan
    found = 0.0
    flips = sample.paired and threshold == 0
    if flips:
        found = _sign_flips(sums, alternative, seed, permutations)
    if len(sample.seeds) > 1 or not flips:
        seeds, clusters = np.ones(len(sample.seeds)), np.ones((1, sums.shape[0]))
        estimate = float(sums.estimates(sample.values, seeds, clusters)[0])
        if sample.scale is not None:
            estimate /= float(sums.estimates(sample.scale, seeds, clusters)[0])
        spread = spread_of(sample, sums, estimate)
        distance = estimate - threshold
        statistic = 0.0
        if distance != 0:
            statistic = distance / spread.se if spread.se > 0 else math.copysign(math.inf, distance)
        greater = float(scipy_stats.t.sf(statistic, spread.df))
        less = float(scipy_stats.t.cdf(statistic, spread.df))
        by_t = {"greater": greater, "less": less, "two-sided": min(1.0, 2 * min(greater, less))}
        found = max(found, by_t[alternative])
    return found


def _sign_flips(sums: Sums, alternative: str, seed: int, permutations: int) -> float:
    contributions = sums.contributions()
    moved = contributions[contributions != 0]  # flipping a zero changes nothing
    if moved.size == 0:
        return 1.0
    if moved.size == 1:  # SciPy wants two observations; a zero has no sign to flip
        moved = np.append(moved, 0.0)
    done = scipy_stats.permutation_test(
        (moved,),
        lambda flipped, axis: flipped.sum(axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=permutations,
        batch=max(1, 2_000_000 // moved.size),
        alternative=alternative,
        rng=keyed(seed, "sign flips"),
    )
    return float(done.pvalue)


def holm(p_values: Floats) -> Floats:
    """Holm's step-down adjusted p values [N] of a family; NaN (not tested) stays NaN."""
    adjusted = np.full(len(p_values), np.nan)
    tested = np.flatnonzero(np.isfinite(p_values))
    order = tested[np.argsort(p_values[tested], kind="stable")]
    steps = p_values[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted
