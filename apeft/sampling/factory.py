"""One place that turns a sampler's name into a sampler."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, assert_never

from apeft.models.load import Machine, load_model
from apeft.sampling.base import Sampler
from apeft.sampling.engine import EngineSettings

SamplerName = Literal["transformers", "vllm"]


def open_sampler(
    name: SamplerName,
    folder: Path,
    machine: Machine,
    dtype: str,
    *,
    rows: int,
    engine: EngineSettings,
) -> Sampler:
    """Open the base model that the ``model`` stage left in ``folder`` for sampling.

    Args:
        name: which sampler.
        folder: the model.
        machine: where it runs.
        dtype: of its weights.
        rows: sequences that the transformers sampler decodes side by side; vLLM decides itself.
        engine: how vLLM uses the machine; transformers does not look at it.
    """
    match name:
        case "transformers":
            from apeft.sampling.hf import HfSampler

            return HfSampler(load_model(folder, machine, dtype), rows=rows)
        case "vllm":
            from apeft.sampling.vllm import VllmSampler

            return VllmSampler(folder, machine, dtype, engine)
        case _:
            assert_never(name)
