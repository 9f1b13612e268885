"""Partial work that survives a kill and gives the same results as an undisturbed run."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from apeft.worklog import Worklog

ITEMS = {"a": {"text": "Zoë Ångström"}, "b": {"value": 1 / 3}, "c": {"text": "日本\n語"}}


@pytest.fixture
def log(tmp_path: Path) -> Worklog:
    log = Worklog("stage", {"p": 1}, root=tmp_path)
    for key, item in ITEMS.items():
        log.add({key: item})
    return log


def test_items_are_there_again_when_the_log_is_opened_again(tmp_path: Path, log: Worklog) -> None:
    again = Worklog("stage", {"p": 1}, root=tmp_path)
    assert len(again) == 3
    assert {key: again[key] for key in ITEMS} == {key: log[key] for key in ITEMS}
    assert "d" not in again


def test_items_read_the_same_before_and_after_a_restart(tmp_path: Path, log: Worklog) -> None:
    assert log["b"] == {"value": 0.333333333}
    assert Worklog("stage", {"p": 1}, root=tmp_path)["b"] == log["b"]


def test_other_inputs_or_another_stage_start_afresh(tmp_path: Path, log: Worklog) -> None:
    assert len(Worklog("stage", {"p": 2}, root=tmp_path)) == 0
    assert len(Worklog("other", {"p": 1}, root=tmp_path)) == 0


def test_a_cut_at_any_byte_loses_only_the_cut_line(tmp_path: Path, log: Worklog) -> None:
    path = log.folder / "done.jsonl"
    whole = path.read_bytes()
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        again = Worklog("stage", {"p": 1}, root=tmp_path)
        kept = whole[:size].count(b"\n")
        assert [key for key in ITEMS if key in again] == list(ITEMS)[:kept], size
        again.add({"z": {"n": 1}})
        assert "z" in Worklog("stage", {"p": 1}, root=tmp_path)


def test_clearing_removes_the_log_and_what_lies_beside_it(tmp_path: Path, log: Worklog) -> None:
    (log.folder / "checkpoints" / "checkpoint-2").mkdir(parents=True)
    (log.folder / "checkpoints" / "checkpoint-2" / "x.bin").write_bytes(b"1")
    log.clear()
    assert list((tmp_path / "stage").iterdir()) == []


SCRIPT = """
import json, os, signal, sys
from pathlib import Path
from apeft.sampling.base import Completion, SampleSettings
from apeft.sampling.run import sample_prompts
from apeft.worklog import Worklog

root, out, how = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
log = Worklog("sample", ["model"], root=root)

class Sampler:
    batch_independent = True
    calls = 0
    def sample(self, prompts, settings):
        Sampler.calls += 1
        if Sampler.calls == 3 and how != "run":
            if how == "kill":
                with open(log.folder / "done.jsonl", "ab") as file:
                    file.write('{"item": {"text": "Zoë'.encode()[:-1])  # half a line, half a letter
                os.kill(os.getpid(), signal.SIGKILL)
            os._exit(7)
        return [[Completion(f"{p}é{i}", (len(p), i), True, 0) for i in range(settings.n)]
                for p in prompts]

rows = sample_prompts(Sampler(), [f"prompt {n}" for n in range(12)], SampleSettings(n=2), log,
                      "sample", chunk=4)
out.write_text(json.dumps([rows, Sampler.calls]))
"""


def run(root: Path, out: Path, how: str) -> int:
    command = [sys.executable, "-c", SCRIPT, str(root), str(out), how]
    folder = Path(__file__).parents[2]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode


@pytest.mark.parametrize("how", ["exit", "kill"])
def test_a_killed_process_goes_on_where_it_was_and_ends_the_same(tmp_path: Path, how: str) -> None:
    whole, resumed = tmp_path / "whole.json", tmp_path / "resumed.json"
    assert run(tmp_path / "1", whole, "run") == 0
    assert run(tmp_path / "2", resumed, how) == {"exit": 7, "kill": -signal.SIGKILL}[how]
    assert not resumed.exists()
    assert run(tmp_path / "2", resumed, "run") == 0
    # 12 prompts in chunks of 2: six calls in all, of which two were done before the end.
    assert whole.read_text().endswith(", 6]")
    assert resumed.read_text() == whole.read_text().removesuffix("6]") + "4]"
    assert os.listdir(tmp_path / "2" / "sample") == os.listdir(tmp_path / "1" / "sample")
