"""How alike the updates of several adapters are: the cosine between what they add to all weights.

The inner product of two updates of one weight, tr(ΔW₁ᵀ ΔW₂) with ΔW = s B A, is the sum of the
elements of s₁ s₂ (B₁ᵀ B₂) * (A₁ A₂ᵀ), two r x r matrices: ΔW itself is never built. Weights are
read one at a time, so that memory does not grow with the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apeft.training.adapters import WEIGHTS
from apeft.training.update import PREFIX, scale_of, weights

Floats = NDArray[np.float64]


def cosines(folders: Sequence[Path]) -> Floats:
    """Cosine between the updates of every two adapters, all weights together.

    Args:
        folders: adapters, as the train stage writes them.

    Returns:
        Shape (adapters, adapters), symmetric; NaN where an adapter adds nothing.

    Raises:
        UserError: a folder without a plain LoRA adapter.
    """
    from safetensors import safe_open

    scales = [scale_of(folder) for folder in folders]
    inner = np.zeros((len(folders), len(folders)))
    with ExitStack() as stack:
        files = [
            stack.enter_context(safe_open(folder / WEIGHTS, framework="numpy"))
            for folder in folders
        ]
        held = [set(file.keys()) for file in files]
        for weight in weights(dict.fromkeys(set().union(*held))):
            key = f"{PREFIX}{weight}.lora_{{}}.weight"
            have = [place for place, keys in enumerate(held) if key.format("A") in keys]
            factors = {place: _factors(files[place], key, scales[place]) for place in have}
            for one in have:
                for other in have[have.index(one) :]:
                    inner[one, other] += _inner(factors[one], factors[other])
    norms = np.sqrt(np.diag(inner))
    with np.errstate(invalid="ignore", divide="ignore"):
        upper = inner / np.outer(norms, norms)
    return np.asarray(np.where(np.triu(np.ones_like(inner)) > 0, upper, upper.T))


def _factors(file: Any, key: str, scale: float) -> tuple[Floats, Floats]:
    a, b = (file.get_tensor(key.format(factor)).astype(np.float64) for factor in "AB")
    return scale * a, b


def _inner(one: tuple[Floats, Floats], other: tuple[Floats, Floats]) -> float:
    return float(((one[1].T @ other[1]) * (one[0] @ other[0].T)).sum())
