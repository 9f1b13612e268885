"""The settings of one training cell, resolved from shared defaults and one algorithm's own."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

from apeft.errors import UserError

ALGORITHMS = ("dpo", "ipo", "kto", "cpo", "rso")
# What a control trains: supervised tuning on the chosen side, which is CPO without its preference
# term (β = 0), so that it reads the same pairs, tokens and steps.
SUPERVISED = "sft"

# TRL's loss for each algorithm. Differences from the papers stand in docs/algorithms.md.
TRL_LOSS = {
    "dpo": "sigmoid", "ipo": "ipo", "kto": "kto", "cpo": "sigmoid", "rso": "hinge",
    SUPERVISED: "sigmoid",
}  # fmt: skip


REFERENCE_FREE = ("cpo", SUPERVISED)  # trained by TRL's CPO


@dataclass(frozen=True)
class LoraSettings:
    """Shape of the adapter (PEFT's LoraConfig)."""

    r: int
    alpha: int
    target_modules: tuple[str, ...]


@dataclass(frozen=True)
class CellSettings:
    """Everything that one adapter's training depends on, besides its data and its base.

    Attributes:
        beta: β of the loss (τ for IPO, 1/margin for RSO's hinge).
        steps: optimizer steps; equal for every cell under an equal budget.
        batch_pairs: pairs in an optimizer step (a KTO step takes both sides of as many); in
            "apeft" general ones, on top of which atomic ones come (``data.schedule_steps``).
        micro_pairs: the most pairs in a forward pass; KTO estimates its KL term over one of these.
        processes: how many share a step's forward passes.
        cpo_alpha: weight of the likelihood term on the chosen side: CPO's, 1 for supervised tuning,
            None for the others.
    """

    algorithm: str
    recipe: str
    seed: int
    beta: float
    learning_rate: float
    steps: int
    batch_pairs: int
    micro_pairs: int
    warmup_steps: int
    schedule: str
    weight_decay: float
    max_grad_norm: float
    max_length: int
    dtype: str
    cpo_alpha: float | None
    lora: LoraSettings
    validate_every: int
    save_every: int
    processes: int = 1

    @property
    def variant(self) -> str:
        """Name of the adapter: algorithm, recipe, seed."""
        return f"{self.algorithm}-{self.recipe}-{self.seed}"

    def flat(self) -> dict[str, str | int | float]:
        """Flatten to the parameters that tables and MLflow show; several processes are named."""
        flat: dict[str, str | int | float] = {}
        for name, value in asdict(self).items():
            if name == "lora":
                for key, item in value.items():
                    flat[f"lora.{key}"] = " ".join(item) if isinstance(item, list | tuple) else item
            elif value is not None and (name, value) != ("processes", 1):
                flat[name] = value
        return flat


def equal_steps(budget: str, steps: int, epochs: float, pairs: int, batch_pairs: int) -> int:
    """Optimizer steps of a cell: a fixed number, or enough for ``epochs`` passes over its pairs.

    ``pairs`` are those that ``batch_pairs`` counts (``data.parted``), so that `apeft` has the steps
    of `general` either way.
    """
    if pairs == 0:
        raise UserError(
            "the training set is empty",
            where="mix",
            fix="sample more people or biographies, or lower general.min_gap",
        )
    return steps if budget == "steps" else math.ceil(epochs * pairs / batch_pairs)
