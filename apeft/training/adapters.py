"""Adapters on disk: canonical bytes, readable by PEFT, bound to no path and no machine.

PEFT writes ``target_modules`` in hash order and stores the base's path, and the trainer adds a
pickle; equal adapters would then be unequal files.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from apeft.errors import UserError
from apeft.training.settings import LoraSettings

if TYPE_CHECKING:
    from peft import LoraConfig, PeftModel
    from transformers import PreTrainedModel

WEIGHTS, CONFIG = "adapter_model.safetensors", "adapter_config.json"


def lora_config(settings: LoraSettings) -> LoraConfig:
    """Build PEFT's configuration."""
    from peft import LoraConfig

    return LoraConfig(
        r=settings.r,
        lora_alpha=settings.alpha,
        target_modules=sorted(settings.target_modules),
        task_type="CAUSAL_LM",
    )


def save_adapter(model: PeftModel, settings: LoraSettings, folder: Path) -> None:
    """Write float32 weights in sorted order and a configuration that PEFT can load."""
    import torch
    from peft import get_peft_model_state_dict
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    state = get_peft_model_state_dict(model)
    tensors = {
        name: state[name].detach().to("cpu", torch.float32).contiguous() for name in sorted(state)
    }
    save_file(tensors, folder / WEIGHTS, metadata={"format": "pt"})
    config = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": None,
        "r": settings.r,
        "lora_alpha": settings.alpha,
        "lora_dropout": 0.0,
        "target_modules": sorted(settings.target_modules),
        "bias": "none",
        "fan_in_fan_out": False,
        "inference_mode": True,
    }
    text = json.dumps(config, indent=1, sort_keys=True) + "\n"
    (folder / CONFIG).write_text(text, encoding="utf-8")


def merged(base: PreTrainedModel, folder: Path) -> PreTrainedModel:
    """Return a copy of ``base`` with the adapter added into its weights.

    A merged copy decodes as fast as the base, and the base itself stays bit-exact, which PEFT's
    unmerging would not promise.
    """
    import copy

    from peft import PeftModel

    if not (folder / WEIGHTS).is_file() or not (folder / CONFIG).is_file():
        raise UserError(
            f"no adapter in this folder: it needs {WEIGHTS} and {CONFIG}",
            where=str(folder),
            fix="run the train stage that makes it, or correct the path",
        )
    tuned = PeftModel.from_pretrained(copy.deepcopy(base), folder)
    return tuned.merge_and_unload().eval()
