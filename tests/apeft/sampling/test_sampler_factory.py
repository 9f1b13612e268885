"""Choosing a sampler, and what the vLLM sampler refuses before any engine starts."""

from importlib.util import find_spec
from pathlib import Path

import pytest
from sampler_contract import tokens

from apeft.errors import UserError
from apeft.models.load import LoadedModel, Machine
from apeft.records import write_json
from apeft.sampling.base import SampleSettings
from apeft.sampling.engine import EngineSettings, visible_devices
from apeft.sampling.factory import open_sampler
from apeft.sampling.hf import HfSampler

MACHINE = Machine("cpu", 1, "grouped")


@pytest.fixture
def folder(tiny: LoadedModel, tmp_path: Path) -> Path:
    tiny.model.save_pretrained(tmp_path)
    tiny.tokenizer.save_pretrained(tmp_path)
    write_json(tmp_path / "identity.json", {"name": "tiny"})
    return tmp_path


def test_transformers_is_opened_with_its_rows(tiny: LoadedModel, folder: Path) -> None:
    settings = SampleSettings(n=2, temperature=1.0, max_new_tokens=6)
    sampler = open_sampler(
        "transformers", folder, MACHINE, "float32", rows=3, engine=EngineSettings()
    )
    assert sampler.batch_independent
    expected = HfSampler(tiny).sample(["a", "b"], settings)
    assert tokens(sampler.sample(["a", "b"], settings)) == tokens(expected)


@pytest.mark.skipif(find_spec("vllm") is not None, reason="vLLM is installed here")
def test_without_vllm_the_lock_to_install_is_named(folder: Path) -> None:
    with pytest.raises(UserError, match="vLLM is not installed") as told:
        open_sampler("vllm", folder, MACHINE, "float32", rows=1, engine=EngineSettings())
    assert "requirements/vllm.lock" in told.value.fix


@pytest.mark.parametrize(
    ("replica", "tensor_parallel", "visible", "devices"),
    [
        (0, 1, None, "0"),
        (3, 1, None, "3"),
        (1, 2, None, "2,3"),
        (0, 2, "4,5,6,7", "4,5"),
        (1, 2, "4,5,6,7", "6,7"),
    ],
)
def test_replicas_take_the_visible_devices_in_turn(
    replica: int, tensor_parallel: int, visible: str | None, devices: str
) -> None:
    assert visible_devices(replica, tensor_parallel, visible) == devices


def test_more_devices_than_there_are_are_refused_before_anything_starts(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cuda.device_count", lambda: 3)
    settings = EngineSettings(tensor_parallel=2, data_parallel=2)
    with pytest.raises(UserError, match="4 devices are needed and 3 visible"):
        open_sampler(
            "vllm", folder, Machine("cuda", 1, "sdpa"), "bfloat16", rows=1, engine=settings
        )
