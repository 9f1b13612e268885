"""Estimates with intervals for tables and figures: pure functions of arrays, seeded.

Intervals are 95 % and made in one way, by resampling entities crossed with seeds
(:mod:`analysis.crossed`), or entities alone where seeds were averaged or pooled before. Only a rate
of few items, and scored shares that are all 0 or all 1, have a Jeffreys interval (Brown, Cai &
DasGupta 2001) instead, since the bootstrap of 0/12 has no width. (Shares of tokens keep theirs: the
base has no shift from itself.) With fewer than ``MIN_ENTITIES`` entities nothing is resampled.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.crossed import FLOOR, MIN_ENTITIES, NONE, Inference, infer, stratified_counts
from analysis.sample import Floats, Labels, Sample, make
from apeft.intervals import LEVEL, jeffreys

SHARE = (0.0, 1.0)
STILL = "no item moved"  # in place of how a difference's interval was made
SMALL = 30  # a rate of fewer items gets a Jeffreys interval


@dataclass(frozen=True)
class Interval:
    """An estimate with its interval; ``low`` and ``high`` are NaN when there is none.

    ``items`` are the scored items that it rests on, ``entities`` the clusters they fall into,
    ``method`` how the interval was made: "bootstrap", "jeffreys", "none"; or "floor" where too few
    entities moved to tell a spread ("bootstrap and floor": in some sets or classes). A floor is no
    interval: ``low`` and ``high`` then say what one small change more or less would do. Where no
    item moved there is neither.
    """

    estimate: float
    low: float
    high: float
    items: int
    entities: int
    method: str

    @property
    def known(self) -> bool:
        """Whether an interval could be given."""
        ends = math.isfinite(self.low) and math.isfinite(self.high)
        return ends and self.method not in (NONE, FLOOR)

    @property
    def few_moved(self) -> bool:
        """Whether too few entities changed for an interval: a floor stands there, or nothing."""
        return self.method in (FLOOR, STILL)

    @property
    def still(self) -> bool:
        """Whether it is a difference that no item moved: zero, and without a known spread."""
        return self.method == STILL

    @property
    def excludes_zero(self) -> bool:
        """Whether the whole interval lies on one side of zero."""
        return self.known and (self.low > 0 or self.high < 0)


def interval(found: Inference) -> Interval:
    """What tables show of an inference."""
    ends = (found.low, found.high)
    return Interval(found.estimate, *ends, found.items, found.entities, found.method)


def unanimous(values: Floats) -> bool:
    """Whether all scores are 0, or all 1: resampling them shows no spread, however few they are."""
    return bool(len(values)) and bool((values == values[0]).all()) and values[0] in SHARE


def share(sample: Sample, *, resamples: int, rng: np.random.Generator) -> Interval:
    """Mean of scores in 0..1.

    Where all are 0 or all 1 it is a rate of entities, the units that are drawn; where all agree
    on another value nothing is known of their spread, and there is no interval.
    """
    found = interval(infer(sample, resamples=resamples, rng=rng, bounds=SHARE))
    scored = sample.values[sample.size > 0]
    if not found.known or (scored != scored[0]).any():
        return found
    if not unanimous(scored):
        return replace(found, low=math.nan, high=math.nan, method="none")
    low, high = jeffreys(float(scored[0]) * found.entities, found.entities)
    return replace(found, low=low, high=high, method="jeffreys")


def cluster_mean(
    values: Floats,
    entities: Labels,
    *,
    resamples: int,
    rng: np.random.Generator,
    bounds: tuple[float, float] | None = None,
) -> Interval:
    """Mean over items [N], resampled by entity; ``bounds`` are those of a value."""
    return interval(infer(make(values, entities), resamples=resamples, rng=rng, bounds=bounds))


def balanced_mean(sample: Sample, *, resamples: int, rng: np.random.Generator) -> Interval:
    """Mean over the parts (classes) of a sample of shares: balanced accuracy.

    A class of fewer than ``SMALL`` items, or of one score alone, is drawn from its Jeffreys
    posterior (its items' means over seeds); the others are resampled. A class that has no scored
    item is the caller's to refuse: only the classes given are averaged.
    """
    counts = np.bincount(sample.parts)
    classes = [sample.of_items(sample.parts == part) for part in range(len(counts))]
    by_item = [(one.values * one.size).sum(axis=0) / one.size.sum(axis=0) for one in classes]
    few = [len(means) < SMALL or unanimous(means) for means in by_item]
    if not any(few):
        return interval(infer(sample, resamples=resamples, rng=rng, bounds=SHARE))
    estimate, draws, entities = 0.0, np.zeros(resamples), 0
    for part, weight in enumerate(sample.part_weights):
        one, means = classes[part], by_item[part]
        entities += len(np.unique(one.entities.astype(str)))
        estimate += weight * float(means.mean())
        if few[part]:
            trials = _trials(means, one.entities)
            right = float(means.mean()) * trials
            draws += weight * rng.beta(right + 0.5, trials - right + 0.5, size=resamples)
        else:
            plain = make(np.where(one.size > 0, one.values, np.nan), one.entities, seeds=one.seeds)
            found = infer(plain, resamples=resamples, rng=rng, bounds=SHARE)
            if len(found.draws) != resamples:
                return Interval(estimate, math.nan, math.nan, sample.items, entities, "none")
            draws += weight * found.draws
    low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(estimate, float(low), float(high), sample.items, entities, "jeffreys")


def cluster_curve(
    values: Floats,
    positions: NDArray[np.int64],
    entities: Labels,
    *,
    resamples: int,
    rng: np.random.Generator,
) -> tuple[Floats, Floats, Floats]:
    """Mean at each position 0..P-1 with its pointwise interval: three arrays [P].

    Positions that nothing reached are NaN; so are the intervals of those that fewer than
    ``MIN_ENTITIES`` entities reached. Percentile intervals (Efron & Tibshirani 1993, §13.3): a
    curve is a picture, and no verdict rests on it.
    """
    names, owner = np.unique(entities.astype(str), return_inverse=True)
    length = int(positions.max()) + 1
    cell = owner * length + positions
    shape = (len(names), length)
    sums = np.bincount(cell, weights=values, minlength=len(names) * length).reshape(shape)
    counts = np.bincount(cell, minlength=len(names) * length).reshape(shape).astype(np.float64)
    mean = _ratio(sums.sum(axis=0), counts.sum(axis=0))
    drawn = stratified_counts(np.zeros(len(names), dtype=np.int64), resamples, rng)
    draws = _ratio(drawn @ sums, drawn @ counts)
    low, high = np.full(length, np.nan), np.full(length, np.nan)
    for position in np.flatnonzero((counts > 0).sum(axis=0) >= MIN_ENTITIES):
        reached = draws[np.isfinite(draws[:, position]), position]
        tails = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
        low[position], high[position] = np.quantile(reached, tails)
    return mean, low, high


def _ratio(top: Floats, bottom: Floats) -> Floats:
    """Divide elementwise; NaN where nothing was drawn."""
    return np.divide(top, bottom, out=np.full_like(top, np.nan), where=bottom > 0)


def _trials(values: Floats, entities: Labels) -> int:
    """What a Jeffreys interval counts: items, but entities where all their items agree.

    Items of one entity that agree are one observation as far as anybody can tell.
    """
    return len(np.unique(entities.astype(str))) if unanimous(values) else len(values)


def rate(values: Floats, entities: Labels, *, resamples: int, rng: np.random.Generator) -> Interval:
    """Rate of right (1) and wrong (0) items: Jeffreys below ``SMALL`` items, else ``share``."""
    if len(values) >= SMALL:
        return share(make(values, entities), resamples=resamples, rng=rng)
    trials = _trials(values, entities)
    low, high = jeffreys(float(values.mean()) * trials, trials)
    clusters = len(np.unique(entities.astype(str)))
    return Interval(float(values.mean()), low, high, len(values), clusters, "jeffreys")
