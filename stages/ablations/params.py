"""The `ablations` section, which only the workspaces of `make ablations` have."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from stages.stage import Section
from stages.training_params import RecipeName

AbilityName = Literal[
    "asdiv", "mmlu", "commonsenseqa", "openbookqa", "truthfulqa", "bbq", "crows-pairs"
]


class Abilities(Section):
    """What else an adapter is asked."""

    sets: list[AbilityName]
    rows: int = Field(ge=2)
    local_sources: str | None
    recipes: list[str]


class LmEval(Section):
    """Tasks of lm-evaluation-harness, an extra, beside the package's sets."""

    tasks: list[str]
    rows: int = Field(ge=2)
    batch_size: int = Field(ge=1)
    folder: str | None
    run_code: bool


class Ablations(Section):
    """Which arms are trained and what is measured on them."""

    only: list[str]
    facts: int = Field(ge=0)
    smallest: int = Field(ge=1)
    ratios: list[Annotated[str, Field(pattern=r"^[1-9]:[1-9]$")]]
    quantities: list[Annotated[float, Field(gt=0, le=1)]]
    quantity_recipes: list[RecipeName]
    gap_parts: int = Field(ge=2, le=5)
    others: int = Field(ge=1)
    models: list[str] = Field(max_length=2)  # beside this one; a figure tells three apart
    where_recipe: str
    where_facts: int = Field(ge=0)
    reference_recipes: list[str]
    abilities: Abilities
    lm_eval: LmEval
    seed: int = Field(ge=0)
