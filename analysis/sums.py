"""A sample reduced to what resampling and tests need: sums of its scores by cluster and part."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.sample import Floats, Sample


class Sums:
    """A sample as sums by cluster and part, for any weights of its seeds.

    ``shape`` is (clusters E, parts P), ``stratum`` the number of each cluster's stratum [E].
    """

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

    def shares(self) -> Floats:
        """Weight of each item's mean over seeds in the estimate [I]."""
        _, weight = self.item_means(self.sample.values, np.ones(len(self.sample.seeds)))
        amount = np.maximum(self.sums(weight).sum(axis=0), 1e-300)
        shares: Floats = (self.coefficients() / amount)[self.sample.parts] * weight
        return shares

    def contributions(self) -> Floats:
        """What each cluster's scores add to the estimate [E]."""
        mean, _ = self.item_means(self.sample.values, np.ones(len(self.sample.seeds)))
        found = np.bincount(self.cluster, weights=self.shares() * mean, minlength=self.shape[0])
        return found.astype(np.float64)

    def smallest(self) -> tuple[Floats, Floats]:
        """What the smallest change of one item of each cluster does to the estimate: two of [E].

        First when it changes in every variant and set that is averaged, since variants may move
        together (of two that are set against each other one changes); then in one of them alone.
        """
        bundle = self.sample.bundles[self.sample.parts]
        shape = (self.shape[0], len(self.sample.bundle_weights))
        cell = self.cluster * shape[1] + bundle

        def sums(per_item: Floats) -> Floats:
            found = np.bincount(cell, weights=per_item, minlength=shape[0] * shape[1])
            return found.astype(np.float64)

        there = np.maximum(sums(np.ones(len(cell))), 1.0)
        by_bundle = (sums(self.shares() * self.sample.step) / there).reshape(shape)
        both = by_bundle.clip(min=0).sum(axis=1), -by_bundle.clip(max=0).sum(axis=1)
        return np.maximum(*both), np.abs(by_bundle).max(axis=1)

    def moved(self) -> NDArray[np.bool_]:
        """Whether anything of each cluster changed, under any seed and in any variant [E].

        Scores are differences already, unless a cluster has two sides that are set against each
        other: then their sums are compared.
        """
        sample = self.sample
        scored = (sample.size > 0).astype(np.float64)
        sign = np.sign(sample.bundle_weights)[sample.bundles[sample.parts]]
        weight = sign * sample.part_weights[sample.parts]

        def of(per_item: Floats) -> NDArray[np.bool_]:
            total = np.bincount(self.cluster, weights=per_item, minlength=self.shape[0])
            return np.abs(total) > 1e-9

        plainly = of((np.abs(sample.values) * scored).sum(axis=0))
        apart = np.any([of(weight * row) for row in (*(sample.values * scored), *scored)], axis=0)
        two_sides = of(np.maximum(sign, 0)) & of(np.maximum(-sign, 0))
        return np.where(two_sides, apart, plainly)

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
