"""`make compare`: reading commits, folders and workspaces, and refusing anything else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from apeft.errors import UserError
from stages import compare

MAIN = (
    "variant,algorithm,recipe,seeds,collapsed,"
    "bio:factscore:estimate,bio:factscore:low,bio:factscore:high\n"
)


BOTH = ("these adapters", "the algorithm")
TEST = {"effect": 0.01, "low": -0.02, "high": None}


def reports(folder: Path, score: str, verdict: str) -> Path:
    (folder / "tables").mkdir(parents=True)
    (folder / "tables/main.csv").write_text(
        f"{MAIN}base,base,,1,False,0.25,,\ndpo-apeft,dpo,apeft,1,False,{score}\n"
    )
    (folder / "tables/parameters.csv").write_text(
        'key,value,class,note\nmodel.name,"""tiny""",ours,\n'
    )
    (folder / "claims.json").write_text(
        json.dumps(
            {
                "claims": [
                    {"id": "gain", "verdicts": {asked: {"verdict": verdict} for asked in BOTH}}
                    | {"tests": [dict.fromkeys(BOTH, TEST)]}
                ]
            }
        )
    )
    record = {"versions": {"torch": "2.13.0", "python": "3.11.7"}}
    (folder / "cost.json").write_text(json.dumps({"stages": {"model": record, "figures": {}}}))
    return folder


def test_two_folders_differ_where_they_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    a = reports(tmp_path / "a", "0.5,0.4,0.6", "undecided")
    b = reports(tmp_path / "b", "0.55,0.45,0.65", "supported")
    monkeypatch.setattr(sys, "argv", ["compare", str(a), str(b)])
    compare.main()
    said = capsys.readouterr().out
    assert "dpo-apeft bio factscore: 50.0 [40.0, 60.0] → 55.0 [45.0, 65.0] (+5.0)" in said
    for asked in BOTH:
        assert f"gain, {asked}: undecided, 0.01 → supported, 0.01" in said
    assert "base bio" not in said
    assert "A lacks hashes of outputs: dvc.lock not in this folder" in said


def test_a_workspace_is_read_with_its_lock(tmp_path: Path) -> None:
    reports(tmp_path / "reports", "0.5,0.4,0.6", "undecided")
    (tmp_path / "dvc.lock").write_text("stages: {model: {outs: [{path: out/model, md5: ab}]}}\n")
    found = compare.side(str(tmp_path))
    assert found.outputs == {"out/model": "ab"}
    assert found.params == {"model.name": '"tiny"'}
    assert found.versions == {"torch": "2.13.0", "python": "3.11.7"}
    assert found.missing == []


def test_the_one_verdict_of_an_older_run_is_that_on_the_algorithm(tmp_path: Path) -> None:
    folder = reports(tmp_path / "a", "0.5,0.4,0.6", "undecided")
    old = {"claims": [{"id": "gain", "verdict": "supported", "tests": [TEST]}]}
    (folder / "claims.json").write_text(json.dumps(old))
    found = compare.side(str(folder)).claims
    assert found is not None
    assert {name: one.verdict for name, one in found.items()} == {
        "gain, the algorithm": "supported"
    }
    assert found["gain, the algorithm"].effect[:2] == (0.01, -0.02)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    def git(*arguments: str) -> None:
        who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    git("init", "-q")
    (tmp_path / "requirements").mkdir()
    for steps in (10, 20):
        (tmp_path / "params.yaml").write_text(f"training: {{steps: {steps}, algorithms: [dpo]}}\n")
        (tmp_path / "requirements/compute.lock").write_text("# locked\ntorch==2.13.0\n")
        (tmp_path / "requirements/tools.lock").write_text(f"dvc==3.{steps}.0\n")
        git("add", "-A")
        git("commit", "-qm", str(steps))
    monkeypatch.setattr(compare, "root", lambda: tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_commits_are_read_from_git_and_what_is_not_there_is_said(repository: Path) -> None:
    old, new = compare.side("HEAD~1"), compare.side("HEAD")
    assert old.params == {"training.steps": "10", "training.algorithms": '["dpo"]'}
    assert new.params == {"training.steps": "20", "training.algorithms": '["dpo"]'}
    assert old.versions == {"torch": "2.13.0", "dvc": "3.10.0"}
    assert old.measures is old.claims is old.outputs is None
    assert "measures: reports/tables/main.csv not in git" in old.missing


@pytest.mark.parametrize("given", ["no-such-thing", "--output=x", "HEAD:params.yaml", ""])
def test_neither_folder_nor_commit_is_refused(repository: Path, given: str) -> None:
    with pytest.raises(UserError, match="neither a folder nor a commit"):
        compare.side(given)


def test_an_empty_folder_and_a_damaged_file_are_told_by_name(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="no results in this folder"):
        compare.side(str(tmp_path / "empty"))
    folder = reports(tmp_path / "a", "0.5,0.4,0.6", "undecided")
    (folder / "claims.json").write_text("[{")
    with pytest.raises(UserError, match="cannot be read") as caught:
        compare.side(str(folder))
    assert "claims.json" in str(caught.value)


def test_one_argument_is_refused_with_the_usage(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["compare", "HEAD"])
    with pytest.raises(SystemExit) as caught:
        compare.main()
    assert caught.value.code == 2
    assert "two runs are needed, 1 given" in capsys.readouterr().err
