"""Intervals and tests of a :class:`~analysis.sample.Sample`: entities crossed with seeds.

Facts of one biography depend on one another, so the entity (person, country, question) is what
is resampled, never the item; seeds are a second factor, crossed with entities: every seed writes
about every person. Both are resampled, each by itself (the pigeonhole bootstrap, Owen 2007). Its
spread is wrong for few clusters and few seeds, so the draws keep their shape and get the width of
a t interval: they are stretched until their standard deviation is ``se * t / z``, with

- ``se``² = V(entities) + max(0, V(seeds) - V(both)), the two-way cluster variance of linearised
  contributions (Cameron, Gelbach & Miller 2011), each term with its n / (n - 1);
- t at Satterthwaite's degrees of freedom for entities in several strata, and half-widths of
  entities and seeds (at one less than their number) added in quadrature (Howe 1974), so few
  clusters (Hesterberg 2015, "expanded percentile interval") and few seeds widen the interval.

Where fewer than ``MIN_MOVED`` entities of a stratum changed at all, ties tell no spread. Then two
more entities are supposed there, of which one gained and one lost (after Agresti & Caffo 2000, who
add one success and one failure) what those that moved changed by, or where none did the smallest
change that one item can show: a *floor* of the variance. With half of that, as Agresti & Min (2005)
add for matched pairs, coverage falls to 81 % where few entities move (docs/development.md).
``method`` says what an interval rests on.

With one seed nothing is known of seeds: the interval is about these adapters, not the algorithm.
SciPy's bootstrap draws one sample by one factor, which is why the resampling stands here;
quantiles, t and permutations are NumPy's and SciPy's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy import optimize
from scipy import stats as scipy_stats

from analysis.sample import Floats, Ints, Sample
from analysis.sums import Sums
from apeft.intervals import LEVEL

BOOTSTRAP, FLOOR, NONE = "bootstrap", "floor", "none"
PARTLY = f"{BOOTSTRAP} and {FLOOR}"  # a floor in some strata, not in all
MIN_MOVED = 5  # entities of a stratum that changed, else their spread is unknown
MIN_ENTITIES = 5  # of a stratum, else no interval: resampling three people says nothing


@dataclass(frozen=True, eq=False)
class Inference:
    """An estimate, its standard error and its draws.

    ``se_entities`` and ``se_seeds`` are the two parts of ``se`` (the latter NaN with one seed);
    ``draws`` [resamples] are stretched as told above; all are NaN, and ``draws`` empty, when some
    stratum has fewer than ``MIN_ENTITIES`` entities (``known`` is false). ``moved``: entities that
    changed at all; ``method``: what the interval rests on, and ``floor`` which share of its
    variance is the floor (0..1).
    """

    estimate: float
    se: float
    se_entities: float
    se_seeds: float
    df: float
    low: float
    high: float
    items: int
    entities: int
    seeds: int
    draws: Floats
    moved: int
    method: str = NONE
    floor: float = 0.0

    @property
    def known(self) -> bool:
        """Whether an interval could be given."""
        return math.isfinite(self.low) and math.isfinite(self.high)


def infer(
    sample: Sample,
    *,
    resamples: int,
    rng: np.random.Generator,
    bounds: tuple[float, float] | None = None,
    drawn: tuple[Floats, Floats] | None = None,
) -> Inference:
    """Estimate a sample with its 95 % interval.

    Args:
        sample: with at least one scored item.
        resamples: bootstrap draws.
        rng: explicit; the same generator and sample give the same draws.
        bounds: what the interval is cut to ((0, 1) for a share).
        drawn: counts of clusters [resamples, E] and of seeds [resamples, K] to use, so that two
            samples are drawn together; default: drawn here.
    """
    sums = Sums(sample)
    seeds, clusters = len(sample.seeds), sums.shape[0]
    once, every = np.ones((1, clusters)), np.ones(seeds)

    def estimates(weights: Floats, counts: Floats) -> Floats:
        top = sums.estimates(sample.values, weights, counts)
        if sample.scale is None:
            return top
        bottom = sums.estimates(sample.scale, weights, counts)
        return np.divide(top, bottom, out=np.full_like(top, np.nan), where=bottom != 0)

    estimate = float(estimates(every, once)[0])
    nothing = Inference(
        *(estimate, math.nan, math.nan, math.nan, math.nan, math.nan, math.nan),
        *(sample.items, clusters, seeds, np.empty(0), int(sums.moved().sum())),
    )
    if np.bincount(sums.stratum).min() < MIN_ENTITIES or not math.isfinite(estimate):
        return nothing
    spread = spread_of(sample, sums, estimate)
    if drawn is None:
        drawn = stratified_counts(sums.stratum, resamples, rng), seed_counts(seeds, resamples, rng)
    draws = np.empty(resamples)
    for weights in np.unique(drawn[1], axis=0):
        rows = (drawn[1] == weights).all(axis=1)
        draws[rows] = estimates(weights, drawn[0][rows])
    draws = draws[np.isfinite(draws)]
    if draws.size == 0:
        return nothing
    if spread.floor > 0:
        draws = draws + math.sqrt(spread.floor) * rng.standard_normal(draws.size)
    wide = spread.se * float(
        scipy_stats.t.ppf((1 + LEVEL) / 2, spread.df) / scipy_stats.norm.ppf((1 + LEVEL) / 2)
    )
    deviation = float(draws.std())
    stretch = wide / deviation if deviation > 0 else 0.0
    draws = estimate + stretch * (draws - draws.mean())
    if bounds is not None:
        draws = draws.clip(*bounds)
    low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return replace(
        nothing,
        se=spread.se,
        se_entities=spread.entities,
        se_seeds=spread.seeds,
        df=spread.df,
        low=float(low),
        high=float(high),
        draws=draws,
        method=spread.method,
        floor=spread.floor / spread.se**2 if spread.floor > 0 else 0.0,
    )


def seed_counts(seeds: int, resamples: int, rng: np.random.Generator) -> Floats:
    """How often each seed is drawn, with replacement: [resamples, K]."""
    return rng.multinomial(seeds, np.full(seeds, 1 / seeds), size=resamples).astype(np.float64)


def stratified_counts(stratum: Ints, resamples: int, rng: np.random.Generator) -> Floats:
    """How often each cluster [E] is drawn, with replacement within its stratum: [resamples, E]."""
    counts = np.zeros((resamples, len(stratum)))
    for one in np.unique(stratum):
        inside = np.flatnonzero(stratum == one)
        n = len(inside)
        chosen = rng.integers(n, size=(resamples, n)) + np.arange(resamples)[:, None] * n
        counts[:, inside] = np.bincount(chosen.ravel(), minlength=resamples * n).reshape(-1, n)
    return counts


@dataclass(frozen=True)
class Spread:
    """The standard error of an estimate, its two parts, and its degrees of freedom."""

    se: float
    entities: float
    seeds: float
    df: float
    floor: float  # the entities' variance that is supposed, where too few of them moved
    method: str  # BOOTSTRAP, FLOOR (in every stratum) or PARTLY


def spread_of(sample: Sample, sums: Sums, estimate: float) -> Spread:
    """Two-way cluster variance with its degrees of freedom."""
    entities, both = sums.influence(sample.values)
    moved, added = sums.moved(), sums.contributions()
    together, single = sums.smallest()
    unit = 1.0
    if sample.scale is not None:  # of a ratio: (u(top) - ratio * u(bottom)) / bottom
        bottom = float(
            sums.estimates(sample.scale, np.ones(len(both)), np.ones((1, len(entities))))[0]
        )
        below, below_both = sums.influence(sample.scale)
        entities = (entities - estimate * below) / bottom
        both = (both - estimate * below_both) / bottom
        unit = 1 / abs(bottom)
    variance, floor, ratio, few = 0.0, 0.0, 0.0, set[bool]()
    for stratum in np.unique(sums.stratum):
        inside = sums.stratum == stratum
        n = int(inside.sum())
        own = entities[inside] - entities[inside].mean()
        found = n / (n - 1) * float((own**2).sum())
        still = bool(together[inside].any()) and int(moved[inside].sum()) < MIN_MOVED
        few.add(still)
        if still:
            change = float(together[inside].mean())
            if moved[inside].any():
                typical = math.sqrt(float((added[inside & moved] ** 2).mean()))
                change = max(typical, float(single[inside].mean()))
            supposed = 2 * (unit * change * n / (n + 2)) ** 2
            seen = found * (n / (n + 2)) ** 2
            floor += max(0.0, seen + supposed - found)
            found = max(found, seen + supposed)
        variance += found
        ratio += found**2 / (n - 1)
    method = PARTLY if len(few) > 1 else FLOOR if few == {True} else BOOTSTRAP
    df = variance**2 / ratio if ratio > 0 else float(len(entities) - 1)
    if len(both) == 1:
        return Spread(math.sqrt(variance), math.sqrt(variance), math.nan, df, floor, method)
    k, e = len(both), len(entities)
    by_seed = both.sum(axis=1)
    of_seeds = k / (k - 1) * float((by_seed**2).sum())
    rest = both - by_seed[:, None] / e
    of_both = k / (k - 1) * e / (e - 1) * float((rest**2).sum())
    alone = max(0.0, of_seeds - of_both)
    total = variance + alone
    df = _joint_df(variance, df, alone, k - 1)
    return Spread(math.sqrt(total), math.sqrt(variance), math.sqrt(alone), df, floor, method)


def _joint_df(first: float, first_df: float, second: float, second_df: float) -> float:
    """Degrees of freedom at which t has the width of both variances' t intervals in quadrature.

    Satterthwaite's own degrees would be too many here: a seed variance of three seeds that came
    out small by chance hides that it could be large (simulated: 92 % instead of 95 %).
    """
    quantile = scipy_stats.t.ppf((1 + LEVEL) / 2, [first_df, second_df])
    if second <= 0 or first_df == second_df:
        return first_df
    wanted = math.sqrt((quantile**2 @ [first, second]) / (first + second))

    def apart(df: float) -> float:
        return float(scipy_stats.t.ppf((1 + LEVEL) / 2, df)) - wanted

    low, high = sorted((first_df, second_df))
    for end, sign in ((low, 1), (high, -1)):
        if sign * apart(end) <= 0:  # one variance is all there is, up to rounding
            return end
    return float(optimize.brentq(apart, low, high, xtol=1e-6))
