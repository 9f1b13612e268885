"""Adapters and checkpoints that were tuned elsewhere: what belongs to a base, and what does not."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from tiny_model import MERGES, tiny_llama, tiny_tokenizer

from apeft.errors import UserError
from apeft.models.load import Machine, load_model
from apeft.models.source import from_folder
from apeft.records import write_json
from apeft.training.adapters import CONFIG, WEIGHTS, merged
from apeft.training.brought import bring_adapter, bring_checkpoint

WHERE = "own.variants.mine.folder"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the stage `model` leaves for a model in a folder."""
    folder = tmp_path_factory.mktemp("base")
    tokenizer = tiny_tokenizer()
    tiny_llama(tokenizer, implementation="eager").save_pretrained(folder / "weights")
    tokenizer.save_pretrained(folder / "weights")
    write_json(folder / "model" / "identity.json", from_folder(folder / "weights"))
    return folder / "model"


def lora(folder: Path, modules: list[str], **other: Any) -> Path:
    """Save an adapter with PEFT itself, whose B is not zero."""
    model = tiny_llama(tiny_tokenizer(), implementation="eager")
    config = LoraConfig(r=2, lora_alpha=4, target_modules=modules, task_type="CAUSAL_LM", **other)
    tuned = get_peft_model(model, config)
    with torch.no_grad():
        for name, weight in tuned.named_parameters():
            if "lora_B" in name:
                weight.fill_(0.1)
    tuned.save_pretrained(folder)
    return folder


@pytest.mark.parametrize(
    ("modules", "other"),
    [(["q_proj", "v_proj"], {}), (["up_proj"], {"use_rslora": True}),
     (["o_proj"], {"use_dora": True}), (["k_proj"], {"layers_to_transform": [1]})],
)  # fmt: skip
def test_an_adapter_as_peft_writes_it_is_taken_and_works_as_it_did(
    base: Path, tmp_path: Path, modules: list[str], other: dict[str, Any]
) -> None:
    folder = lora(tmp_path / "lora", modules, **other)
    known = bring_adapter(folder, base, tmp_path / "out", where=WHERE)
    assert (known["brought"], known["lora.r"], known["lora.alpha"]) == ("adapter", 2, 4)
    assert known["lora.target_modules"] == " ".join(sorted(modules))
    assert (tmp_path / "out" / WEIGHTS).read_bytes() == (folder / WEIGHTS).read_bytes()
    assert str(tmp_path) not in (tmp_path / "out" / CONFIG).read_text()
    model = load_model(base, Machine("cpu", 1, "eager"), "float32").model
    ids = torch.tensor([[5, 9, 12]])
    with torch.inference_mode():
        mine = merged(model, tmp_path / "out")(ids).logits
        theirs = merged(model, folder)(ids).logits
        assert torch.equal(mine, theirs)
        assert not torch.equal(mine, model(ids).logits)


def spoiled(folder: Path, way: str) -> None:
    config = json.loads((folder / CONFIG).read_text())
    tensors = load_file(folder / WEIGHTS)
    first = sorted(tensors)[0]
    if way == "kind":
        config["peft_type"] = "IA3"
    elif way == "modules":
        config["target_modules"] = ["c_attn"]
    elif way == "shape":
        tensors[first] = torch.zeros(2, 99)
    elif way == "more layers":
        tensors[first.replace("layers.0", "layers.7")] = tensors[first].clone()
    elif way == "fewer layers":
        del tensors[first]
    elif way == "cut":
        (folder / WEIGHTS).write_bytes((folder / WEIGHTS).read_bytes()[:50])
    elif way == "pickle":
        (folder / WEIGHTS).rename(folder / "adapter_model.bin")
    if way not in ("cut", "pickle"):
        save_file(tensors, folder / WEIGHTS)
        (folder / CONFIG).write_text(json.dumps(config))


@pytest.mark.parametrize(
    ("way", "told"),
    [
        ("kind", "an adapter of the kind 'IA3', not LORA"),
        ("modules", "not tuned from the base model: "),
        ("shape", "is 2 x 99 and would have to be 2 x 32 (1 such tensors)"),
        ("more layers", "layers.7.self_attn.q_proj.lora_A.weight is not in the base"),
        ("fewer layers", "lora_A.weight is not in the file"),
        ("cut", "not tuned from the base model: "),
        ("pickle", "it needs adapter_config.json and adapter_model.safetensors"),
    ],
)
def test_an_adapter_of_another_base_or_kind_is_one_clear_error(
    base: Path, tmp_path: Path, way: str, told: str
) -> None:
    folder = lora(tmp_path / "lora", ["q_proj"])
    spoiled(folder, way)
    with pytest.raises(UserError) as error:
        bring_adapter(folder, base, tmp_path / "out", where=WHERE)
    assert told in error.value.what
    assert error.value.where == f"{WHERE}: {folder}"


def checkpoint(folder: Path, *, seed: int = 1, **tokenizer: Any) -> Path:
    words = tiny_tokenizer(**tokenizer)
    tiny_llama(words, seed=seed, implementation="eager").save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


def test_a_checkpoint_of_the_same_shape_is_pointed_at_with_the_hash_of_its_weights(
    base: Path, tmp_path: Path
) -> None:
    folder = checkpoint(tmp_path / "tuned")
    known, identity = bring_checkpoint(folder, base, where=WHERE)
    other, _ = bring_checkpoint(checkpoint(tmp_path / "other", seed=2), base, where=WHERE)
    assert known["brought"] == "checkpoint"
    assert known["sha256.model.safetensors"] != other["sha256.model.safetensors"]
    write_json(tmp_path / "out" / "identity.json", identity)
    loaded = load_model(tmp_path / "out", Machine("cpu", 1, "eager"), "float32").model
    direct = load_file(folder / "model.safetensors")["model.norm.weight"]
    assert torch.equal(loaded.model.norm.weight, direct)


def test_a_checkpoint_of_another_model_is_one_clear_error(base: Path, tmp_path: Path) -> None:
    larger = shutil.copytree(checkpoint(tmp_path / "one"), tmp_path / "two")
    config = json.loads((larger / "config.json").read_text())
    (larger / "config.json").write_text(json.dumps({**config, "intermediate_size": 64}))
    # As many words, one of them another.
    retold = checkpoint(tmp_path / "three", merges=(*MERGES[:-1], ("o", "n")))
    for folder, told in (
        (larger, "mlp.down_proj.weight is 32 x 64 in the checkpoint and 32 x 48 in the base"),
        (retold, "its tokenizer is another"),
        (tmp_path, "it needs config.json and *.safetensors"),
    ):
        with pytest.raises(UserError) as error:
            bring_checkpoint(folder, base, where=WHERE)
        assert told in error.value.what
        assert error.value.where == f"{WHERE}: {folder}"
