"""What an estimate rests on: scores by seed and item, the entity of each item, and weights.

One shape holds every estimate of this package, so that there is one way to make an interval and
one to test: a mean over items, a balanced mean over classes, a score at a fixed mix of relations,
a paired difference of any of them, and an average of all that over algorithms and sets.

An item's score is its mean over the seeds that scored it; a *part* is a mean over items (a class
of questions, a relation); a *bundle* is a weighted mean over its parts; the estimate is the
weighted sum of the bundles (their weights sum to 1, or to 0 where sets are set against sets).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Labels = NDArray[np.object_]
MOST_COUNTED = 60  # things that one item's score may be a share of
CLOSE = 1e-6  # tables keep nine digits


@dataclass(frozen=True, eq=False)
class Sample:
    """Scores of K seeds on I items in P parts and B bundles.

    Attributes:
        values: scores [K, I]; meaningless where ``size`` is 0.
        size: how much each score rests on [K, I]: 1, or a number of tokens; 0 is unscored.
        names: name of each item [I]; variants that are averaged share them.
        entities: name of each item's entity [I].
        strata: name of the stratum that the item's entity is drawn from [I]: its set, or its
            class of questions, so that no resample loses a class.
        parts: part of each item, 0..P-1 [I].
        part_weights: weight of each part within its bundle [P].
        bundles: bundle of each part, 0..B-1 [P].
        bundle_weights: weight of each bundle [B].
        step: the smallest change that each item's score can show [I]; 0 where it has none (a score
            that is no share of things counted) or where no change is looked for.
        seeds: the seeds [K].
        paired: whether scores are differences within an entity, whose sign could be flipped.
        scale: scores [K, I] that a relative change is relative to, or None.
    """

    values: Floats
    size: Floats
    names: Labels
    entities: Labels
    strata: Labels
    parts: Ints
    part_weights: Floats
    bundles: Ints
    bundle_weights: Floats
    step: Floats
    seeds: tuple[int, ...] = (0,)
    paired: bool = False
    scale: Floats | None = None

    @cached_property
    def clusters(self) -> tuple[Ints, Labels]:
        """The cluster (an entity within its stratum) of each item [I], and their names [E]."""
        names = np.array(
            [f"{s}\x1f{e}" for s, e in zip(self.strata, self.entities, strict=True)], dtype=object
        )
        unique, index = np.unique(names.astype(str), return_inverse=True)
        return index.astype(np.int64), unique.astype(object)

    @property
    def items(self) -> int:
        """Scored items, each counted once however many variants are averaged."""
        scored = self.size.sum(axis=0) > 0
        return len(set(zip(self.strata[scored], self.names[scored], strict=True)))

    def of_seeds(self, seeds: Sequence[int]) -> Sample:
        """The same sample with these seeds only; items that none of them scored are left out."""
        rows = [self.seeds.index(seed) for seed in seeds]
        scale = None if self.scale is None else self.scale[rows]
        kept = replace(
            self, values=self.values[rows], size=self.size[rows], scale=scale, seeds=tuple(seeds)
        )
        return kept.of_items(kept.size.sum(axis=0) > 0)

    def of_items(self, kept: NDArray[np.bool_]) -> Sample:
        """The items chosen by a mask [I]."""
        return replace(
            self,
            values=self.values[:, kept],
            size=self.size[:, kept],
            names=self.names[kept],
            entities=self.entities[kept],
            strata=self.strata[kept],
            parts=self.parts[kept],
            step=self.step[kept],
            scale=None if self.scale is None else self.scale[:, kept],
        )

    def over_seeds(self) -> Sample:
        """Each item's mean over seeds as the score of one: these adapters, whatever their seeds."""
        if len(self.seeds) == 1:
            return self
        amount = self.size.sum(axis=0)

        def mean(values: Floats) -> Floats:
            top = (self.size * values).sum(axis=0)
            share: Floats = np.divide(top, amount, out=np.zeros_like(top), where=amount > 0)
            return share[None]

        scored = np.maximum((self.size > 0).sum(axis=0), 1)
        scale = None if self.scale is None else mean(self.scale)
        size = (amount / scored)[None]
        return replace(self, values=mean(self.values), size=size, scale=scale, seeds=(0,))

    def in_points(self) -> Sample:
        """The same sample without its scale: its estimate is a difference, not a relative one."""
        return replace(self, scale=None)


