"""The stage with the real model, real people and the rule judge."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import real_stages
import yaml

from apeft.errors import UserError
from apeft.records import Record, read_json, read_jsonl, write_json, write_jsonl
from stages import detect
from stages.check import check, discover, load
from stages.stage import validate

ASKED = "Question: What was {}'s nationality?\nAnswer:"
SHOTS = {
    "nationality": [
        [ASKED.format("Claude Debussy"), "French"],
        [ASKED.format("John Steinbeck"), "American"],
    ]
}
K = 6


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, source_dir: Path, model_dir: Path) -> Path:
    """A workspace whose pairs state the nationality of ten people."""
    folder = tmp_path_factory.mktemp("detect")
    real_stages.link_knowledge(folder, tmp_path_factory, source_dir)
    out = folder / "out"
    (out / "model").symlink_to(model_dir)
    (out / "prompts").mkdir()
    (out / "general").mkdir()
    write_json(out / "prompts" / "answer_shots.json", SHOTS)
    facts = read_jsonl(out / "knowledge" / "facts.jsonl")
    people = [
        row["entity"]
        for row in facts
        if row["relation"] == "nationality" and row["entity"].startswith("person/")
    ]
    asked = sorted(set(people))[::120][:10]
    assert len(asked) == 10
    stated = [{"entity": entity, "relation": "nationality"} for entity in asked]
    pair = {"split": "train", "facts_chosen": stated, "facts_rejected": []}
    write_jsonl(out / "general" / "pairs.jsonl", [pair])
    return folder


def detected(folder: Path, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> list[Record]:
    monkeypatch.chdir(folder)
    given = yaml.safe_load((real_stages.ROOT / "params.yaml").read_text(encoding="utf-8"))
    given["machine"]["threads"] = 1
    given["detect"] |= {"k": K, "max_new_tokens": 5, **changes}
    detect.main(validate(given, detect.READS))
    return read_jsonl(folder / "out" / "detect" / "facts.jsonl")


def test_every_fact_has_k_samples_and_the_class_and_r_of_their_verdicts(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = detected(workspace, monkeypatch, min_scored=0.5)
    counts = read_json(workspace / "out/detect/counts.json")
    assert {row["class"] for row in rows} >= {"potentially_known", "unknown"}
    for row in rows:
        verdicts = [sample["correct"] for sample in row["samples"]]
        right, scored = verdicts.count(True), len(verdicts) - verdicts.count(None)
        assert len(verdicts) == row["k"] == K
        assert (row["correct"], row["unscored"]) == (right, K - scored)
        if scored >= K / 2:
            assert row["r"] == pytest.approx(right / scored)
            assert row["r_low"] <= row["r"] <= row["r_high"]
        else:
            assert (row["class"], row["r"]) == ("unscored", None)
    assert counts["samples"] == 10 * K
    assert counts["unscored_samples"] == sum(row["unscored"] for row in rows)


def test_a_larger_k_that_is_none_is_refused_with_its_key(tmp_path: Path) -> None:
    given = load(real_stages.workspace(tmp_path, {"detect.k": 64}) / "params.yaml")
    with pytest.raises(UserError, match=r"detect\.larger_k: 64 must be above detect\.k"):
        check(given, discover(), where="params.yaml")
