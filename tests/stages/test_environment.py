"""A stage that DVC starts with another python says so in one error, before it imports anything."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stages import environment
from stages.environment import differences

ROOT = Path(__file__).resolve().parents[2]


def stage(*options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Start a stage's script as DVC does; ``-S`` leaves this python without its packages."""
    held = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **variables}
    command = [sys.executable, *options, "-m", "stages.respond"]
    return subprocess.run(command, env=held, capture_output=True, text=True, check=False)


def test_a_python_without_the_packages_is_one_clear_error_under_dvc() -> None:
    done = stage("-S", DVC_STAGE="respond")
    assert done.returncode == 2
    assert done.stderr.startswith("error: this python lacks pydantic, numpy, torch")
    assert f"where: {sys.executable}" in done.stderr
    assert ".venv/bin" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_locked_python_is_taken_without_a_word_and_goes_on_to_the_script() -> None:
    done = stage(DVC_STAGE="respond")
    assert "lacks" not in done.stderr
    assert "wrong arguments" in done.stderr


def test_other_versions_are_named_with_the_locked_ones(tmp_path: Path) -> None:
    lock = tmp_path / "compute.lock"
    text = environment.LOCK.read_text().replace("numpy==", "numpy==0.1.0+")
    lock.write_text(text.replace("torch==", "torch==0.0."))
    missing, other = differences(lock)
    assert missing == []
    assert [row.split(" ")[0] for row in other] == ["numpy", "torch"]
    assert "locked: 0.0." in other[1]


def test_versions_are_a_warning_and_the_stage_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = tmp_path / "compute.lock"
    lock.write_text(environment.LOCK.read_text().replace("trl==", "trl==9."))
    monkeypatch.setattr(environment, "LOCK", lock)
    monkeypatch.setenv("DVC_STAGE", "respond")
    environment.tell_wrong_python()
    told = capsys.readouterr().err
    assert told.startswith(f"warning: {sys.executable} has trl ")
