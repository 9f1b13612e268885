"""Cosines between updates, against the dense updates."""

from pathlib import Path

import numpy as np
import pytest
import torch
from peft import get_peft_model

from apeft.errors import UserError
from apeft.models.load import LoadedModel
from apeft.training.adapters import lora_config, save_adapter
from apeft.training.cosines import cosines
from apeft.training.settings import LoraSettings
from apeft.training.update import updates


def adapter(tiny: LoadedModel, folder: Path, lora: LoraSettings, seed: int, std: float) -> Path:
    torch.manual_seed(seed)
    policy = get_peft_model(tiny.model, lora_config(lora))
    for name, weight in policy.named_parameters():
        if "lora_B" in name:
            weight.data = std * torch.randn(weight.shape)
    save_adapter(policy, lora, folder)
    policy.unload()
    return folder


def dense(folder: Path) -> dict[str, np.ndarray]:
    return {one.weight: one.scale * one.b @ one.a for one in updates(folder)}


def test_cosines_are_those_of_the_dense_updates_of_all_weights(
    tiny: LoadedModel, tmp_path: Path
) -> None:
    """Also between adapters of another rank, another alpha and other modules."""
    shapes = [
        LoraSettings(4, 8, ("q_proj", "v_proj", "down_proj")),
        LoraSettings(4, 8, ("q_proj", "v_proj", "down_proj")),
        LoraSettings(2, 16, ("q_proj", "up_proj")),
    ]
    folders = [
        adapter(tiny, tmp_path / f"{n}", shape, n % 2, 0.1 + n) for n, shape in enumerate(shapes)
    ]
    found = cosines(folders)
    whole = [dense(folder) for folder in folders]
    for i, one in enumerate(whole):
        for j, other in enumerate(whole):
            shared = one.keys() & other.keys()
            inner = sum(float((one[name] * other[name]).sum()) for name in shared)
            norms = [
                np.sqrt(sum(float((w**2).sum()) for w in each.values())) for each in (one, other)
            ]
            assert found[i, j] == pytest.approx(inner / (norms[0] * norms[1]), abs=1e-9)
    assert found[0, 2] != pytest.approx(0, abs=1e-6)


def test_an_update_is_one_with_itself_however_long_and_against_its_opposite_minus_one(
    tiny: LoadedModel, tmp_path: Path
) -> None:
    lora = LoraSettings(4, 8, ("q_proj",))
    one = adapter(tiny, tmp_path / "one", lora, 1, 0.1)
    longer = adapter(tiny, tmp_path / "longer", lora, 1, 0.3)
    other_way = adapter(tiny, tmp_path / "other", lora, 1, -0.1)
    found = cosines([one, longer, other_way])
    np.testing.assert_allclose(found[0], [1, 1, -1], atol=1e-6)


def test_an_untrained_adapter_has_no_direction(tiny: LoadedModel, tmp_path: Path) -> None:
    lora = LoraSettings(4, 8, ("q_proj",))
    one = adapter(tiny, tmp_path / "one", lora, 1, 0.1)
    nothing = adapter(tiny, tmp_path / "nothing", lora, 1, 0.0)
    found = cosines([one, nothing])
    assert np.isnan([found[0, 1], found[1, 0], found[1, 1]]).all()
    assert found[0, 0] == pytest.approx(1)


def test_a_folder_without_an_adapter_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no adapter in this folder"):
        cosines([tmp_path])
