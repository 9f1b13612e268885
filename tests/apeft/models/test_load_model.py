"""Loading what the model stage left, for one machine setting."""

from pathlib import Path

import pytest
import torch
from tiny_model import plain_logits

from apeft.errors import UserError
from apeft.models.load import LoadedModel, Machine, load_model, settle, torch_dtype
from apeft.records import write_json


def machine(attention: str = "grouped") -> Machine:
    return Machine(device="cpu", threads=1, attention=attention)


@pytest.fixture
def folder(tiny: LoadedModel, tmp_path: Path) -> Path:
    tiny.model.save_pretrained(tmp_path / "model")
    tiny.tokenizer.save_pretrained(tmp_path / "model")
    write_json(tmp_path / "model" / "identity.json", {"name": "tiny"})
    return tmp_path / "model"


def test_a_saved_model_reads_as_before_with_every_attention(
    folder: Path, tiny: LoadedModel
) -> None:
    ids = [5, 80, 17, 33, 120]
    expected = plain_logits(tiny.model, ids)
    for attention in ("grouped", "eager", "sdpa"):
        loaded = load_model(folder, machine(attention), "float32")
        torch.testing.assert_close(plain_logits(loaded.model, ids), expected, atol=1e-5, rtol=1e-5)
        assert not loaded.model.training
        assert loaded.identity == {"name": "tiny"}


def test_the_dtype_is_the_one_asked_for(folder: Path) -> None:
    assert load_model(folder, machine(), "float32").model.dtype == torch.float32
    assert load_model(folder, machine(), "float16").model.dtype == torch.float16


def test_weights_elsewhere_are_followed(folder: Path, tmp_path: Path) -> None:
    write_json(tmp_path / "pointer" / "identity.json", {"name": "x", "weights": str(folder)})
    loaded = load_model(tmp_path / "pointer", machine(), "float32")
    assert loaded.model.config.num_hidden_layers == 2


def test_a_tokenizer_without_padding_pads_with_its_end(folder: Path) -> None:
    from transformers import AutoTokenizer

    bare = AutoTokenizer.from_pretrained(folder)
    bare.pad_token = None
    bare.save_pretrained(folder)
    loaded = load_model(folder, machine(), "float32")
    assert loaded.tokenizer.pad_token_id == loaded.tokenizer.eos_token_id
    assert loaded.model.generation_config.pad_token_id == loaded.tokenizer.eos_token_id


@pytest.mark.parametrize("lost", ["model.safetensors", "config.json"])
def test_a_broken_folder_is_told_with_the_way_out(folder: Path, lost: str) -> None:
    (folder / lost).unlink()
    with pytest.raises(UserError, match="no model could be loaded") as error:
        load_model(folder, machine(), "float32")
    assert error.value.where == str(folder)


def test_bfloat16_is_refused_where_the_processor_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: False)
    with pytest.raises(UserError, match="cannot compute in bfloat16"):
        torch_dtype("bfloat16", "cpu")
    assert torch_dtype("bfloat16", "cuda") == torch.bfloat16
    assert torch_dtype("float32", "cpu") == torch.float32


def test_cuda_is_refused_where_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(UserError, match="no CUDA device"):
        settle(Machine(device="cuda", threads=1, attention="sdpa"))
