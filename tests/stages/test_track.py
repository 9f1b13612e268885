"""Promises of `python -m stages.track`, on a workspace made by hand and a real SQLite database."""

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from apeft.errors import UserError
from apeft.records import write_json
from stages.lockfile import content_hash
from stages.track import track
from stages.tracking import as_params, experiment_name, open_store, shown_uri


def test_each_variant_and_stage_has_one_current_run_with_its_content(workspace: Any) -> None:
    line = track(workspace.path)

    assert line.startswith("track: 3 variants and 2 stages current in sqlite:///")
    variants = workspace.current()
    assert sorted(variants) == ["base", "dpo-apeft-0", "ipo-general-0"]
    run = variants["dpo-apeft-0"]
    assert run.data.params == {
        "algorithm": "dpo",
        "recipe": "apeft",
        "seed": "0",
        "learning_rate": "0.0002",
        "beta": "0.1",
        "lora.rank": "16",
        "lora.modules": '["q", "v"]',
    }
    # last points of the curves, by hand: loss 0.1 / 4, margin 0.1 * 3
    assert run.data.metrics == pytest.approx(
        {"train/loss": 0.025, "train/margin": 0.3, "bio/factscore": 0.5}
    )
    assert run.data.tags["key"] == content_hash(workspace.path / "out/train/dpo-apeft-0")
    assert run.info.status == "FINISHED"
    assert variants["base"].data.params == {"model.name": "tiny", "respond.tokens": "8"}
    assert variants["base"].data.metrics == {"bio/factscore": 0.25}
    stages = {r.data.tags["stage"]: r for r in workspace.runs() if r.data.tags["kind"] == "stage"}
    assert sorted(stages) == ["model", "respond_base"]
    assert stages["respond_base"].data.metrics == {"answers": 3.0}
    with open_store(workspace.path) as store:
        history = store.client.get_metric_history(run.info.run_id, "train/loss")
    assert [point.step for point in history] == [0, 1, 2, 3]
    assert [point.value for point in history] == pytest.approx([0.1, 0.05, 0.1 / 3, 0.025])


def test_a_second_call_changes_nothing_in_the_database(workspace: Any) -> None:
    track(workspace.path)
    before = workspace.database()
    track(workspace.path)
    assert workspace.database() == before


def test_a_reverted_parameter_brings_its_old_run_back(workspace: Any) -> None:
    track(workspace.path)
    first = workspace.current()["dpo-apeft-0"].info.run_id
    workspace.train("dpo-apeft-0", beta=0.3)
    track(workspace.path)
    second = workspace.current()["dpo-apeft-0"].info.run_id
    count = len(workspace.runs())
    workspace.train("dpo-apeft-0", beta=0.1)
    track(workspace.path)

    assert workspace.current()["dpo-apeft-0"].info.run_id == first != second
    assert len(workspace.runs()) == count
    untouched = workspace.current()["ipo-general-0"]
    assert untouched.data.params["beta"] == "0.2"


def test_a_variant_that_left_the_lock_is_no_longer_current(workspace: Any) -> None:
    track(workspace.path)
    del workspace.stages["train@ipo-general-0"]
    workspace.write()
    track(workspace.path)
    assert sorted(workspace.current()) == ["base", "dpo-apeft-0"]


def test_a_new_evaluation_of_one_adapter_updates_its_run_in_place(workspace: Any) -> None:
    track(workspace.path)
    before = workspace.current()["dpo-apeft-0"].info.run_id
    report = {"dpo-apeft-0": {"bio": {"accuracy": 0.75}}}
    write_json(workspace.path / "reports/metrics.json", report)
    track(workspace.path)

    run = workspace.current()["dpo-apeft-0"]
    assert run.info.run_id == before
    assert run.data.metrics["bio/accuracy"] == 0.75
    assert run.data.metrics["bio/factscore"] != run.data.metrics["bio/factscore"]  # NaN: gone


