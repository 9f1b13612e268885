"""Intervals for small studies: pure functions of arrays, seeded, resampled by entity.

Facts of one biography are not independent, so the unit that is resampled is always the entity
(person, country, question), never the item. Everything that has several seeds is averaged over
the seeds of a same item *before* it comes here (:mod:`analysis.measures`): seeds are crossed with
items, and with one to three of them their spread cannot be resampled; it is shown by the values
of each variant in ``metrics.json`` instead.

Intervals are 95 % percentile intervals of the bootstrap (Efron & Tibshirani 1993, §13.3), or
Jeffreys intervals (Brown, Cai & DasGupta 2001) where a rate rests on few items. With fewer than
``MIN_ENTITIES`` entities no interval is given: resampling three people says nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apeft.intervals import LEVEL, jeffreys

Floats = NDArray[np.float64]
Labels = NDArray[np.object_]

MIN_ENTITIES = 5
SMALL = 30  # a rate of fewer items gets a Jeffreys interval: the bootstrap of 0/12 has no width


@dataclass(frozen=True)
class Interval:
    """An estimate with its interval; ``low`` and ``high`` are NaN when there is none.

    ``items`` are the scored items that it rests on, ``entities`` the clusters they fall into,
    ``method`` how the interval was made ("bootstrap", "jeffreys" or "none").
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
        return math.isfinite(self.low) and math.isfinite(self.high)

    @property
    def excludes_zero(self) -> bool:
        """Whether the whole interval lies on one side of zero."""
        return self.known and (self.low > 0 or self.high < 0)


@dataclass(frozen=True)
class Facts:
    """Scored facts: ``values`` in [0, 1], with the relation and the entity of each (all [N])."""

    values: Floats
    relations: Labels
    entities: Labels


def percentile_interval(draws: Floats, level: float = LEVEL) -> tuple[float, float]:
    """Central ``level`` interval of bootstrap draws [B]; undefined draws (NaN) are left out."""
    draws = draws[np.isfinite(draws)]
    if draws.size == 0:
        return math.nan, math.nan
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def resample_counts(entities: int, resamples: int, rng: np.random.Generator) -> Floats:
    """How often each entity is drawn in each resample: [resamples, entities], rows sum to E."""
    drawn = rng.integers(entities, size=(resamples, entities))
    drawn += np.arange(resamples)[:, None] * entities
    counts = np.bincount(drawn.ravel(), minlength=resamples * entities)
    return counts.reshape(resamples, entities).astype(np.float64)


def _by_entity(values: Floats, entities: Labels) -> tuple[Floats, Floats]:
    """Sum and number of the values of each entity, in the order of the sorted entities."""
    names, index = np.unique(entities.astype(str), return_inverse=True)
    sums = np.bincount(index, weights=values, minlength=len(names)).astype(np.float64)
    return sums, np.bincount(index, minlength=len(names)).astype(np.float64)


def _ratio(top: Floats, bottom: Floats) -> Floats:
    """Divide elementwise; NaN where nothing was drawn."""
    return np.divide(top, bottom, out=np.full_like(top, np.nan), where=bottom > 0)


def _finish(estimate: float, draws: Floats, items: int, entities: int) -> Interval:
    if entities < MIN_ENTITIES:
        return Interval(estimate, math.nan, math.nan, items, entities, "none")
    low, high = percentile_interval(draws)
    return Interval(estimate, low, high, items, entities, "bootstrap")


def cluster_mean(
    values: Floats, entities: Labels, *, resamples: int, rng: np.random.Generator
) -> Interval:
    """Mean over items [N] with an interval that resamples entities with all their items."""
    sums, counts = _by_entity(values, entities)
    drawn = resample_counts(len(sums), resamples, rng)
    draws = _ratio(drawn @ sums, drawn @ counts)
    return _finish(float(values.mean()), draws, len(values), len(sums))


def paired_difference(
    tuned: Floats, base: Floats, entities: Labels, *, resamples: int, rng: np.random.Generator
) -> Interval:
    """Mean of tuned - base over items [N] that both have scored, resampled by entity."""
    return cluster_mean(tuned - base, entities, resamples=resamples, rng=rng)


def balanced_mean(
    values: Floats,
    groups: Labels,
    entities: Labels,
    *,
    resamples: int,
    rng: np.random.Generator,
    rates: bool = True,
) -> Interval:
    """Mean over groups of the groups' means (balanced accuracy when values are right or wrong).

    Entities are resampled within their group, so that no resample loses a class. With ``rates``
    (values are shares in [0, 1]) a group of fewer than ``SMALL`` items is drawn from its Jeffreys
    posterior instead; differences (``rates=False``) are always resampled. A class that has no
    scored item is the caller's to refuse: only the groups given are averaged.
    """
    names = np.unique(groups.astype(str))
    means, draws, entity_count = [], [], 0
    few, method = False, "bootstrap"
    for name in names:
        inside = groups.astype(str) == name
        part, owners = values[inside], entities[inside]
        sums, counts = _by_entity(part, owners)
        entity_count += len(sums)
        means.append(float(part.mean()))
        if rates and len(part) < SMALL:
            method = "jeffreys"
            right = part.sum()
            draws.append(rng.beta(right + 0.5, len(part) - right + 0.5, size=resamples))
        else:
            few = few or len(sums) < MIN_ENTITIES
            drawn = resample_counts(len(sums), resamples, rng)
            draws.append(_ratio(drawn @ sums, drawn @ counts))
    estimate = float(np.mean(means))
    if few:
        return Interval(estimate, math.nan, math.nan, len(values), entity_count, "none")
    low, high = percentile_interval(np.mean(draws, axis=0))
    return Interval(estimate, low, high, len(values), entity_count, method)


