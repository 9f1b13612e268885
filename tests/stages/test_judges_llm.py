"""`make judges PROFILE=…`: a language model is measured on the tables of the rules."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from llm_server import Behaviour, Call, Sent, endpoint, says

from apeft.records import read_json, write_json, write_jsonl
from stages import judges
from stages.check import load
from stages.code import judging_by_asking

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = [
    {"set": name, "question": f"When did {who} die?", "answer": f"In 19{who}.", "label": label}
    for name in ("freshqa-premise", "selfaware")
    for who, label in (("10", True), ("11", True), ("12", False), ("13", False), ("14", None))
]
ANSWERS = [
    {"relation": "capital", "name": "France", "question": "What is the capital of France?",
     "values": ["Paris"], "answer": answer, "label": label}
    for answer, label in ((" Paris", True), (" Paris.", True), (" Rome", False), (" Lyon", None))
]  # fmt: skip


def rejects_tens(call: Call) -> Sent:
    """Right about 10 and 12, wrong about 11 and 13; every answer's value is right to it."""
    if call.task == "equivalence":
        return says(json.dumps({"verdict": "right", "value": call.material["answer"]}))
    yes = any(year in call.material["answer"] for year in ("1910", "1913"))
    return says(json.dumps({"verdict": "yes" if yes else "no"}))


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with labels of its own and a folder without published data."""
    monkeypatch.chdir(tmp_path)
    write_jsonl(Path("labels/own_questions.jsonl"), QUESTIONS)
    write_jsonl(Path("labels/answers.jsonl"), ANSWERS)
    write_json(judges.MEASURED, {"date": "2024-01-01", "rules": "r", "data": {}, "rows": []})
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def write_params(**judge: Any) -> None:
    """The default's parameters with another judge, as a profile's workspace holds them."""
    params = load(ROOT / "params.yaml")
    Path("mine.yaml").write_text(json.dumps({**params, "judge": {**params["judge"], **judge}}))


def measured(
    behave: Behaviour, monkeypatch: pytest.MonkeyPatch, *arguments: str
) -> tuple[dict[tuple[str, str], Any], int]:
    """Run the command against a server; its rows, and how often the model was asked."""
    with endpoint(behave) as server:
        write_params(kind="llm", endpoint=server.url, model="tester", retries=0)
        monkeypatch.setattr(sys, "argv", ["judges", "data", "--params", "mine.yaml", *arguments])
        judges.main()
    made = read_json(judges.MEASURED)["models"]["tester"]
    return {(row["table"], row["of"]): row for row in made["rows"]}, len(server.calls)


@pytest.mark.usefixtures("data")
def test_a_model_is_counted_on_the_same_labels_and_the_rules_measurement_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows, calls = measured(rejects_tens, monkeypatch)
    assert calls == 8 + 3  # items without a label are never asked
    for key in (
        ("premise, own answers", "freshqa-premise"),
        ("abstention, own answers", "selfaware"),
    ):
        row = rows[key]
        assert (row["hits"], row["misses"], row["false"], row["rest"]) == (1, 1, 1, 1)
        assert row["judge"] == "tester"
    capital = rows["answers", "capital"]
    assert (capital["hits"], capital["false"], capital["unscored"]) == (2, 1, 0)
    kept = read_json(judges.MEASURED)
    assert (kept["date"], kept["rules"]) == ("2024-01-01", "r")
    assert kept["models"]["tester"]["code"] == judging_by_asking()
    assert ("premise, people's answers", "falseqa, held out") in rows
    assert ("premise, people's answers", "falseqa, developed on") not in rows


@pytest.mark.usefixtures("data")
def test_replies_that_are_no_verdict_are_unscored_and_enter_no_rate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows, _ = measured(lambda call: says("I think it does."), monkeypatch)
    row = rows["premise, own answers", "freshqa-premise"]
    assert row["unscored"] == 4
    assert row["precision"] is row["recall"] is row["f1"] is None
    assert rows["answers", "all"]["unscored"] == 3


@pytest.mark.usefixtures("data")
def test_a_limit_draws_the_same_items_and_a_second_run_asks_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, calls = measured(rejects_tens, monkeypatch, "--rows", "2")
    assert calls == 2 + 2 + 2
    assert sum(first["answers", "all"][k] for k in ("hits", "misses", "false", "rest")) == 2
    assert read_json(judges.MEASURED)["models"]["tester"]["limit"] == 2
    second, calls = measured(rejects_tens, monkeypatch, "--rows", "2")
    assert calls == 0
    assert second == first


@pytest.mark.usefixtures("data")
def test_a_profile_without_a_language_model_is_refused_and_nothing_is_lost(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = judges.MEASURED.read_text()
    write_params()
    monkeypatch.setattr(sys, "argv", ["judges", "data", "--params", "mine.yaml"])
    with pytest.raises(SystemExit) as stopped:
        judges.main()
    assert stopped.value.code == 2
    assert "judge.kind: is typed" in capsys.readouterr().err
    assert judges.MEASURED.read_text() == before
