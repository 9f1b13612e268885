"""Intervals and tests of a :class:`~analysis.sample.Sample`: entities crossed with seeds.

Facts of one biography depend on one another, so the entity (person, country, question) is what
is resampled, never the item; seeds are a second factor, crossed with entities: every seed writes
about every person. Both are resampled, each by itself (the pigeonhole bootstrap, Owen 2007). Its
spread is wrong for few clusters and few seeds, so the draws keep their shape and get the width of
a t interval: they are stretched until their standard deviation is ``se * t / z``, with

- ``se``² = V(entities) + max(0, V(seeds) - V(both)), the two-way cluster variance of linearised
  contributions (Cameron, Gelbach & Miller 2011), each term with its n / (n - 1);
- t at Satterthwaite's degrees of freedom, so few clusters (Hesterberg 2015, "expanded percentile
  interval") and fewer than ten seeds widen the interval as they must.

With one seed nothing is known of seeds: the interval is about these adapters, not the algorithm.
SciPy's bootstrap draws one sample by one factor, which is why the resampling stands here;
quantiles, t and permutations are NumPy's and SciPy's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats as scipy_stats

from analysis.sample import Floats, Sample
from apeft.intervals import LEVEL
from apeft.rng import keyed

MIN_ENTITIES = 5  # of a stratum, else no interval: resampling three people says nothing
PERMUTATIONS = 9_999  # sign flips; exact when there are fewer


@dataclass(frozen=True, eq=False)
class Inference:
    """An estimate, its standard error and its draws.

    ``se_entities`` and ``se_seeds`` are the two parts of ``se`` (the latter NaN with one seed);
    ``draws`` [resamples] are stretched as told above; all are NaN, and ``draws`` empty, when some
    stratum has fewer than ``MIN_ENTITIES`` entities (``known`` is false).
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

    @property
    def known(self) -> bool:
        """Whether an interval could be given."""
        return math.isfinite(self.low) and math.isfinite(self.high)


class _Tables:
    """A sample as sums by cluster and part, for any weights of its seeds."""

    def __init__(self, sample: Sample) -> None:
        self.sample = sample
        self.cluster, names = sample.clusters
        self.shape = (len(names), len(sample.part_weights))
        self.cell = self.cluster * self.shape[1] + sample.parts
        strata = np.array([str(name).partition("\x1f")[0] for name in names])
        _, self.stratum = np.unique(strata, return_inverse=True)
        scored = (sample.size > 0).sum(axis=0)
        self.weight = sample.size.sum(axis=0) / np.maximum(scored, 1)  # of an item [I]
        self.member = np.zeros((self.shape[1], len(sample.bundle_weights)))
        self.member[np.arange(self.shape[1]), sample.bundles] = 1.0

    def item_means(self, values: Floats, seeds: Floats) -> tuple[Floats, Floats]:
        """Each item's mean over weighted seeds [K], and its weight (0: none scored it), [I]."""
        amount = seeds @ self.sample.size
        top = seeds @ (self.sample.size * values)
        mean = np.divide(top, amount, out=np.zeros_like(top), where=amount > 0)
        return mean, np.where(amount > 0, self.weight, 0.0)

    def sums(self, per_item: Floats) -> Floats:
        """Sums by cluster and part [E, P]."""
        size = self.shape[0] * self.shape[1]
        flat = np.bincount(self.cell, weights=per_item, minlength=size)
        return flat.reshape(self.shape).astype(np.float64)

    def estimates(self, values: Floats, seeds: Floats, drawn: Floats) -> Floats:
        """The estimate for each row of cluster counts: drawn [D, E] -> [D]; NaN: not to be said."""
        mean, weight = self.item_means(values, seeds)
        bottom = drawn @ self.sums(weight)
        parts = np.divide(
            drawn @ self.sums(weight * mean), bottom, out=np.zeros_like(bottom), where=bottom > 0
        )
        shares = np.where(bottom > 0, self.sample.part_weights, 0.0)
        seen = shares @ self.member
        top = (shares * parts) @ self.member
        bundles = np.divide(top, seen, out=np.full_like(top, np.nan), where=seen > 0)
        return bundles @ self.sample.bundle_weights

    def coefficients(self) -> Floats:
        """Weight of each part's mean in the estimate [P], over the parts that have items."""
        there = np.bincount(self.sample.parts, minlength=self.shape[1]) > 0
        shares = np.where(there, self.sample.part_weights, 0.0)
        total = (shares @ self.member)[self.sample.bundles]
        scaled = np.divide(shares, total, out=np.zeros_like(shares), where=total > 0)
        return scaled * self.sample.bundle_weights[self.sample.bundles]

    def influence(self, values: Floats) -> tuple[Floats, Floats]:
        """Linearised contributions of clusters [E] and of seeds by clusters [K, E]."""
        sample = self.sample
        mean, weight = self.item_means(values, np.ones(len(sample.seeds)))
        amount = self.sums(weight).sum(axis=0)
        average = self.sums(weight * mean).sum(axis=0) / np.maximum(amount, 1e-300)
        share = (self.coefficients() / np.maximum(amount, 1e-300))[sample.parts] * weight  # [I]
        entities = np.bincount(
            self.cluster, weights=share * (mean - average[sample.parts]), minlength=self.shape[0]
        )
        portion = sample.size / np.maximum(sample.size.sum(axis=0), 1e-300)
        both = [
            np.bincount(self.cluster, weights=row, minlength=self.shape[0])
            for row in share * portion * (values - mean)
        ]
        return entities.astype(np.float64), np.array(both)


