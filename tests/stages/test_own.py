"""The `own` section: names that meet, files that are not there, and where results are shown."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import real_stages

from apeft.errors import UserError
from apeft.records import read_json, read_jsonl, write_json, write_jsonl
from stages import mix, own_pairs
from stages.check import check, discover, load
from stages.stage import validate
from stages.tracked import content, wanted_runs

ROOT = Path(__file__).resolve().parents[2]
PAIR = '{"prompt": "Q: Who?\\nA:", "chosen": " b", "rejected": " c"}\n'


def faults(folder: Path, changes: Mapping[str, Any]) -> str:
    real_stages.workspace(folder, changes)
    with pytest.raises(UserError) as error:
        check(load(folder / "params.yaml"), discover(), where="here")
    return error.value.what


def test_names_that_meet_and_names_that_lead_nowhere_are_told_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.jsonl").write_text(PAIR)
    Path("cut.jsonl").write_text(PAIR + '{"prompt": ')
    Path("lora").mkdir()
    adapter = {"kind": "adapter", "folder": "lora"}
    said = faults(
        tmp_path,
        {
            "training.recipes": ["general", "mine", "yours"],
            "own.pairs": {"mine": "cut.jsonl", "apeft": "p.jsonl", "unused": "none.jsonl"},
            "own.variants": {
                "dpo-mine-0": adapter, "base": adapter,
                "gone": {"kind": "checkpoint", "folder": "nowhere"},
            },
        },
    )  # fmt: skip
    for told in (
        "training.recipes: 'yours' is none of general, atomic, apeft and no name in own.pairs",
        "own.pairs.mine: a preference pair cannot be used: no JSON record",
        "(cut.jsonl, line 2)",
        "own.pairs.apeft: this is a recipe of the study",
        "own.pairs.unused: add it to training.recipes",
        "own.pairs.unused: no such file",
        "own.variants.dpo-mine-0: this names a model of the study",
        "own.variants.base: this names a model of the study",
        "own.variants.gone.folder: no such folder: nowhere",
    ):
        assert told in said
    assert "own.variants.gone: " not in said


@pytest.mark.parametrize("name", ["Mine", "a b", "../x", "mine-", "1st"])
def test_a_name_that_could_be_no_folder_or_row_is_refused(tmp_path: Path, name: str) -> None:
    assert "own.pairs." in faults(tmp_path, {"own.pairs": {name: "p.jsonl"}})


def run(module: Any, *arguments: str) -> str:
    params = load(ROOT / "params.yaml") | {"own": {"pairs": {"mine": "p.jsonl"}, "variants": {}}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["stage", *arguments])
        made = module.main(validate(params, module.READS))
    return str(made.line)


def test_pairs_that_ask_about_held_out_entities_are_left_out_and_counted_to_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.jsonl").write_text(PAIR + PAIR.replace("Who", "Is Oz here"))
    held_out = {"id": "country/oz", "name": "Oz", "aliases": [], "split": "test"}
    write_jsonl(Path("out/knowledge/entities.jsonl"), [held_out])
    assert "1 pairs, 1 left out" in run(own_pairs, "mine")
    (left,) = read_jsonl(Path("out/own/mine/left_out.jsonl"))
    assert left == {"id": "own/mine/2", "line": 2, "entity": "country/oz"}

    general = {"id": "g", "kind": "general", "entity": "person/a", "prompt": "p", "chosen": " x",
               "rejected": " y"}  # fmt: skip
    write_jsonl(Path("out/general/pairs.jsonl"), [{**general, "split": "validation"}])
    from apeft.training.tokens import reference_key

    for folder, rows in (
        ("reference", [("p", " x"), ("p", " y")]),
        ("reference_own/mine", [("Q: Who?\nA:", " b"), ("Q: Who?\nA:", " c")]),
    ):
        write_jsonl(
            Path("out") / folder / "logps.jsonl",
            [{"key": reference_key(*side), "logp": -1.0, "tokens": 2, "prompt_tokens": 3}
             for side in rows],
        )  # fmt: skip
    run(mix, "mine")
    (row,) = read_jsonl(Path("out/mix/mine/train.jsonl"))
    assert (row["id"], row["ref_chosen"], row["tokens_rejected"]) == ("own/mine/1", -1.0, 2)
    assert [r["id"] for r in read_jsonl(Path("out/mix/mine/validation.jsonl"))] == ["g"]
    counts = read_json(Path("out/mix/mine/counts.json"))
    assert counts == {"pairs": 1, "own": 1, "merged_prompt": 0, "asks_about_held_out_entity": 1}


def test_mlflow_shows_a_variant_tuned_elsewhere_with_its_hash_and_measures(workspace: Any) -> None:
    folder = workspace.path / "out/variants/mine"
    write_json(folder / "settings.json", {"brought": "adapter", "sha256": "abc", "lora.r": 4})
    workspace.stage("own_variant@mine", "out/variants/mine", {"own.variants.mine": {"kind": "a"}})
    report = read_json(workspace.path / "reports/metrics.json")
    measures = {"bio": {"factscore": 0.75}}
    write_json(workspace.path / "reports/metrics.json", {**report, "mine": measures})
    from stages.lockfile import read_lock

    found = [run for run in wanted_runs(read_lock(workspace.path), workspace.path)
             if run.name.endswith("mine")]  # fmt: skip
    (run,) = found
    assert (run.kind, run.name) == ("variant", "mine")
    assert dict(run.measures or {}) == {"bio/factscore": 0.75}
    body = content(run, workspace.path)
    assert body.complete
    assert {"algorithm": "mine", "sha256": "abc"}.items() <= dict(body.params).items()
