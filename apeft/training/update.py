"""What a LoRA adapter adds to each weight: its norm and effective rank.

The update of one weight is ΔW = s B A with B [out, r], A [r, in] and s = alpha / r. Its singular
values are those of s R_b R_a^T, where R_b and R_a are the triangles of the QR decompositions of B
and A^T: an r x r matrix, so ΔW itself is never built.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from apeft.errors import UserError
from apeft.records import Record, read_json
from apeft.training.adapters import CONFIG, WEIGHTS

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

Floats = NDArray[np.float64]
State = dict[str, "torch.Tensor"]
PREFIX = "base_model.model."
_KEY = re.compile(rf"{re.escape(PREFIX)}(?P<weight>.+)\.lora_(?P<factor>[AB])\.weight")
# Each would make ΔW something else than (alpha / r) B A.
OTHER_KINDS = ("use_dora", "use_rslora", "rank_pattern", "alpha_pattern", "modules_to_save")


@dataclass(frozen=True, eq=False)
class Update:
    """The update of one weight.

    Attributes:
        weight: the base's module ("model.layers.3.self_attn.q_proj").
        a: factor A, shape (r, in).
        b: factor B, shape (out, r).
        scale: alpha / r.
    """

    weight: str
    a: Floats
    b: Floats
    scale: float

    @property
    def layer(self) -> int | None:
        """The block that the weight belongs to; None outside the blocks (a head)."""
        return layer_of(self.weight)

    @property
    def module(self) -> str:
        """What the weight is called in every block ("q_proj")."""
        return module_of(self.weight)

    @cached_property
    def singular_values(self) -> Floats:
        """Singular values of ΔW that need not be 0, largest first, at most r of them."""
        left, right = np.linalg.qr(self.b)[1], np.linalg.qr(self.a.T)[1]
        core = abs(self.scale) * left @ right.T
        return np.asarray(np.linalg.svd(core, compute_uv=False), dtype=np.float64)

    @property
    def norm(self) -> float:
        """Frobenius norm of ΔW."""
        return float(np.sqrt((self.singular_values**2).sum()))

    @property
    def effective_rank(self) -> float | None:
        """As :func:`effective_rank`."""
        return effective_rank(self.singular_values)


def effective_rank(singular_values: Floats) -> float | None:
    """Exponential of the entropy of the normalised singular values (Roy & Vetterli 2007).

    It lies between 1 and the number of values, and is 1 for a matrix of rank one; None for a
    matrix of zeros, which has no distribution of singular values.
    """
    total = float(singular_values.sum())
    if total == 0:
        return None
    shares = singular_values[singular_values > 0] / total
    return math.exp(-float((shares * np.log(shares)).sum()))


def layer_of(name: str) -> int | None:
    """The first number in a weight's dotted name; None without one."""
    return next((int(part) for part in name.split(".") if part.isdigit()), None)


def module_of(name: str) -> str:
    """The last part of a weight's dotted name."""
    return name.rpartition(".")[2]


def read_state(folder: Path) -> State:
    """Read the adapter's factors by PEFT's names, float32."""
    from safetensors.torch import load_file

    scale_of(folder)
    state: State = load_file(folder / WEIGHTS)
    odd = next((key for key in state if not _KEY.fullmatch(key)), None)
    if odd is not None:
        raise UserError(
            f"a tensor that is no LoRA factor of a linear layer: {odd}",
            where=str(folder / WEIGHTS),
            fix="give a LoRA adapter of linear layers, as the train stage writes it",
        )
    return state


def updates(folder: Path) -> list[Update]:
    """Read the update of every adapted weight, sorted by layer and name."""
    scale, state = scale_of(folder), read_state(folder)
    found = []
    for weight in weights(state):
        a, b = (state[f"{PREFIX}{weight}.lora_{factor}.weight"].double().numpy() for factor in "AB")
        found.append(Update(weight, a, b, scale))
    return found


def weights(state: Mapping[str, Any]) -> list[str]:
    """Names of the adapted weights, sorted by layer (those outside the blocks last) and name."""
    names = {match["weight"] for match in map(_KEY.fullmatch, state) if match}

    def place(name: str) -> tuple[float, str]:
        layer = layer_of(name)
        return (math.inf if layer is None else layer, name)

    return sorted(names, key=place)


def measured(folder: Path, base: PreTrainedModel) -> list[Record]:
    """Norm (Frobenius), norm relative to the base's weight, and effective rank of each update."""
    parameters = dict(base.named_parameters())
    rows: list[Record] = []
    for update in updates(folder):
        name = f"{update.weight}.weight"
        if name not in parameters:
            raise UserError(
                f"the adapter changes {name}, which the base does not have",
                where=str(folder),
                fix="give the adapter of this base model",
            )
        whole = float(parameters[name].detach().double().norm())
        rows.append(
            {
                "layer": update.layer,
                "module": update.module,
                "norm": update.norm,
                "relative": update.norm / whole if whole > 0 else None,
                "effective_rank": update.effective_rank,
            }
        )
    return rows


def scale_of(folder: Path) -> float:
    """Alpha / r; an adapter of another kind is a UserError."""
    if not (folder / WEIGHTS).is_file() or not (folder / CONFIG).is_file():
        raise UserError(
            f"no adapter in this folder: it needs {WEIGHTS} and {CONFIG}",
            where=str(folder),
            fix="run the train stage that makes it, or correct the path",
        )
    config: Record = read_json(folder / CONFIG)
    odd = [key for key in OTHER_KINDS if config.get(key)]
    if odd or config.get("peft_type") != "LORA":
        raise UserError(
            f"not a plain LoRA adapter ({', '.join(odd) or config.get('peft_type')})",
            where=str(folder / CONFIG),
            fix="its updates cannot be read from its factors alone; give a plain LoRA adapter",
        )
    return float(config["lora_alpha"]) / float(config["r"])
