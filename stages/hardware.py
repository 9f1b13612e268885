"""The `hardware` section: over how many processes a cell trains, and how they are set up.

It stands apart from `machine`, which every stage that runs a model depends on: another number of
processes trains the cells again and samples nothing anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from stages.stage import Section


class Hardware(Section):
    """How training is spread: one process, or several started by ``accelerate launch``."""

    processes: int = Field(ge=1)
    accelerate_config: str | None = Field(min_length=1)


def check_processes(sections: Mapping[str, Any]) -> list[str]:
    """Cross-section rule: an optimizer step is the same pairs however many processes share it."""
    hardware, training = sections["hardware"], sections["training"]
    faults = []
    if training.batch_pairs < hardware.processes:
        faults.append(
            f"hardware.processes: {hardware.processes} processes share the pairs of a step, and "
            f"training.batch_pairs is {training.batch_pairs}"
        )
    if hardware.processes == 1 and hardware.accelerate_config is not None:
        faults.append(
            "hardware.accelerate_config: has no effect with hardware.processes 1; set it to null"
        )
    return faults
