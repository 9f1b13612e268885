"""The variants of a parameter file: the base, one adapter for each cell, and those brought."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stages.training_params import Training


@dataclass(frozen=True)
class Variant:
    """One evaluated model."""

    name: str
    algorithm: str
    recipe: str
    seed: int


BASE = Variant("base", "base", "", 0)


def adapters(training: Training) -> list[Variant]:
    """Every cell of the parameters' grid."""
    return product(training.algorithms, training.recipes, training.seeds)


def product(
    algorithms: Iterable[str], recipes: Sequence[str], seeds: Sequence[int]
) -> list[Variant]:
    """Every cell of algorithms x recipes x seeds, in that order."""
    return [
        Variant(f"{algorithm}-{recipe}-{seed}", algorithm, recipe, seed)
        for algorithm in algorithms
        for recipe in recipes
        for seed in seeds
    ]


def variants(training: Training, brought: Iterable[str]) -> list[Variant]:
    """The base first, then the adapters, then what was tuned elsewhere (own.variants).

    The latter have no recipe: nothing is known of what they were tuned on.
    """
    others = [Variant(name, name, "", 0) for name in brought]
    return [BASE, *adapters(training), *others]
