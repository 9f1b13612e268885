"""The section `cells` of an ablation's workspace: which adapters there are, known from out/arms."""

from __future__ import annotations

from pydantic import NonNegativeInt

from stages.grid import BASE, Variant, product
from stages.stage import Section
from stages.training_params import AlgorithmName


class Supervised(Section):
    """An adapter of the supervised control."""

    recipe: str
    seed: NonNegativeInt


class Cells(Section):
    """Written by `python -m stages.ablations.workspace`, never by hand."""

    algorithms: list[AlgorithmName]
    recipes: list[str]
    seeds: list[NonNegativeInt]
    supervised: dict[str, Supervised]
    asked: list[str]  # adapters that the sets of other abilities are put to
    lm_eval_base: list[str]  # the base, where lm-eval has tasks
    lm_eval: list[str]  # adapters that lm-eval's tasks are put to
    lm_eval_files: str  # digest of the folder with tasks of one's own, "" without
    where: list[str]  # whose parts are switched off
    reference_shift: list[str]  # whose shift is read on the reference's text


def variants(cells: Cells) -> list[Variant]:
    """The base, an adapter for each arm and seed, and the supervised controls."""
    arms = product(cells.algorithms, cells.recipes, cells.seeds)
    controls = [
        Variant(name, "sft", cell.recipe, cell.seed) for name, cell in cells.supervised.items()
    ]
    return [BASE, *arms, *controls]