def make(
    values: Floats,
    entities: Labels,
    *,
    size: Floats | None = None,
    names: Labels | None = None,
    groups: Labels | None = None,
    weights: Mapping[str, float] | None = None,
    strata: Labels | str = "",
    seeds: tuple[int, ...] = (0,),
    paired: bool = False,
    scale: Floats | None = None,
    step: Floats | None = None,
) -> Sample:
    """Build the sample of one set: one bundle, whose parts are ``groups`` (default: one part).

    Args:
        values: [K, I], or [I] for one seed; NaN is unscored.
        entities: [I].
        size: [K, I]; default 1 where there is a score.
        names: [I]; default: numbers.
        groups: [I]; a part each, weighted by ``weights`` (default: alike).
        weights: by group; groups of weight 0 or without an entry are left out.
        strata: [I], or one name for all.
        seeds: [K].
        paired: as in :class:`Sample`.
        scale: as ``values``.
        step: [I]; default: of paired scores what :func:`steps` reads off them, else none.
    """
    values = np.atleast_2d(values)
    scored = np.isfinite(values)
    if step is None:
        step = steps(values) if paired else np.zeros(values.shape[1])
    size = scored.astype(np.float64) if size is None else np.where(scored, size, 0.0)
    labels = [""] * values.shape[1] if groups is None else [str(one) for one in groups]
    share = dict.fromkeys(labels, 1.0) if weights is None else weights
    used = sorted(name for name in set(labels) if share.get(name, 0) > 0)
    total = sum(share[name] for name in used)
    place = {name: number for number, name in enumerate(used)}
    parts = np.array([place.get(one, -1) for one in labels], dtype=np.int64)
    made = Sample(
        values=np.where(scored, values, 0.0),
        size=size,
        names=np.arange(len(parts)).astype(str).astype(object) if names is None else names,
        entities=entities,
        strata=np.full(len(parts), strata, dtype=object) if isinstance(strata, str) else strata,
        parts=parts,
        part_weights=np.array([share[name] / total for name in used], dtype=np.float64),
        bundles=np.zeros(len(used), dtype=np.int64),
        bundle_weights=np.ones(1),
        step=step,
        seeds=seeds,
        paired=paired,
        scale=None if scale is None else np.atleast_2d(np.where(np.isfinite(scale), scale, 0.0)),
    )
    return made.of_items((parts >= 0) & (size.sum(axis=0) > 0))


def steps(scores: Floats) -> Floats:
    """The smallest change that each item's score can show: 1/n where scores are n-ths.

    An item whose scores are all whole (0 of 5 right) takes the median of the others; 0 everywhere
    when the scores are no shares of few things counted (a log-probability).

    Args:
        scores: [K, I]; NaN is unscored.
    """
    found = np.ones(scores.shape[1])
    values, place = np.unique(np.where(np.isfinite(scores), scores, 0.0), return_inverse=True)
    tried = np.arange(1, MOST_COUNTED + 1)[:, None]
    near = np.abs(values * tried - np.round(values * tried)) < CLOSE * tried
    if values.size and not near.any(axis=0).all():
        return np.zeros_like(found)
    found = np.max(1 + near.argmax(axis=0)[place].reshape(scores.shape), axis=0, initial=1)
    parted = found > 1
    usual = float(np.median(found[parted])) if parted.any() else 1.0
    return 1 / np.where(parted, found, usual)


def combine(
    samples: Sequence[Sample], weights: Sequence[float], *, paired: bool | None = None
) -> Sample:
    """The weighted sum of samples over the seeds that all of them have.

    Entities of one name in one stratum are one cluster, so two variants' scores of one person are
    drawn together.

    Raises:
        ValueError: when no seed is shared.
    """
    shared = [s for s in samples[0].seeds if all(s in one.seeds for one in samples)]
    if not shared:
        raise ValueError("no seed is shared")
    samples = [one.of_seeds(shared) for one in samples]
    scales = [one.scale for one in samples if one.scale is not None]
    if 0 < len(scales) < len(samples):
        raise ValueError("some samples have a scale, others have none")
    part_ends = np.cumsum([0, *(len(one.part_weights) for one in samples)])
    bundle_ends = np.cumsum([0, *(len(one.bundle_weights) for one in samples)])
    return Sample(
        values=np.concatenate([one.values for one in samples], axis=1),
        size=np.concatenate([one.size for one in samples], axis=1),
        names=np.concatenate([one.names for one in samples]),
        entities=np.concatenate([one.entities for one in samples]),
        strata=np.concatenate([one.strata for one in samples]),
        parts=np.concatenate([one.parts + n for one, n in zip(samples, part_ends, strict=False)]),
        part_weights=np.concatenate([one.part_weights for one in samples]),
        bundles=np.concatenate(
            [one.bundles + n for one, n in zip(samples, bundle_ends, strict=False)]
        ),
        bundle_weights=np.concatenate(
            [w * one.bundle_weights for one, w in zip(samples, weights, strict=True)]
        ),
        step=np.concatenate([one.step for one in samples]),
        seeds=tuple(shared),
        paired=all(one.paired for one in samples) if paired is None else paired,
        scale=np.concatenate(scales, axis=1) if scales else None,
    )
