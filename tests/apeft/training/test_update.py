"""Updates read from an adapter's factors, against dense matrices and their own singular values."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from peft import get_peft_model
from safetensors.torch import save_file
from switched_off import without

from apeft.errors import UserError
from apeft.models.load import LoadedModel
from apeft.training.adapters import lora_config, save_adapter
from apeft.training.settings import LoraSettings
from apeft.training.update import (
    Update,
    effective_rank,
    measured,
    read_state,
    updates,
    weights,
)

LORA = LoraSettings(4, 8, ("v_proj", "q_proj", "down_proj"))


@pytest.fixture
def adapter(tiny: LoadedModel, tmp_path: Path) -> Path:
    """An adapter that is not at its start, where B = 0."""
    torch.manual_seed(0)
    policy = get_peft_model(tiny.model, lora_config(LORA))
    for name, weight in policy.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.1)
    save_adapter(policy, LORA, tmp_path)
    policy.unload()
    return tmp_path


def test_norm_and_effective_rank_are_those_of_the_dense_update(adapter: Path) -> None:
    found = updates(adapter)
    assert [(one.layer, one.module) for one in found] == [
        (layer, module) for layer in (0, 1) for module in ("down_proj", "q_proj", "v_proj")
    ]
    state = read_state(adapter)
    for one in found:
        factors = [
            state[f"base_model.model.{one.weight}.lora_{factor}.weight"].numpy() for factor in "BA"
        ]
        dense = 8 / 4 * factors[0].astype(np.float64) @ factors[1].astype(np.float64)
        singular = np.linalg.svd(dense, compute_uv=False)
        shares = singular[:4] / singular[:4].sum()
        assert one.norm == pytest.approx(np.linalg.norm(dense), rel=1e-9)
        assert one.effective_rank == pytest.approx(math.exp(-(shares * np.log(shares)).sum()))
        assert 1 < one.effective_rank < 4


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([3.0], 1.0),
        ([2.0, 2.0, 0.0], 2.0),
        ([1.0, 1.0, 1.0, 1.0], 4.0),
        # shares 3/4 and 1/4: exp(0.75 ln(4/3) + 0.25 ln 4) = 4 / 3^0.75
        ([3.0, 1.0], 4 / 3**0.75),
        ([0.0, 0.0], None),
    ],
)
def test_effective_rank_by_hand(values: list[float], expected: float | None) -> None:
    assert effective_rank(np.array(values)) == (
        None if expected is None else pytest.approx(expected)
    )


def test_factors_with_fewer_rows_than_the_rank_have_the_same_norm() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(6, 3)), rng.normal(size=(2, 6))
    one = Update("model.layers.7.self_attn.k_proj", a, b, 0.5)
    assert one.norm == pytest.approx(np.linalg.norm(0.5 * b @ a))
    assert (one.layer, one.module) == (7, "k_proj")


def test_a_head_is_in_no_layer_and_stands_last() -> None:
    names = ["lm_head", "model.layers.10.mlp.up_proj", "model.layers.9.mlp.up_proj"]
    state = {f"base_model.model.{name}.lora_A.weight": None for name in names}
    assert weights(state) == [names[2], names[1], names[0]]
    assert Update("lm_head", np.ones((1, 1)), np.ones((1, 1)), 1.0).layer is None


def test_relative_norm_is_over_the_bases_own_weight(adapter: Path, tiny: LoadedModel) -> None:
    rows = measured(adapter, tiny.model)
    parameters = dict(tiny.model.named_parameters())
    for row, one in zip(rows, updates(adapter), strict=True):
        whole = np.linalg.norm(parameters[f"{one.weight}.weight"].detach().double().numpy())
        assert row["relative"] == pytest.approx(one.norm / whole)
        assert (row["layer"], row["module"]) == (one.layer, one.module)


def test_an_untrained_adapter_has_norm_zero_and_no_effective_rank(
    tiny: LoadedModel, tmp_path: Path
) -> None:
    save_adapter(get_peft_model(tiny.model, lora_config(LORA)), LORA, tmp_path)
    for one in updates(tmp_path):
        assert (one.norm, one.effective_rank) == (0.0, None)


@pytest.mark.parametrize(
    ("part", "off"),
    [
        ({"layer": 1}, lambda layer, module: layer == 1),
        ({"module": "q_proj"}, lambda layer, module: module == "q_proj"),
        ({"layer": 0, "module": "v_proj"}, lambda *both: both == (0, "v_proj")),
    ],
)
def test_without_a_part_only_its_updates_are_zero(
    adapter: Path, part: dict[str, object], off: Callable[[int, str], bool]
) -> None:
    before = read_state(adapter)
    after = without(read_state(adapter), **part)
    assert list(after) == list(before)
    for one in updates(adapter):
        key = f"base_model.model.{one.weight}.lora_B.weight"
        gone = off(one.layer, one.module)
        assert torch.equal(after[key], torch.zeros_like(before[key]) if gone else before[key])
    assert all(torch.equal(after[key], before[key]) for key in before if "lora_A" in key)
    assert before[key].abs().sum() > 0  # the given state is not changed


def test_a_part_that_is_not_there_is_refused(adapter: Path) -> None:
    state = read_state(adapter)
    with pytest.raises(ValueError, match="name a layer or a module"):
        without(state)
    with pytest.raises(ValueError, match="no weight of layer 2"):
        without(state, layer=2)


def test_what_is_no_plain_lora_adapter_is_told(adapter: Path, tiny: LoadedModel) -> None:
    path = adapter / "adapter_config.json"
    config = json.loads(path.read_text())
    path.write_text(json.dumps({**config, "use_dora": True}))
    with pytest.raises(UserError, match="not a plain LoRA adapter"):
        updates(adapter)
    path.write_text(json.dumps(config))
    weight = "base_model.model.model.layers.5.self_attn.q_proj.lora_{}.weight"
    factors = {weight.format("A"): torch.ones(4, 32), weight.format("B"): torch.ones(32, 4)}
    save_file(factors, adapter / "adapter_model.safetensors")
    with pytest.raises(UserError, match="which the base does not have"):
        measured(adapter, tiny.model)
    save_file({"base_model.model.x.bias": torch.ones(2)}, adapter / "adapter_model.safetensors")
    with pytest.raises(UserError, match="no LoRA factor"):
        updates(adapter)
    path.unlink()
    with pytest.raises(UserError, match="no adapter in this folder"):
        updates(adapter)