def test_a_run_cut_short_by_a_kill_is_completed_not_doubled(workspace: Any) -> None:
    key = content_hash(workspace.path / "out/train/dpo-apeft-0")
    tags = {"kind": "variant", "variant": "dpo-apeft-0", "key": key, "current": "false"}
    with open_store(workspace.path) as store:
        left = store.client.create_run(store.experiment, 1, tags).info.run_id
        store.client.log_metric(left, "train/loss", 0.1, step=0)
    track(workspace.path)

    run = workspace.current()["dpo-apeft-0"]
    assert run.info.run_id == left
    assert run.info.status == "FINISHED"
    with open_store(workspace.path) as store:
        history = store.client.get_metric_history(left, "train/loss")
    assert [point.step for point in history] == [0, 1, 2, 3]


def test_an_output_that_is_not_the_locks_lends_its_run_no_content(workspace: Any) -> None:
    curve = workspace.path / "out/train/dpo-apeft-0/curves.jsonl"
    kept = curve.read_text()
    curve.write_text(json.dumps({"step": 0, "loss": 9.0}) + "\n")
    line = track(workspace.path)

    assert "train@dpo-apeft-0" in line
    assert "train/loss" not in workspace.current()["dpo-apeft-0"].data.metrics
    curve.write_text(kept)
    track(workspace.path)
    assert workspace.current()["dpo-apeft-0"].data.metrics["train/loss"] == pytest.approx(0.025)


def test_a_run_keeps_its_content_when_its_output_leaves_the_workspace(workspace: Any) -> None:
    track(workspace.path)
    before = workspace.database()
    shutil.rmtree(workspace.path / "out/train/dpo-apeft-0")
    assert "dpo-apeft-0" not in track(workspace.path)
    assert workspace.database() == before


def test_the_same_adapter_from_other_inputs_shows_the_present_hashes(workspace: Any) -> None:
    track(workspace.path)
    before = workspace.current()["dpo-apeft-0"].info.run_id
    workspace.stages["train@dpo-apeft-0"]["deps"][0]["md5"] = "1" * 32
    workspace.write()
    track(workspace.path)
    run = workspace.current()["dpo-apeft-0"]
    assert (run.info.run_id, run.data.tags["dep:stages/x.py"]) == (before, "1" * 32)


def test_cost_is_taken_from_the_record_of_these_outputs_only(workspace: Any) -> None:
    out = "out/train/dpo-apeft-0"
    mine = {
        "seconds": 2.5,
        "tokens": {"seen": 10},
        "started": "2026-01-02T03:04:05+00:00",
        "commit": "c0ffee",
        "device": "cpu",
        "outputs": {out: content_hash(workspace.path / out)},
    }
    write_json(workspace.path / ".work/cost/train@dpo-apeft-0.json", mine)
    other = mine | {"outputs": {"out/train/ipo-general-0": "0" * 32}}
    write_json(workspace.path / ".work/cost/train@ipo-general-0.json", other)
    track(workspace.path)

    run = workspace.current()["dpo-apeft-0"]
    assert run.data.metrics["cost/seconds"] == 2.5
    assert run.data.metrics["cost/tokens/seen"] == 10
    assert run.data.tags["commit"] == "c0ffee"
    assert run.info.end_time - run.info.start_time == 2500
    assert "cost/seconds" not in workspace.current()["ipo-general-0"].data.metrics
    report = json.loads((workspace.path / "reports/cost.json").read_text())
    assert list(report["stages"]) == ["train@dpo-apeft-0"]
    assert report["unrecorded"] == ["model", "respond_base", "train@ipo-general-0"]
    before = workspace.database()
    track(workspace.path)
    assert workspace.database() == before


