"""The recorded search: what a workspace changes, and what is read of its cells."""

import json
from pathlib import Path

import pytest
import yaml

from apeft.records import write_json, write_jsonl
from benchmarks import search

ROOT = Path(__file__).resolve().parents[2]


def test_a_workspace_has_the_studys_pairs_and_only_the_named_values_changed(tmp_path: Path) -> None:
    for name in search.GIVEN:
        (tmp_path / "study/out" / name).mkdir(parents=True)
    changes = {"training.steps": 3, "training.ipo.beta": 0.7}
    search.workspace(tmp_path / "study", tmp_path / "work", changes)
    made = yaml.safe_load((tmp_path / "work/params.yaml").read_text())
    expected = yaml.safe_load((ROOT / "params.yaml").read_text())
    expected["training"]["steps"] = 3
    expected["training"]["ipo"]["beta"] = 0.7
    assert made == expected
    assert sorted(path.name for path in (tmp_path / "work/out").iterdir()) == sorted(search.GIVEN)
    with pytest.raises(KeyError, match=r"training\.stepps"):
        search.workspace(tmp_path / "study", tmp_path / "work", {"training.stepps": 3})


def test_of_a_cell_validation_losses_and_collapse_are_kept(tmp_path: Path) -> None:
    write_json(
        tmp_path / "settings.json",
        {"beta": 0.1, "learning_rate": 1e-3, "steps": 2, "tokens_seen": 90, "lora.r": 4},
    )
    last = dict.fromkeys(search.READ, 0.25)
    curves = [{"step": 0}, {"step": 1, "loss": 0.5, "kto_kl": 0.0}]
    write_jsonl(tmp_path / "curves.jsonl", [*curves, {"step": 2, "loss": 0.4, "kto_kl": 1} | last])
    write_json(tmp_path / "collapse.json", {"flag": False, "reasons": []})
    read = search._read(tmp_path)
    assert read["loss"] == [0.5, 0.4]
    assert read["kto_z"] == [0.0, 1]
    assert (read["kl"], read["tokens_seen"], read["collapse"]) == (0.25, 90, [])


def test_the_record_in_the_documents_holds_what_the_default_takes() -> None:
    """Its last row that trained every algorithm on both recipes is the default's parameters."""
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    rows = json.loads((ROOT / "docs/search.json").read_text())
    taken = rows[-1]
    assert {cell["cell"] for cell in taken["cells"]} >= {"dpo-general", "dpo-apeft"}
    for key, value in taken["set"].items():
        section = params
        for name in key.split("."):
            section = section[name]
        assert section == value, key
