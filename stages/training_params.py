"""The `training` section: shared settings, and one small section for each algorithm."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import Field, NonNegativeInt, model_validator

from stages.machine import Dtype
from stages.stage import Section

AlgorithmName = Literal["dpo", "ipo", "kto", "cpo", "rso", "sft"]  # sft is a control
RecipeName = Literal["general", "atomic", "apeft"]


class Algorithm(Section):
    """An algorithm's own values; a learning rate of null takes the shared one."""

    beta: float = Field(gt=0)
    learning_rate: float | None = Field(gt=0)


class Supervised(Section):
    """Supervised tuning on the chosen side has no β."""

    learning_rate: float | None = Field(gt=0)


class Cpo(Algorithm):
    """CPO adds the weight of its likelihood term."""

    alpha: float = Field(ge=0)


class Rso(Algorithm):
    """RSO adds its rejection sampling; without it, it is the hinge loss alone."""

    sampling: bool
    beta_rso: float = Field(gt=0)


class Lora(Section):
    """Shape of the adapter."""

    r: int = Field(ge=1)
    alpha: int = Field(ge=1)
    target_modules: list[str] = Field(min_length=1)


class Collapse(Section):
    """Limits of the collapse check, and how many texts it reads."""

    texts: int = Field(ge=1)
    max_new_tokens: int = Field(ge=4)
    repetition: float = Field(gt=0, le=1)
    empty: float = Field(ge=0, le=1)
    kl: float = Field(gt=0)


def is_cell(arguments: list[str]) -> bool:
    """Whether a command line names an algorithm, a recipe and a seed."""
    if len(arguments) != 3:
        return False
    algorithm, recipe, seed = arguments
    # A recipe of pairs that a user brings is known by its training set.
    mixed = recipe in get_args(RecipeName) or Path("out/mix", recipe).is_dir()
    return algorithm in get_args(AlgorithmName) and mixed and seed.isdecimal()


class Training(Section):
    """Everything about tuning."""

    algorithms: list[AlgorithmName] = Field(min_length=1)
    recipes: list[str] = Field(min_length=1)  # or a name in own.pairs
    seeds: list[NonNegativeInt] = Field(min_length=1)
    budget: Literal["steps", "epochs"]
    steps: int = Field(ge=1)
    epochs: float = Field(gt=0)
    batch_pairs: int = Field(ge=1)
    micro_pairs: int = Field(ge=1)
    learning_rate: float = Field(gt=0)
    schedule: Literal["constant", "linear", "cosine"]
    warmup_steps: int = Field(ge=0)
    weight_decay: float = Field(ge=0)
    max_grad_norm: float = Field(gt=0)
    max_length: int = Field(ge=16)
    dtype: Dtype
    lora: Lora
    validation_pairs: int = Field(ge=1)
    validate_every: int = Field(ge=1)
    save_every: int = Field(ge=1)
    collapse: Collapse
    dpo: Algorithm
    ipo: Algorithm
    kto: Algorithm
    cpo: Cpo
    rso: Rso
    sft: Supervised

    @model_validator(mode="after")
    def _batches(self) -> Training:
        passes = math.ceil(self.batch_pairs / self.micro_pairs)
        if "kto" in self.algorithms and self.batch_pairs // passes < 2:
            raise ValueError(
                "kto needs at least 2 pairs in a forward pass, within which its KL term "
                "mismatches: raise micro_pairs (4 is enough for every larger batch_pairs)"
            )
        for name in ("algorithms", "recipes", "seeds"):
            values = getattr(self, name)
            if len(set(values)) != len(values):
                raise ValueError(f"{name} names something twice: {values}")
        return self

    def cell(self, algorithm: str, recipe: str, seed: int, pairs: int, processes: int = 1) -> Any:
        """Resolve the settings of one cell whose training set holds ``pairs`` pairs."""
        from apeft.training.settings import CellSettings, LoraSettings, equal_steps

        own: Algorithm | Supervised = getattr(self, algorithm)
        beta = 0.0 if isinstance(own, Supervised) else own.beta
        alpha = 1.0 if isinstance(own, Supervised) else getattr(own, "alpha", None)
        return CellSettings(
            algorithm=algorithm,
            recipe=recipe,
            seed=seed,
            beta=beta,
            learning_rate=self.learning_rate if own.learning_rate is None else own.learning_rate,
            steps=equal_steps(self.budget, self.steps, self.epochs, pairs, self.batch_pairs),
            batch_pairs=self.batch_pairs,
            micro_pairs=self.micro_pairs,
            warmup_steps=self.warmup_steps,
            schedule=self.schedule,
            weight_decay=self.weight_decay,
            max_grad_norm=self.max_grad_norm,
            max_length=self.max_length,
            dtype=self.dtype,
            cpo_alpha=alpha,
            lora=LoraSettings(
                self.lora.r,
                self.lora.alpha,
                tuple(sorted(self.lora.target_modules)),
            ),
            validate_every=self.validate_every,
            save_every=self.save_every,
            processes=processes,
        )
