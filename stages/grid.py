"""The variants of a parameter file: the base and one adapter for each cell of the grid."""

from __future__ import annotations

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
    """Every cell of algorithms x recipes x seeds, in that order."""
    return [
        Variant(f"{algorithm}-{recipe}-{seed}", algorithm, recipe, seed)
        for algorithm in training.algorithms
        for recipe in training.recipes
        for seed in training.seeds
    ]


def variants(training: Training) -> list[Variant]:
    """The base first, then the adapters."""
    return [BASE, *adapters(training)]
