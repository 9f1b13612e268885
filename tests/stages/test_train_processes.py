"""Training in several processes on a processor (gloo) is training in one: pairs, curve, outputs.

The stage itself runs, on a tiny random model, in a workspace made by hand.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import real_stages
from standin_training import workspace

from apeft.records import read_json, read_jsonl
from stages import train
from stages.stage import read_params, validate

OUTPUTS = [
    "adapter", "adapter/adapter_config.json", "adapter/adapter_model.safetensors",
    "collapse.json", "curves.jsonl", "settings.json",
    "validation.jsonl",
]  # fmt: skip


def alone(folder: Path, algorithm: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Train in this process, as the stage does with one process."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("APEFT_LIVE", "0")
    monkeypatch.setattr(sys, "argv", ["train", algorithm, "apeft", "0"])
    train.main(validate(read_params(), train.READS))
    return folder / f"out/train/{algorithm}-apeft-0"


def together(folder: Path, algorithm: str) -> tuple[subprocess.CompletedProcess[str], Path]:
    done = real_stages.stage(folder, "train", algorithm, "apeft", "0")
    return done, folder / f"out/train/{algorithm}-apeft-0"


def curves(folder: Path) -> dict[tuple[int, str], float]:
    rows = read_jsonl(folder / "curves.jsonl")
    return {(row["step"], name): value for row in rows for name, value in row.items()}


def test_two_processes_give_dpos_loss_curve_and_outputs_of_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In float32, within 1e-4; the sums over a step's pairs are only in another order."""
    one = alone(workspace(tmp_path / "one"), "dpo", monkeypatch)
    done, two = together(workspace(tmp_path / "two", processes=2), "dpo")
    assert done.returncode == 0, done.stderr
    assert "dpo-apeft-0: 6 steps on 5 pairs" in done.stdout
    mine, theirs = curves(one), curves(two)
    assert {name for _, name in mine} >= {"loss", "grad_norm", "margin", "kl", "shown_kl"}
    assert theirs == pytest.approx(mine, rel=1e-4, abs=1e-4)
    assert mine[6, "loss"] < mine[1, "loss"] - 0.02, "nothing was learnt, so nothing was compared"
    for folder in (one, two):
        assert sorted(str(p.relative_to(folder)) for p in folder.rglob("*")) == OUTPUTS
    settings = read_json(one / "settings.json")
    assert "processes" not in settings
    assert read_json(two / "settings.json") == settings | {"processes": 2}
    cost = json.loads((tmp_path / "two/.work/cost/train@dpo-apeft-0.json").read_text())
    assert cost["peak_memory_mib"] > 200, "the processes' memory is not that of their starter"
    left = [path for path in (tmp_path / "two/.work").rglob("*") if path.is_file()]
    assert [path.name for path in left] == ["train@dpo-apeft-0.json"]


@pytest.mark.slow
def test_with_kto_the_kl_term_is_of_all_processes_and_all_else_is_equal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """z is cut at zero once, over both processes' passes, so only it and what follows differ."""
    one = alone(workspace(tmp_path / "one"), "kto", monkeypatch)
    done, two = together(workspace(tmp_path / "two", processes=2), "kto")
    assert done.returncode == 0, done.stderr
    mine, theirs = curves(one), curves(two)
    assert set(mine) == set(theirs)
    # Before the first update the adapter is the base and z is zero, so the step is the same.
    first = {key for key in mine if key[0] <= 1}
    assert {key: theirs[key] for key in first} == pytest.approx(
        {key: mine[key] for key in first}, rel=1e-4, abs=1e-4
    )
    assert theirs[6, "loss"] == pytest.approx(mine[6, "loss"], rel=0.05)
    assert theirs[6, "loss"] < theirs[1, "loss"]


@pytest.mark.slow
def test_a_process_that_refuses_its_input_gives_one_error_of_the_stage(tmp_path: Path) -> None:
    folder = workspace(tmp_path, processes=2, **{"training.max_length": 16})
    said = real_stages.refused(folder, "train", "dpo", "apeft", "0")
    assert "training.max_length" in said


@pytest.mark.slow
def test_a_configuration_that_starts_one_process_is_refused(tmp_path: Path) -> None:
    config = tmp_path / "one.yaml"
    config.write_text("compute_environment: LOCAL_MACHINE\ndistributed_type: 'NO'\nnum_machines: 1")
    folder = workspace(tmp_path, processes=2, **{"hardware.accelerate_config": str(config)})
    said = real_stages.refused(folder, "train", "dpo", "apeft", "0")
    assert "accelerate started 1 processes, not 2" in said


@pytest.mark.slow
def test_a_configuration_that_spreads_the_weights_is_refused(tmp_path: Path) -> None:
    config = tmp_path / "fsdp.yaml"
    config.write_text(
        "compute_environment: LOCAL_MACHINE\ndistributed_type: FSDP\nnum_machines: 1\n"
        "main_process_port: 0\nmixed_precision: 'no'\nfsdp_config:\n  fsdp_version: 2\n"
        "  fsdp_auto_wrap_policy: TRANSFORMER_BASED_WRAP\n"
    )
    folder = workspace(tmp_path, processes=2, **{"hardware.accelerate_config": str(config)})
    said = real_stages.refused(folder, "train", "dpo", "apeft", "0")
    assert "FSDP and ZeRO-3" in said


@pytest.mark.slow
def test_a_killed_stage_leaves_no_process_and_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    """Its processes end with it, and what they had finished is taken up by the next run."""
    command = [sys.executable, "-m", "stages.train", "dpo", "apeft", "0"]
    steps = {"training.steps": 40}
    folder = workspace(tmp_path / "killed", processes=2, **steps)
    stage = subprocess.Popen(
        command, cwd=folder, env=real_stages.environment(), stdout=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 180
    while not list((folder / ".work").rglob("trainer_state.json")):
        assert stage.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    mark = str(folder.resolve())
    assert len(of_workspace(mark)) >= 3, "the starter, the launcher and two processes"
    os.kill(stage.pid, signal.SIGKILL)
    stage.wait()
    while of_workspace(mark) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert of_workspace(mark) == []
    assert not (folder / "out/train/dpo-apeft-0").exists()
    done, resumed = together(folder, "dpo")
    assert done.returncode == 0, done.stderr
    done, whole = together(workspace(tmp_path / "whole", processes=2, **steps), "dpo")
    assert done.returncode == 0, done.stderr
    for name in ("adapter/adapter_model.safetensors", "curves.jsonl"):
        assert (resumed / name).read_bytes() == (whole / name).read_bytes()


def of_workspace(folder: str) -> list[int]:
    """Processes of this user whose working folder is the workspace."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and os.readlink(entry / "cwd") == folder:
                found.append(int(entry.name))
        except OSError:  # gone, or another user's
            continue
    return found
