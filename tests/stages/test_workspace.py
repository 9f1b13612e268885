"""Promises of profile workspaces, with real DVC on a pipeline of one small stage."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from apeft.errors import UserError
from stages.classes import read_classes
from stages.lockfile import content_hash, read_lock
from stages.workspace import make_workspace, merge, prune

STAGE = """
import pathlib, sys, yaml
from apeft.words import WORD
value = yaml.safe_load(open("params.yaml"))["tiny"]["value"]
folder = pathlib.Path("out/train") / sys.argv[1]
(folder / "sub").mkdir(parents=True)
(folder / "sub" / "é.txt").write_text(f"{WORD} {value}", encoding="utf-8")
for name in ("z", "b", "sub-x", "sub.x", "a"):
    (folder / name).write_text(sys.argv[1])
pathlib.Path("ran.txt").open("a").write(sys.argv[1] + " ")
"""
PIPELINE = """
stages:
  train:
    matrix: {algorithm: "${grid.algorithms}"}
    cmd: PYTHON -m stages.tiny ${item.algorithm}
    deps: [stages/tiny.py, apeft/words.py]
    params: [tiny]
    outs: ["out/train/${item.algorithm}"]
"""
PARAMS = """
tiny: {value: 1, deep: {a: 1, b: [1, 2]}}  # paper-unknown: as elsewhere
grid: {algorithms: [dpo, ipo]}  # paper
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A checkout's files, before `dvc init`."""
    root = tmp_path / "checkout"
    files = {
        "apeft/__init__.py": '"""Library."""\n',
        "apeft/words.py": 'WORD = "word"\n',
        "stages/__init__.py": '"""Stages."""\n',
        "stages/tiny.py": STAGE,
        "analysis/__init__.py": '"""Analysis."""\n',
        "requirements/compute.lock": "torch\n",
        "sources.txt": "none\n",
        "params.yaml": PARAMS,
        "dvc.yaml": PIPELINE.replace("PYTHON", sys.executable),
        "profiles/smoke.yaml": "tiny: {value: 2, deep: {b: [3]}}\n",
        "profiles/same.yaml": "",
        ".gitignore": "",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.fixture
def checkout(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DVC_NO_ANALYTICS", "1")
    monkeypatch.setenv("DVC_SITE_CACHE_DIR", str(tmp_path / "site"))
    dvc(tree, "init", "--no-scm", "-q")
    return tree


def dvc(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "dvc", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "runs" not in path.relative_to(folder).parts
    }


def test_a_workspace_runs_the_checkouts_code_and_shares_its_cache(checkout: Path) -> None:
    dvc(checkout, "repro", "-q")
    same = make_workspace("same", checkout)
    dvc(same, "repro", "-q")
    assert not (same / "ran.txt").exists()  # restored from the shared run-cache, no script ran
    assert (same / "dvc.lock").read_bytes() == (checkout / "dvc.lock").read_bytes()

    smoke = make_workspace("smoke", checkout)
    dvc(smoke, "repro", "-q")
    assert (smoke / "ran.txt").read_text() == "dpo ipo "
    assert (smoke / "out/train/dpo/sub/é.txt").read_text(encoding="utf-8") == "word 2"
    assert not (smoke / ".dvc" / "cache").exists()

    # A change of the checkout's code is seen through the symlink, and nothing else is affected.
    (checkout / "apeft/words.py").write_text('WORD = "new"\n')
    assert "apeft/words.py" in dvc(smoke, "status")
    assert "runs" not in dvc(checkout, "status")


def test_our_content_hash_is_dvcs(checkout: Path) -> None:
    dvc(checkout, "repro", "-q")
    for instance in read_lock(checkout):
        for path, md5 in instance.outs.items():
            assert content_hash(checkout / path) == md5
        for path, md5 in instance.deps.items():
            assert content_hash(checkout / path) == md5


def test_cells_that_left_the_grid_are_pruned_and_count_no_more(checkout: Path) -> None:
    dvc(checkout, "repro", "-q")
    (checkout / "out/respond/base").mkdir(parents=True)
    (checkout / "out/respond/ipo").mkdir(parents=True)
    (checkout / "params.yaml").write_text(PARAMS.replace("[dpo, ipo]", "[dpo]"))

    assert [instance.name for instance in read_lock(checkout)] == ["train@dpo"]
    assert prune(checkout) == ["out/train/ipo", "out/respond/ipo"]
    assert sorted(os.listdir(checkout / "out/train")) == ["dpo"]
    assert sorted(os.listdir(checkout / "out/respond")) == ["base"]
    # What was pruned comes back from the cache without running anything.
    (checkout / "params.yaml").write_text(PARAMS)
    (checkout / "ran.txt").unlink()
    dvc(checkout, "repro", "-q")
    assert sorted(os.listdir(checkout / "out/train")) == ["dpo", "ipo"]
    assert not (checkout / "ran.txt").exists()


def test_the_checkout_is_untouched_and_a_second_call_writes_nothing(tree: Path) -> None:
    before = snapshot(tree)
    folder = make_workspace("smoke", tree)
    assert snapshot(tree) == before
    times = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    make_workspace("smoke", tree)
    assert {path: path.stat().st_mtime_ns for path in times} == times


def test_resolved_parameters_are_the_checkouts_with_the_profiles_over_them(tree: Path) -> None:
    text = (make_workspace("smoke", tree) / "params.yaml").read_text()
    assert text.startswith("# Generated from params.yaml and profiles/smoke.yaml")
    assert yaml.safe_load(text) == {
        "tiny": {"value": 2, "deep": {"a": 1, "b": [3]}},
        "grid": {"algorithms": ["dpo", "ipo"]},
    }


def test_resolved_parameters_keep_their_classes_and_a_changed_value_is_ours(tree: Path) -> None:
    (tree / "profiles/smoke.yaml").write_text(
        "tiny:\n  value: 2\n  deep:\n    a: 1\n    b: [3]  # paper: as a footnote says\n"
    )
    file = make_workspace("smoke", tree) / "params.yaml"
    assert read_classes(file) == {
        "tiny.value": ("ours", "profiles/smoke.yaml"),
        "tiny.deep.a": ("paper-unknown", "as elsewhere"),  # the same value: nothing changed
        "tiny.deep.b": ("paper", "as a footnote says"),
        "grid.algorithms": ("paper", ""),
    }
    assert "\n  value: 2  # ours: profiles/smoke.yaml\n" in file.read_text()


def test_parameters_without_a_class_are_refused_and_nothing_is_written(tree: Path) -> None:
    (tree / "params.yaml").write_text(PARAMS.replace("# paper\n", "\n"))
    with pytest.raises(UserError, match=r"grid\.algorithms: no class"):
        make_workspace("smoke", tree)
    assert not (tree / "runs").exists()


def test_a_workspace_uses_the_cache_folder_that_the_checkout_is_set_to(
    checkout: Path, tmp_path: Path
) -> None:
    dvc(checkout, "cache", "dir", "--local", str(tmp_path / "large-disk"))
    folder = make_workspace("smoke", checkout)
    assert dvc(folder, "cache", "dir").strip() == str(tmp_path / "large-disk")


def test_a_profile_may_only_override_keys_that_exist() -> None:
    base = {"train": {"lora": {"rank": 1}, "steps": 2}, "k": 3}
    with pytest.raises(UserError) as caught:
        merge(base, {"train": {"lora": {"rnak": 2}, "steps": 5}, "kk": 1}, where="p.yaml")
    assert "train.lora.rnak: unknown key; known here: rank" in caught.value.what
    assert "kk: unknown key" in caught.value.what
    with pytest.raises(UserError, match=r"train\.lora: is a section"):
        merge(base, {"train": {"lora": None}}, where="p.yaml")
    assert base == {"train": {"lora": {"rank": 1}, "steps": 2}, "k": 3}


@pytest.mark.parametrize("name", ["../x", "Smoke", "a b", "", "-x", "default", "a/b"])
def test_names_that_could_leave_runs_or_shadow_the_checkout_are_refused(
    tree: Path, name: str
) -> None:
    with pytest.raises(UserError, match="not a profile name"):
        make_workspace(name, tree)
    assert not (tree / "runs").exists()


def test_an_unknown_profile_names_those_that_there_are(tree: Path) -> None:
    with pytest.raises(UserError, match="same, smoke"):
        make_workspace("large", tree)
