"""Promises of live logging: a view of training that never disturbs it."""

from pathlib import Path
from typing import Any

import pytest

from stages.live import LiveRun
from stages.track import track
from stages.tracking import open_store

SETTINGS = {"learning_rate": 2e-4, "beta": 0.1, "lora": {"rank": 16, "modules": ["q", "v"]}}


def train(live: LiveRun, steps: range, beta: float = 0.1) -> None:
    """Log what the hand-made workspace's curves.jsonl holds for these steps."""
    for step in steps:
        live.log(step, {"loss": beta / (step + 1), "margin": beta * step})


def runs_of(workspace: Any, variant: str = "dpo-apeft-0") -> list[Any]:
    return [run for run in workspace.runs() if run.data.tags.get("variant") == variant]


def steps_of(workspace: Any, run: Any) -> list[int]:
    with open_store(workspace.path) as store:
        history = store.client.get_metric_history(run.info.run_id, "train/loss")
    return [point.step for point in history]


def test_a_finished_live_run_becomes_its_variants_run(workspace: Any) -> None:
    with LiveRun("dpo-apeft-0", "k1", SETTINGS) as live:
        train(live, range(4))
    (run,) = runs_of(workspace)
    assert run.data.tags["current"] == "live"
    assert run.info.status == "FINISHED"
    track(workspace.path)

    (adopted,) = runs_of(workspace)
    assert adopted.info.run_id == run.info.run_id
    assert workspace.current()["dpo-apeft-0"].info.run_id == run.info.run_id
    assert steps_of(workspace, adopted) == [0, 1, 2, 3]


def test_training_resumed_after_a_kill_goes_on_in_the_same_run(workspace: Any) -> None:
    live = LiveRun("dpo-apeft-0", "k1", SETTINGS).__enter__()
    train(live, range(3))
    live.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert runs_of(workspace)[0].info.status == "KILLED"
    with LiveRun("dpo-apeft-0", "k1", SETTINGS) as live:
        train(live, range(1, 4))  # from the last checkpoint, before the kill
    (run,) = runs_of(workspace)
    assert run.info.status == "FINISHED"
    assert steps_of(workspace, run) == [0, 1, 2, 3]


def test_a_partial_live_run_that_agrees_is_completed(workspace: Any) -> None:
    live = LiveRun("dpo-apeft-0", "k1", SETTINGS).__enter__()
    train(live, range(2))
    live._release()  # what kill -9 does: the lock goes, the status stays RUNNING
    assert runs_of(workspace)[0].info.status == "RUNNING"
    track(workspace.path)

    (run,) = runs_of(workspace)
    assert run.info.status == "FINISHED"
    assert run.data.tags["current"] == "true"
    assert steps_of(workspace, run) == [0, 1, 2, 3]


def test_a_dead_live_run_that_disagrees_is_marked_and_not_shown(workspace: Any) -> None:
    live = LiveRun("dpo-apeft-0", "k0", SETTINGS).__enter__()
    train(live, range(2), beta=0.7)
    live._release()
    track(workspace.path)

    dead, shown = runs_of(workspace)
    assert (dead.info.status, dead.data.tags["current"]) == ("KILLED", "false")
    assert (shown.info.status, shown.data.tags["current"]) == ("FINISHED", "true")
    assert sorted(workspace.current()) == ["base", "dpo-apeft-0", "ipo-general-0"]


def test_tracking_leaves_a_training_that_is_running_alone(workspace: Any) -> None:
    with LiveRun("dpo-apeft-0", "k2", SETTINGS) as live:
        train(live, range(1))
        track(workspace.path)
        live_run, shown = runs_of(workspace)
        assert (live_run.info.status, live_run.data.tags["current"]) == ("RUNNING", "live")
        assert shown.data.tags["current"] == "true"
        train(live, range(1, 2))
    assert steps_of(workspace, runs_of(workspace)[0]) == [0, 1]


def test_a_fault_of_mlflow_is_one_warning_and_training_goes_on(
    workspace: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (workspace.path / "notes.db").write_text("not a database " * 99)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{workspace.path / 'notes.db'}")
    with LiveRun("dpo-apeft-0", "k1", SETTINGS) as live:
        train(live, range(4))
    warnings = capsys.readouterr().err.strip().splitlines()
    assert len(warnings) == 1
    assert warnings[0].startswith("warning: no live view of dpo-apeft-0")


def test_a_database_lost_while_training_is_one_warning(
    workspace: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def lost(*_: Any, **__: Any) -> None:
        raise OSError("disk I/O error")

    with LiveRun("dpo-apeft-0", "k1", SETTINGS) as live:
        monkeypatch.setattr("stages.live.log_points", lost)
        train(live, range(4))
    assert capsys.readouterr().err.count("disk I/O error") == 1


def test_an_error_of_training_itself_passes_through(workspace: Any) -> None:
    with pytest.raises(ZeroDivisionError), LiveRun("dpo-apeft-0", "k1", SETTINGS):
        raise ZeroDivisionError
    assert runs_of(workspace)[0].info.status == "FAILED"


def test_it_can_be_turned_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("APEFT_LIVE", "0")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'x.db'}")
    with LiveRun("dpo-apeft-0", "k1", SETTINGS) as live:
        train(live, range(1))
    assert list(tmp_path.iterdir()) == []
    assert capsys.readouterr().err == ""