def relation_mix(relations: Labels) -> dict[str, float]:
    """Share of each relation among facts [N]: the weights of a fixed-mix score."""
    names, counts = np.unique(relations.astype(str), return_counts=True)
    return {
        str(name): float(count) / len(relations) for name, count in zip(names, counts, strict=True)
    }


def fixed_mix(
    facts: Facts, mix: Mapping[str, float], *, resamples: int, rng: np.random.Generator
) -> Interval:
    """Accuracy per relation, averaged with the weights ``mix`` (the base model's own mix).

    A variant that merely stops stating what it gets wrong gains nothing here. Relations of the
    mix that the facts do not touch drop out and the rest are weighted up; see :func:`covered`
    for the share of the mix that remains.
    """
    names = np.unique(facts.entities.astype(str))
    drawn = resample_counts(len(names), resamples, rng)
    draws = _mixed(facts, mix, names, drawn)
    estimate = float(_mixed(facts, mix, names, np.ones((1, len(names))))[0])
    return _finish(estimate, draws, len(facts.values), len(names))


def fixed_mix_difference(
    tuned: Facts,
    base: Facts,
    mix: Mapping[str, float],
    *,
    resamples: int,
    rng: np.random.Generator,
) -> Interval:
    """Difference of two fixed-mix scores over the relations that both state.

    The two texts of an entity need not state the same facts, so pairs are entities: each
    resample draws the same entities for both sides.
    """
    shared = set(tuned.relations.astype(str)) & set(base.relations.astype(str))
    mix = {name: share for name, share in mix.items() if name in shared}
    names = np.union1d(tuned.entities.astype(str), base.entities.astype(str))
    once = np.ones((1, len(names)))
    drawn = resample_counts(len(names), resamples, rng)
    draws = _mixed(tuned, mix, names, drawn) - _mixed(base, mix, names, drawn)
    estimate = float((_mixed(tuned, mix, names, once) - _mixed(base, mix, names, once))[0])
    return _finish(estimate, draws, len(tuned.values) + len(base.values), len(names))


def covered(facts: Facts, mix: Mapping[str, float]) -> float:
    """Share of the mix whose relations the facts touch (1 = the score rests on all of it)."""
    present = set(facts.relations.astype(str))
    return float(sum(share for name, share in sorted(mix.items()) if name in present))


def _mixed(
    facts: Facts, mix: Mapping[str, float], names: NDArray[np.str_], drawn: Floats
) -> Floats:
    """Fixed-mix score of each resample: drawn [B, E] counts of ``names`` [E] -> [B]."""
    total, weight = np.zeros(len(drawn)), np.zeros(len(drawn))
    owner = np.searchsorted(names, facts.entities.astype(str))
    relations = facts.relations.astype(str)
    for relation, share in sorted(mix.items()):
        inside = relations == relation
        if not inside.any():
            continue
        sums = np.bincount(owner[inside], weights=facts.values[inside], minlength=len(names))
        counts = np.bincount(owner[inside], minlength=len(names)).astype(np.float64)
        accuracy = _ratio(drawn @ sums, drawn @ counts)
        seen = np.isfinite(accuracy)
        total += np.where(seen, share * np.nan_to_num(accuracy), 0.0)
        weight += np.where(seen, share, 0.0)
    return _ratio(total, weight)


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
    ``MIN_ENTITIES`` entities reached.
    """
    names, owner = np.unique(entities.astype(str), return_inverse=True)
    length = int(positions.max()) + 1
    cell = owner * length + positions
    shape = (len(names), length)
    sums = np.bincount(cell, weights=values, minlength=len(names) * length).reshape(shape)
    counts = np.bincount(cell, minlength=len(names) * length).reshape(shape).astype(np.float64)
    mean = _ratio(sums.sum(axis=0), counts.sum(axis=0))
    drawn = resample_counts(len(names), resamples, rng)
    draws = _ratio(drawn @ sums, drawn @ counts)
    low, high = np.full(length, np.nan), np.full(length, np.nan)
    for position in np.flatnonzero((counts > 0).sum(axis=0) >= MIN_ENTITIES):
        low[position], high[position] = percentile_interval(draws[:, position])
    return mean, low, high


def rate(values: Floats, entities: Labels, *, resamples: int, rng: np.random.Generator) -> Interval:
    """Rate of right (1) and wrong (0) items: Jeffreys below ``SMALL`` items, else bootstrap."""
    if len(values) >= SMALL:
        return cluster_mean(values, entities, resamples=resamples, rng=rng)
    low, high = jeffreys(float(values.sum()), len(values))
    clusters = len(np.unique(entities.astype(str)))
    return Interval(float(values.mean()), low, high, len(values), clusters, "jeffreys")
