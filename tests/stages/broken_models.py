"""Tiny model folders, each broken in one way."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

WEIGHTS = "model.safetensors"


def make(folder: Path) -> dict[str, tuple[Path, str]]:
    """Make one folder for each way to be broken, with what the error must say about it."""
    whole = _whole(folder / "whole")
    half = (whole / WEIGHTS).read_bytes()
    config = json.loads((whole / "config.json").read_text())
    made: dict[str, tuple[Path, str]] = {}
    for name, file, content, told in (
        ("cut", WEIGHTS, half[: len(half) // 2], "no model could be loaded"),
        ("empty", WEIGHTS, b"", "no model could be loaded"),
        ("config", "config.json", b'{"model_type": ', "no model could be loaded"),
        ("kind", "config.json", _json({**config, "model_type": "x"}), "no model could be loaded"),
        ("shape", "config.json", _json({**config, "hidden_size": 16}), "no model could be loaded"),
        ("layers", "config.json", _json({**config, "num_hidden_layers": 2}), "weights (model."),
        ("tokenizer", "tokenizer.json", b"{}", "no model could be loaded"),
    ):
        shutil.copytree(whole, folder / name)
        (folder / name / file).write_bytes(content)
        made[name] = (folder / name, told)
    # It loads, and writes noise: nothing was ever learned.
    return {**made, "untrained": (whole, "the model's output is broken")}


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _whole(folder: Path) -> Path:
    """Save a one-layer model of random weights whose tokenizer knows a few words."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    words = ["<unk>", ".", "Water", "is", "a", "and", "it", "the"]
    vocabulary = {word: number for number, word in enumerate(words)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="<unk>", eos_token="."
    ).save_pretrained(folder)
    config = LlamaConfig(
        vocab_size=len(words), hidden_size=8, intermediate_size=8, num_hidden_layers=1,
        num_attention_heads=2,
    )  # fmt: skip
    torch.manual_seed(0)
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder
