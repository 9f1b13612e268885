"""Estimates of a run with their intervals, as tables and figures show them."""

from __future__ import annotations

import math
from functools import lru_cache

from analysis import samples, stats
from analysis.crossed import infer
from analysis.load import Results
from analysis.measures import Cell, EvaluationSet, Measure
from analysis.settings import Settings
from analysis.stats import Interval
from apeft.rng import keyed


@lru_cache(maxsize=4096)
def estimate(
    results: Results, cell: Cell, where: EvaluationSet, measure: Measure, settings: Settings
) -> Interval | None:
    """A measure of a cell on a set, in 0..1 or as an amount; None when it cannot be said.

    It cannot when nothing is scored, or when a class of questions has no scored item.
    """
    sample = samples.level(results, cell, where, measure)
    if sample is None:
        return None
    # Not keyed by the variant: equal results of two variants then have equal intervals.
    rng = keyed(settings.seed, "bootstrap", where.name, measure.key)
    if measure.kind == "balanced":
        return stats.balanced_mean(sample, resamples=settings.bootstrap, rng=rng)
    if measure.kind == "rate" and len(sample.parts) < stats.SMALL:
        means = (sample.values * sample.size).sum(axis=0) / sample.size.sum(axis=0)
        return stats.rate(means, sample.entities, resamples=settings.bootstrap, rng=rng)
    if measure.kind == "amount":
        return stats.interval(infer(sample, resamples=settings.bootstrap, rng=rng))
    return stats.share(sample, resamples=settings.bootstrap, rng=rng)


@lru_cache(maxsize=4096)
def difference(
    results: Results,
    cell: Cell,
    other: Cell,
    where: EvaluationSet,
    measure: Measure,
    settings: Settings,
) -> Interval | None:
    """``cell`` - ``other`` on a measure, paired; None when no pair (or class) is scored.

    Where no item moved, nothing is known of the spread of differences, and there is no interval.
    """
    sample = samples.paired(results, cell, other, where, measure)
    if sample is None:
        return None
    if not sample.values.any():
        entities = len(sample.clusters[1])
        return Interval(0.0, math.nan, math.nan, sample.items, entities, stats.STILL)
    rng = keyed(settings.seed, "difference", where.name, measure.key)
    return stats.interval(infer(sample.in_points(), resamples=settings.bootstrap, rng=rng))


@lru_cache(maxsize=4096)
def shift_share(
    results: Results,
    cell: Cell,
    where: EvaluationSet,
    settings: Settings,
    *,
    region: str = "",
    free: bool = False,
) -> Interval | None:
    """Share of a cell's tokens of rank > 1, or in a region; as ``samples.shift``."""
    sample = samples.shift(results, cell, where, settings, region=region, free=free)
    if sample is None:
        return None
    rng = keyed(settings.seed, "shift", where.name, region)
    return stats.interval(infer(sample, resamples=settings.bootstrap, rng=rng, bounds=stats.SHARE))
