"""The `own` section: what a user brings, pairs to train on and variants that were tuned elsewhere.

Both are tables by name and empty by default; the graph has one instance of each stage below for
each name (dvc.yaml).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from apeft.errors import UserError
from apeft.pairs.own import read_pairs
from stages.grid import BASE, adapters
from stages.stage import Section
from stages.training_params import AlgorithmName, RecipeName

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
PathText = Annotated[str, Field(min_length=1)]


class OwnVariant(Section):
    """A model that was tuned elsewhere from the base: a LoRA adapter or a whole checkpoint."""

    kind: Literal["adapter", "checkpoint"]
    folder: PathText


class Own(Section):
    """Pairs by the recipe that they become, variants by the name that they bear in figures."""

    pairs: dict[Name, PathText]
    variants: dict[Name, OwnVariant]


def check(sections: Mapping[str, Any]) -> list[str]:
    """Cross-section rules: names that meet, and files that are there and sound."""
    own, training = sections["own"], sections["training"]
    known = get_args(RecipeName)
    faults = [
        f"training.recipes: {name!r} is none of {', '.join(known)} and no name in own.pairs"
        for name in training.recipes
        if name not in (*known, *own.pairs)
    ]
    for name, path in own.pairs.items():
        if name in known:
            faults.append(f"own.pairs.{name}: this is a recipe of the study; take another name")
        elif name not in training.recipes:
            faults.append(f"own.pairs.{name}: add it to training.recipes, or nothing trains on it")
        try:
            read_pairs(Path(path), name)
        except UserError as error:
            faults.append(f"own.pairs.{name}: {error.what} ({error.where})")
    taken = {BASE.name, *get_args(AlgorithmName), *(cell.name for cell in adapters(training))}
    for name, variant in own.variants.items():
        if name in taken:
            faults.append(f"own.variants.{name}: this names a model of the study; take another")
        if not Path(variant.folder).is_dir():
            faults.append(f"own.variants.{name}.folder: no such folder: {variant.folder}")
    return faults