def infer(
    sample: Sample,
    *,
    resamples: int,
    rng: np.random.Generator,
    bounds: tuple[float, float] | None = None,
    drawn: Floats | None = None,
) -> Inference:
    """Estimate a sample with its 95 % interval.

    Args:
        sample: with at least one scored item.
        resamples: bootstrap draws.
        rng: explicit; the same generator and sample give the same draws.
        bounds: what the interval is cut to ((0, 1) for a share).
        drawn: counts of clusters [resamples, E] to use, so that two samples of the same
            clusters are drawn together; default: drawn here.
    """
    tables = _Tables(sample)
    seeds, clusters = len(sample.seeds), tables.shape[0]
    once, every = np.ones((1, clusters)), np.ones(seeds)

    def estimates(weights: Floats, counts: Floats) -> Floats:
        top = tables.estimates(sample.values, weights, counts)
        if sample.scale is None:
            return top
        bottom = tables.estimates(sample.scale, weights, counts)
        return np.divide(top, bottom, out=np.full_like(top, np.nan), where=bottom != 0)

    estimate = float(estimates(every, once)[0])
    nothing = Inference(
        *(estimate, math.nan, math.nan, math.nan, math.nan, math.nan, math.nan),
        *(sample.items, clusters, seeds, np.empty(0)),
    )
    if np.bincount(tables.stratum).min() < MIN_ENTITIES or not math.isfinite(estimate):
        return nothing
    spread = _spread(sample, tables, estimate)
    if drawn is None:
        drawn = stratified_counts(tables.stratum, resamples, rng)
    draws = np.empty(resamples)
    chosen = rng.multinomial(seeds, np.full(seeds, 1 / seeds), size=resamples)
    for weights in np.unique(chosen, axis=0):
        rows = (chosen == weights).all(axis=1)
        draws[rows] = estimates(weights.astype(np.float64), drawn[rows])
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
    return Inference(
        estimate=estimate,
        se=spread.se,
        se_entities=spread.entities,
        se_seeds=spread.seeds,
        df=spread.df,
        low=float(low),
        high=float(high),
        items=sample.items,
        entities=clusters,
        seeds=seeds,
        draws=draws,
    )


def stratified_counts(stratum: np.ndarray, resamples: int, rng: np.random.Generator) -> Floats:
    """How often each cluster [E] is drawn, with replacement within its stratum: [resamples, E]."""
    counts = np.zeros((resamples, len(stratum)))
    for one in np.unique(stratum):
        inside = np.flatnonzero(stratum == one)
        share = np.full(len(inside), 1 / len(inside))
        counts[:, inside] = rng.multinomial(len(inside), share, size=resamples)
    return counts


@dataclass(frozen=True)
class _Spread:
    se: float
    entities: float
    seeds: float
    df: float
    floor: float  # what was added to the entities' variance where too few of them differ