def test_versions_and_processor_are_tags_of_stage_and_variant_runs_alike(workspace: Any) -> None:
    def record(stage: str, out: str, **versions: str) -> None:
        cost = {"seconds": 1.0, "processor": "Some CPU @ 2 GHz", "versions": versions}
        cost["outputs"] = {out: content_hash(workspace.path / out)}
        write_json(workspace.path / f".work/cost/{stage}.json", cost)

    record("train@dpo-apeft-0", "out/train/dpo-apeft-0", torch="2.13.0+cpu", vllm="1.0")
    record("model", "out/model", torch="2.13.0+cpu", python="3.11.9")
    track(workspace.path)

    stages = {r.data.tags["stage"]: r for r in workspace.runs() if r.data.tags["kind"] == "stage"}
    variant = workspace.current()["dpo-apeft-0"]
    for run in (variant, stages["model"]):
        assert run.data.tags["processor"] == "Some CPU @ 2 GHz"
        assert run.data.tags["version:torch"] == "2.13.0+cpu"
        costs = {k: v for k, v in run.data.metrics.items() if k.startswith("cost/")}
        assert costs == {"cost/seconds": 1.0}  # words are no measures
    assert stages["model"].data.tags["version:python"] == "3.11.9"
    assert variant.data.tags["version:vllm"] == "1.0"
    assert not any(tag.startswith("version:") for tag in stages["respond_base"].data.tags)
    report = json.loads((workspace.path / "reports/cost.json").read_text())
    assert report["stages"]["model"]["versions"] == {"torch": "2.13.0+cpu", "python": "3.11.9"}
    assert report["stages"]["model"]["processor"] == "Some CPU @ 2 GHz"

    # The same adapter, made again elsewhere: its run says what made what is in place.
    record("train@dpo-apeft-0", "out/train/dpo-apeft-0", torch="2.14.0")
    track(workspace.path)
    tags = workspace.current()["dpo-apeft-0"].data.tags
    assert {k: v for k, v in tags.items() if k.startswith("version:")} == {
        "version:torch": "2.14.0"
    }
    before = workspace.database()
    track(workspace.path)
    assert workspace.database() == before


def test_a_deleted_database_is_rebuilt_whole(
    workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    track(workspace.path)
    shown = {name: (r.data.params, r.data.metrics) for name, r in workspace.current().items()}
    # Another address: within one process MLflow keeps its connections to a deleted file.
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{workspace.path / 'sub' / 'new.db'}")
    track(workspace.path)

    assert (workspace.path / "sub" / "new.db").is_file()
    again = {name: (r.data.params, r.data.metrics) for name, r in workspace.current().items()}
    assert again == shown


def test_an_experiment_deleted_in_the_ui_comes_back(workspace: Any) -> None:
    track(workspace.path)
    with open_store(workspace.path) as store:
        store.client.delete_experiment(store.experiment)
    track(workspace.path)
    assert sorted(workspace.current()) == ["base", "dpo-apeft-0", "ipo-general-0"]


def foreign_text(path: Path) -> None:
    path.write_text("these are my notes\n" * 100)


def foreign_sqlite(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE notes (text TEXT)")


def folder_in_its_place(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("make", [foreign_text, foreign_sqlite, folder_in_its_place])
def test_a_foreign_file_in_the_databases_place_is_refused_and_left_alone(
    workspace: Any, monkeypatch: pytest.MonkeyPatch, make: Any
) -> None:
    path = workspace.path / "mine.db"
    make(path)
    before = path.read_bytes() if path.is_file() else None
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{path}")
    with pytest.raises(UserError, match="not an MLflow database"):
        track(workspace.path)
    assert (path.read_bytes() if path.is_file() else None) == before


def test_a_database_that_cannot_be_made_is_one_clear_error(
    workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (workspace.path / "file").write_text("")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{workspace.path / 'file' / 'x.db'}")
    with pytest.raises(UserError, match="cannot be used"):
        track(workspace.path)


def test_the_lock_must_be_there_and_be_one(workspace: Any) -> None:
    (workspace.path / "dvc.lock").write_text("<<<<<<< HEAD\nstages:\n")
    with pytest.raises(UserError, match="not a DVC lock file"):
        track(workspace.path)
    (workspace.path / "dvc.lock").unlink()
    with pytest.raises(UserError, match="nothing has been run"):
        track(workspace.path)


def test_the_checkout_is_the_default_experiment(tmp_path: Path) -> None:
    assert experiment_name(Path(__file__).parents[2]) == "apeft/default"
    assert experiment_name(tmp_path / "smoke") == "apeft/smoke"


def test_an_address_is_printed_without_its_password() -> None:
    assert shown_uri("https://me:secret@host/x") == "https://***@host/x"


def test_two_long_parameters_that_differ_stay_different() -> None:
    one, two = (as_params({"shots": "x" * 7000 + end})["shots"] for end in "ab")
    assert one != two
    assert len(one) <= 6000
