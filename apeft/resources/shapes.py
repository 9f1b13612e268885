"""The sizes of a model that decide its memory, read from its configuration without its weights."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apeft.errors import UserError


@dataclass(frozen=True)
class Shapes:
    """Sizes of a decoder-only model.

    Attributes:
        parameters: weights, tied ones once.
        vocabulary: rows of the output embedding.
        layers: decoder layers.
        hidden: width of the residual stream.
        intermediate: width inside the feed-forward block.
        heads: attention heads.
        kv_width: width of a token's keys (and of its values) in one layer.
        lora: weights of a LoRA adapter of rank 1 on the named layers; rank r has r times as many.
    """

    parameters: int
    vocabulary: int
    layers: int
    hidden: int
    intermediate: int
    heads: int
    kv_width: int
    lora: int


def shapes_of(folder: Path, targets: Collection[str]) -> Shapes:
    """Build the model of ``folder``'s config.json without weights, and count.

    Args:
        folder: a folder with a config.json that transformers knows without remote code.
        targets: names of the linear layers that the adapter changes.

    Raises:
        UserError: no such file, a broken or unknown configuration, or no such layers.
    """
    import torch
    import transformers
    from transformers import AutoConfig, AutoModelForCausalLM

    transformers.utils.logging.set_verbosity_error()
    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        text = config.get_text_config()
        with torch.device("meta"):  # which keeps tied weights tied
            model = AutoModelForCausalLM.from_config(config, trust_remote_code=False)
        heads = int(text.num_attention_heads)
        groups = int(getattr(text, "num_key_value_heads", None) or heads)
        width = int(getattr(text, "head_dim", None) or text.hidden_size // heads)
        sizes: dict[str, Any] = {
            "parameters": int(model.num_parameters()),
            "vocabulary": int(text.vocab_size),
            "layers": int(text.num_hidden_layers),
            "hidden": int(text.hidden_size),
            "intermediate": int(text.intermediate_size),
            "heads": heads,
            "kv_width": groups * width,
        }
    except Exception as error:  # a foreign configuration can break transformers anywhere
        reason = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        raise UserError(
            f"no memory can be reckoned from this configuration ({reason})",
            where=str(folder / "config.json"),
            fix="give the config.json of a causal language model that transformers knows",
        ) from None
    sides = [
        module.in_features + module.out_features
        for name, module in model.named_modules()
        if name.rpartition(".")[2] in targets and hasattr(module, "in_features")
    ]
    if not sides:
        raise UserError(
            f"the model has none of the layers {', '.join(sorted(targets))}",
            where="training.lora.target_modules",
            fix="name linear layers of this model",
        )
    return Shapes(**sizes, lora=sum(sides))