def _spread(sample: Sample, tables: _Tables, estimate: float) -> _Spread:
    """Two-way cluster variance with Satterthwaite's degrees of freedom."""
    entities, both = tables.influence(sample.values)
    if sample.scale is not None:  # of a ratio: (u(top) - ratio * u(bottom)) / bottom
        bottom = float(
            tables.estimates(sample.scale, np.ones(len(both)), np.ones((1, len(entities))))[0]
        )
        below, below_both = tables.influence(sample.scale)
        entities = (entities - estimate * below) / bottom
        both = (both - estimate * below_both) / bottom
    variance, floor, ratio = 0.0, 0.0, 0.0
    moved = np.bincount(
        tables.cluster, weights=np.abs(sample.values * (sample.size > 0)).sum(axis=0)
    )
    weight = np.abs(tables.coefficients())
    for stratum in np.unique(tables.stratum):
        inside = tables.stratum == stratum
        n = int(inside.sum())
        own = entities[inside] - entities[inside].mean()
        found = n / (n - 1) * float((own**2).sum())
        if sample.paired and (moved[inside] > 0).sum() < MIN_ENTITIES:
            # Ties tell no spread. As Agresti & Min (2005) add half a pair to each cell of a table
            # of matched pairs, one pair's worth of change (of size 1) is supposed among n + 2.
            parts = np.unique(sample.parts[inside[tables.cluster]])
            least = (float(weight[parts].sum()) / (n + 2)) ** 2
            floor += max(0.0, least - found)
            found = max(found, least)
        variance += found
        ratio += found**2 / (n - 1)
    df = variance**2 / ratio if ratio > 0 else float(len(entities) - 1)
    if len(both) == 1:
        return _Spread(math.sqrt(variance), math.sqrt(variance), math.nan, df, floor)
    k, e = len(both), len(entities)
    by_seed = both.sum(axis=1)
    of_seeds = k / (k - 1) * float((by_seed**2).sum())
    rest = both - by_seed[:, None] / e
    of_both = k / (k - 1) * e / (e - 1) * float((rest**2).sum())
    alone = max(0.0, of_seeds - of_both)
    total = variance + alone
    terms = ratio + alone**2 / (k - 1)
    df = total**2 / terms if terms > 0 else df
    return _Spread(math.sqrt(total), math.sqrt(variance), math.sqrt(alone), df, floor)


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
    there is also the t test of the crossed standard error, and the larger p counts: a claim must
    hold for other people *and* for other seeds. A threshold other than 0, and scores that are not
    paired, have no signs to flip: there the t test stands alone.

    Args:
        sample: what the estimate rests on.
        threshold: in the estimate's unit.
        alternative: "two-sided", "greater" or "less".
        seed: of the sign flips.
        permutations: most sign flips to draw.
    """
    tables = _Tables(sample)
    if np.bincount(tables.stratum).min() < MIN_ENTITIES:
        return math.nan
    found = 0.0
    flips = sample.paired and threshold == 0
    if flips:
        found = _sign_flips(sample, tables, alternative, seed, permutations)
    if len(sample.seeds) > 1 or not flips:
        seeds, clusters = np.ones(len(sample.seeds)), np.ones((1, tables.shape[0]))
        estimate = float(tables.estimates(sample.values, seeds, clusters)[0])
        if sample.scale is not None:
            estimate /= float(tables.estimates(sample.scale, seeds, clusters)[0])
        spread = _spread(sample, tables, estimate)
        distance = estimate - threshold
        statistic = distance / spread.se if spread.se > 0 else math.inf * np.sign(distance)
        statistic = 0.0 if distance == 0 else statistic
        greater = float(scipy_stats.t.sf(statistic, spread.df))
        less = float(scipy_stats.t.cdf(statistic, spread.df))
        by_t = {"greater": greater, "less": less, "two-sided": min(1.0, 2 * min(greater, less))}
        found = max(found, by_t[alternative])
    return found


def _sign_flips(
    sample: Sample, tables: _Tables, alternative: str, seed: int, permutations: int
) -> float:
    mean, weight = tables.item_means(sample.values, np.ones(len(sample.seeds)))
    amount = np.maximum(tables.sums(weight).sum(axis=0), 1e-300)
    share = (tables.coefficients() / amount)[sample.parts] * weight
    contributions = np.bincount(tables.cluster, weights=share * mean, minlength=tables.shape[0])
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
