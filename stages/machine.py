"""The `machine` section: what every stage that runs a model reads besides its own section."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from apeft.models.load import Machine
from stages.stage import Section

Dtype = Literal["float32", "bfloat16", "float16"]


class MachineParams(Section):
    """Where models run, and how they attend."""

    device: Literal["cpu", "cuda"]
    threads: int = Field(ge=1)
    attention: Literal["grouped", "sdpa", "eager", "flash_attention_2"]

    def machine(self) -> Machine:
        """Give the library's own type."""
        return Machine(device=self.device, threads=self.threads, attention=self.attention)
