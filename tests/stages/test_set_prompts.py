"""Prompts of sets that parameters add: right classes, examples from no side, kind of prompt."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
import real_stages
import yaml

from apeft.records import read_jsonl


def questions(path: Path, columns: tuple[str, str, str], labels: tuple[object, object]) -> Path:
    """A made-up file of a published layout: 60 questions of each class, each of its own words."""
    rows = [
        {columns[0]: f"What is {path.stem} w{kind}{n} in v{kind}{n}?", columns[1]: [f"a{n}"],
         columns[2]: labels[kind]}
        for kind in (0, 1) for n in range(60)
    ]  # fmt: skip
    if path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    else:
        lines = [f"{row[columns[0]]},{row[columns[1]][0]},{row[columns[2]]}" for row in rows]
        path.write_text("\n".join([",".join(columns), *lines]) + "\n")
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, source_dir: Path) -> Path:
    """A workspace after the real stages knowledge and prompts, with four sets of made-up files."""
    made = tmp_path_factory.mktemp("sets")
    files = {
        "falseqa": questions(made / "test.csv", ("question", "answer", "label"), (1, 0)),
        "kuq": questions(made / "kuq.jsonl", ("question", "answer", "unknown"), (True, False)),
        "factscore": made / "people.txt",
        "fava": made / "annotations.json",
    }
    files["factscore"].write_text("Ann Lee\nBob Rae\nNapoleon\nAnn lee\n")
    prompts = [f"Explain river {n},\nincluding its length" for n in (1, 2, 3, 1)]
    files["fava"].write_text(json.dumps([{"prompt": text} for text in prompts]))
    changes = {f"knowledge.sets.{key}.source": f"file:{path}" for key, path in files.items()}
    for key in ("freshqa", "selfaware"):
        changes |= {f"knowledge.sets.{key}.{name}": None for name in ("source", "member")}
        changes[f"prompts.{key}"] = 0
    changes |= {"prompts.falseqa": 20, "prompts.kuq": 10, "prompts.factscore": 2}
    changes |= {"prompts.fava": 3, "prompts.tuning_questions": 4}
    real_stages.workspace(made, changes)
    for stage in ("check", "knowledge", "prompts"):
        given = real_stages.stage(made, stage, sources=source_dir)
        # Dumping loses the comments, and with them the classes: the one fault that is left.
        fine = given.returncode == 0 or (
            stage == "check" and "without a known class" in given.stderr
        )
        assert fine, given.stderr
    return made


def test_sets_that_are_left_out_are_asked_nowhere(folder: Path) -> None:
    rows = read_jsonl(folder / "out/prompts/prompts.jsonl")
    assert {row["set"] for row in rows} == {
        "bio", "countries", "elements", "factscore", "falseqa", "fava", "kuq",
    }  # fmt: skip
    table = Counter((row["set"], row["split"], row["group"]) for row in rows)
    assert table["falseqa", "test", "false"] == table["falseqa", "test", "valid"] == 10
    assert table["kuq", "test", "unknown"] == table["kuq", "test", "known"] == 5
    assert table["kuq", "tuning", "known"] == 2


@pytest.mark.parametrize(
    ("name", "opener"),
    [
        ("falseqa", "The question has a false premise"),
        ("kuq", "Nobody can know the answer to this"),
    ],
)
def test_examples_turn_down_what_is_due_and_are_on_no_side(
    folder: Path, name: str, opener: str
) -> None:
    records = read_jsonl(folder / "out/knowledge/questions.jsonl")
    shots = {row["question"] for row in records if (row["set"], row["split"]) == (name, "shots")}
    for row in read_jsonl(folder / "out/prompts/prompts.jsonl"):
        if row["set"] == name:
            *examples, asked = row["text"].split("\n\n")
            assert asked == row["plain"]
            assert row["opener"] == f" {opener}"
            assert len(examples) == 4
            assert sum(f"Answer: {opener}" in example for example in examples) == 2
            assert {text.split("\n")[0].removeprefix("Question: ") for text in examples} <= shots
            assert row["question"] not in shots


def test_long_form_sets_ask_for_a_biography_or_give_the_instruction(folder: Path) -> None:
    rows = read_jsonl(folder / "out/prompts/prompts.jsonl")
    plain = {row["plain"]: row for row in rows if row["set"] in ("factscore", "fava")}
    assert set(plain) == {
        "Name: Ann Lee\nBiography:",
        "Name: Bob Rae\nBiography:",
        *(f"Instruction: Explain river {n}, including its length\nResponse:" for n in (1, 2, 3)),
    }
    for row in plain.values():
        assert row["split"] == "test"
        assert row["group"] == ""
        assert row["text"].count("\n\n") == 2  # prompts.text_shots
    (river, *_) = [row for row in plain.values() if row["set"] == "fava"]
    assert river["text"].startswith("Instruction: Explain ")
    entities = {row["id"]: row for row in read_jsonl(folder / "out/knowledge/entities.jsonl")}
    assert all(row["entity"] in entities for row in plain.values())


def test_ranked_facts_are_of_the_test_side_and_the_sampled_ones_of_prompted_entities(
    folder: Path,
) -> None:
    sides = {row["id"]: row["split"] for row in read_jsonl(folder / "out/knowledge/entities.jsonl")}
    prompts = read_jsonl(folder / "out/prompts/prompts.jsonl")
    asked = {(row["set"], row["entity"]) for row in prompts if row["split"] == "test"}
    facts = read_jsonl(folder / "out/prompts/test_facts.jsonl")
    assert {sides[row["entity"]] for row in facts} == {"test"}
    assert all((row["set"], row["entity"]) in asked for row in facts if row["sampled"])
    assert not all((row["set"], row["entity"]) in asked for row in facts)
    counts = json.loads((folder / "out/prompts/counts.json").read_text())
    ranked, left_out = counts["test_facts"], counts["test_facts_left_out"]
    sizes = yaml.safe_load((folder / "params.yaml").read_text())["prompts"]
    assert ranked + left_out == 3 * sizes["ranked_facts_per_set"]
    assert len({row["fact"] for row in facts}) == ranked > 3 * sizes["facts_per_set"]
    by_relation = [n for key, n in counts.items() if key.startswith("without_candidates/")]
    assert sum(by_relation) == left_out


def test_cells_are_of_test_prompts_with_facts_and_each_has_its_short_question(
    folder: Path,
) -> None:
    prompts = {row["id"]: row for row in read_jsonl(folder / "out/prompts/prompts.jsonl")}
    cells = read_jsonl(folder / "out/prompts/cells.jsonl")
    assert {row["set"] for row in cells} == {"bio", "countries", "elements"}  # others have no facts
    for row in cells:
        assert prompts[row["prompt"]]["split"] == "test"
        assert row["fact"] == f"{prompts[row['prompt']]['entity']}#{row['relation']}"
        assert row["values"]
        assert row["text"].endswith(row["plain"])
    assert len({(row["prompt"], row["relation"]) for row in cells}) == len(cells)


def test_what_was_dropped_and_what_was_read_is_counted(folder: Path) -> None:
    counts = json.loads((folder / "out/knowledge/counts.json").read_text())
    assert counts["questions"]["duplicates"] == {
        "factscore + factscore": 1,
        "fava + fava": 1,
    }
    assert counts["questions"]["people_known_already"] == 1  # Napoleon
    assert {key: one["rows"] for key, one in counts["sets"].items()} == {
        "falseqa": 120, "kuq": 120, "factscore": 4, "fava": 4,
    }  # fmt: skip
    assert all(str(folder) not in one["source"] for one in counts["sets"].values())
