"""The `vllm` section: what the stages that sample read besides `machine`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from apeft.sampling.engine import EngineSettings
from stages.stage import Section


class VllmParams(Section):
    """How vLLM uses the machine, where it is the sampler."""

    tensor_parallel: int = Field(ge=1)
    data_parallel: int = Field(ge=1)
    memory_share: float = Field(gt=0, le=1)
    max_length: int = Field(ge=16)
    # The ranks that vLLM's kernels are made for; an adapter of a smaller rank fits.
    lora_rank: Literal[8, 16, 32, 64, 128, 256, 320, 512] | None

    def engine(self) -> EngineSettings:
        """Give the library's own type."""
        return EngineSettings(**self.model_dump())
