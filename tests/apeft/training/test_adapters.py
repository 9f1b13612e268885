"""Adapters on disk: canonical bytes, readable by PEFT, and a base that stays bit-exact."""

import json
from pathlib import Path

import pytest
import torch
from peft import PeftModel, get_peft_model
from safetensors import safe_open
from tiny_model import plain_logits

from apeft.errors import UserError
from apeft.models.load import LoadedModel
from apeft.training.adapters import lora_config, merged, save_adapter
from apeft.training.settings import LoraSettings

LORA = LoraSettings(4, 8, ("v_proj", "q_proj", "down_proj"))
IDS = [5, 80, 17, 33, 120, 9]


@pytest.fixture
def policy(tiny: LoadedModel) -> PeftModel:
    """The tiny model with an adapter that is not at its start, where B = 0."""
    tiny.model.config._name_or_path = "/some/where/on/a/machine"
    torch.manual_seed(0)
    model = get_peft_model(tiny.model, lora_config(LORA))
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.1)
    return model.eval()


def fresh_base(policy: PeftModel) -> torch.nn.Module:
    import copy

    return copy.deepcopy(policy).unload()


def test_peft_loads_it_and_reads_the_same(policy: PeftModel, tmp_path: Path) -> None:
    expected = plain_logits(policy, IDS)
    base = fresh_base(policy)
    without = plain_logits(base, IDS)
    save_adapter(policy, LORA, tmp_path)
    loaded = PeftModel.from_pretrained(base, tmp_path)
    torch.testing.assert_close(plain_logits(loaded, IDS), expected, atol=0, rtol=0)
    assert (without - expected).abs().max() > 0.01


def test_modules_are_sorted_and_no_path_is_in_any_file(policy: PeftModel, tmp_path: Path) -> None:
    save_adapter(policy, LORA, tmp_path)
    config = json.loads((tmp_path / "adapter_config.json").read_text())
    assert config["target_modules"] == ["down_proj", "q_proj", "v_proj"]
    assert config["base_model_name_or_path"] is None
    assert (config["r"], config["lora_alpha"]) == (4, 8)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "adapter_config.json",
        "adapter_model.safetensors",
    ]
    for path in tmp_path.iterdir():
        data = path.read_bytes()
        assert b"machine" not in data
        assert str(tmp_path).encode() not in data


def test_weights_are_float32_in_the_order_of_their_names(policy: PeftModel, tmp_path: Path) -> None:
    save_adapter(policy.to(torch.bfloat16), LORA, tmp_path)
    with safe_open(tmp_path / "adapter_model.safetensors", "pt") as file:
        names = list(file.keys())
        assert {file.get_tensor(name).dtype for name in names} == {torch.float32}
    assert names == sorted(names)
    assert len(names) == 2 * 2 * 3  # A and B, two layers, three modules
    assert all("lora_" in name for name in names)


def test_saving_twice_gives_equal_bytes(policy: PeftModel, tmp_path: Path) -> None:
    other = LoraSettings(4, 8, ("q_proj", "down_proj", "v_proj"))
    save_adapter(policy, LORA, tmp_path / "1")
    save_adapter(policy, other, tmp_path / "2")
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def test_a_merged_copy_reads_as_the_policy_and_the_base_stays_bit_exact(
    policy: PeftModel, tmp_path: Path
) -> None:
    save_adapter(policy, LORA, tmp_path)
    expected = plain_logits(policy, IDS)
    base = fresh_base(policy).train()
    before = {name: tensor.clone() for name, tensor in base.state_dict().items()}
    tuned = merged(base, tmp_path)
    torch.testing.assert_close(plain_logits(tuned, IDS), expected, atol=1e-4, rtol=1e-4)
    assert not tuned.training
    after = base.state_dict()
    assert list(after) == list(before)  # no adapter layer is left behind either
    assert all(torch.equal(after[name], tensor) for name, tensor in before.items())
    changed = [n for n, tensor in tuned.state_dict().items() if not torch.equal(tensor, before[n])]
    assert len(changed) == 6


def test_a_folder_without_an_adapter_is_told(tiny: LoadedModel, tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_text("{}")
    with pytest.raises(UserError, match="no adapter in this folder"):
        merged(tiny.model, tmp_path)
