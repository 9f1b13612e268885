"""`make doctor` on vLLM: whether weights fit into the share of a device that an engine is given."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from apeft.resources import machine
from apeft.resources.memory import BYTES, gib
from apeft.resources.shapes import Shapes
from stages.doctor_checks import Finding, at, placed

SAMPLED = ("sample", "detect")
JUDGE = "judge.engine"


def shares(params: Any, sizes: Shapes, workspace: Path) -> Iterator[Finding]:
    """One line for each engine that the parameters open, and one where two live side by side."""
    dtypes = [str(at(params, f"{stage}.dtype")) for stage in SAMPLED if _by_vllm(params, stage)]
    if dtypes:
        weights = sizes.parameters * max(BYTES[dtype] for dtype in dtypes)
        device = str(at(params, "machine.device"))
        yield _share(params, "vllm", device, weights)
    if at(params, "judge.kind") != "llm" or at(params, f"{JUDGE}.sampler") is None:
        return
    files = sorted(placed(workspace, str(at(params, f"{JUDGE}.folder"))).glob("*.safetensors"))
    if not files:
        yield Finding(
            f"{JUDGE}.folder",
            "missing",
            f"{at(params, f'{JUDGE}.folder')} holds no weights (*.safetensors)",
            "give an absolute path to the judge's model",
        )
        return
    weights = sum(file.stat().st_size for file in files)
    if at(params, f"{JUDGE}.sampler") == "vllm":
        yield _share(params, JUDGE, str(at(params, f"{JUDGE}.device")), weights)
        both = float(at(params, f"{JUDGE}.memory_share")) + float(at(params, "vllm.memory_share"))
        if _by_vllm(params, "detect") and both > 1:
            yield Finding(
                "vllm, both engines",
                "missing",
                f"`detect` samples and judges in one process, with shares of {both:.2g} in all",
                f"lower vllm.memory_share and {JUDGE}.memory_share to 1 together",
            )


def _by_vllm(params: Any, stage: str) -> bool:
    return bool(at(params, f"{stage}.sampler") == "vllm")


def _share(params: Any, section: str, device: str, weights: int) -> Finding:
    """Weights of one engine, split over its devices, against its share of the smallest."""
    cards = machine.cards() if device == "cuda" else []
    if device == "cuda" and not cards:
        return Finding(
            f"{section}.memory_share",
            "missing",
            f"weights of {gib(weights)}, and no card to hold them",
            "choose a card with more than that",
        )
    total = min(card[1] for card in cards) if cards else machine.memory()[0]
    part = weights / int(at(params, f"{section}.tensor_parallel", 1))
    room = float(at(params, f"{section}.memory_share")) * total
    return Finding(
        f"{section}.memory_share",
        "ok" if part < room else "missing",
        f"weights of {gib(part)} on each device, of the {gib(room)} that the engine is given",
        ""
        if part < room
        else f"raise {section}.memory_share or {section}.tensor_parallel, or lower the dtype",
    )
