"""Sizes read from a configuration are those of the real weights."""

import json
from pathlib import Path

import pytest
from peft import LoraConfig, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM

from apeft.errors import UserError
from apeft.resources.shapes import shapes_of

ALL = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


@pytest.mark.parametrize("tied", [True, False])
def test_weights_and_adapter_are_counted_as_the_real_ones(tied: bool, tmp_path: Path) -> None:
    config = LlamaConfig(
        vocab_size=90, hidden_size=32, intermediate_size=48, num_hidden_layers=3,
        num_attention_heads=4, num_key_value_heads=2, tie_word_embeddings=tied,
    )  # fmt: skip
    config.save_pretrained(tmp_path)
    found = shapes_of(tmp_path, ALL)
    real = LlamaForCausalLM(config)
    assert found.parameters == sum(p.numel() for p in real.parameters())
    adapted = get_peft_model(real, LoraConfig(r=5, target_modules=ALL))
    assert 5 * found.lora == sum(p.numel() for p in adapted.parameters() if p.requires_grad)
    assert (found.layers, found.heads, found.kv_width, found.vocabulary) == (3, 4, 16, 90)


def test_the_papers_model_has_its_published_size(tmp_path: Path) -> None:
    """LLaMA-2-7B: 6,738,415,616 weights (its model card: 6.74B), from its published sizes."""
    config = {
        "model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": 32000,
        "hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 32,
        "num_attention_heads": 32, "num_key_value_heads": 32, "tie_word_embeddings": False,
    }  # fmt: skip
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert shapes_of(tmp_path, ALL).parameters == 6_738_415_616


@pytest.mark.parametrize("text", ["{}", "no json", '{"model_type": "no-such-model"}'])
def test_a_configuration_that_says_nothing_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(UserError, match="no memory can be reckoned"):
        shapes_of(tmp_path, ALL)


def test_layers_that_the_model_does_not_have_are_refused(tmp_path: Path) -> None:
    LlamaConfig(hidden_size=32, num_hidden_layers=1).save_pretrained(tmp_path)
    with pytest.raises(UserError, match="none of the layers c_attn"):
        shapes_of(tmp_path, ["c_attn"])
