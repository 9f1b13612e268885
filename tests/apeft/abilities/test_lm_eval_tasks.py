"""The real lm-evaluation-harness on tasks of its form that lie in a folder (no hub here)."""

from __future__ import annotations

from pathlib import Path

import pytest

from apeft.abilities.lm_eval import NO_VALUE, PREFIX, metric_of, row_of, scored
from apeft.abilities.score import score
from apeft.errors import UserError
from apeft.models.load import LoadedModel, Machine, load_model
from apeft.records import Record, write_jsonl
from apeft.worklog import Worklog

CHOICE = """
task: own_choice
dataset_path: json
dataset_kwargs: {{data_files: {{test: {rows}}}}}
test_split: test
output_type: multiple_choice
doc_to_text: "Question: {{{{question}}}}\\nAnswer:"
doc_to_choice: "{{{{options}}}}"
doc_to_target: right
metric_list:
  - metric: acc
metadata: {{version: 3.0}}
"""
SUMS = """
task: own_sums
dataset_path: json
dataset_kwargs: {{data_files: {{test: {rows}}}}}
test_split: test
output_type: generate_until
doc_to_text: "The capital of France is Paris. The capital of {{{{question}}}} is"
doc_to_target: " {{{{answer}}}}"
generation_kwargs: {{until: ["."], max_gen_toks: 8, do_sample: false}}
metric_list:
  - metric: exact_match
    ignore_case: true
"""
QUESTIONS = [
    ("Which animal says moo?", ["a cow", "a bird", "a train", "a stone"], 0),
    ("What is frozen water called?", ["steam", "sand", "ice", "fire"], 2),
    ("Which of these is a metal?", ["bread", "iron", "wool", "milk"], 1),
    ("Where do fish live?", ["in trees", "in books", "in ovens", "in water"], 3),
]
CAPITALS = [("Italy", "Rome"), ("Germany", "Berlin"), ("Narnia", "Cair Paravel")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two tasks with their rows."""
    folder = tmp_path_factory.mktemp("tasks")
    rows = [{"question": q, "options": o, "right": r} for q, o, r in QUESTIONS]
    write_jsonl(folder / "choice.jsonl", rows)
    write_jsonl(folder / "sums.jsonl", [{"question": q, "answer": a} for q, a in CAPITALS])
    (folder / "choice.yaml").write_text(CHOICE.format(rows=folder / "choice.jsonl"))
    (folder / "sums.yaml").write_text(SUMS.format(rows=folder / "sums.jsonl"))
    return folder


@pytest.fixture(scope="module")
def model(model_dir: Path) -> LoadedModel:
    return load_model(model_dir, Machine("cpu", 2, "grouped"), "float32")


@pytest.mark.lm_eval
def test_items_of_real_tasks_come_one_by_one_and_agree_with_our_own_scores(
    model: LoadedModel, folder: Path, tmp_path: Path
) -> None:
    rows, about = scored(
        model, ["own_choice", "own_sums"], rows=4, seed=0, batch_size=2, run_code=False,
        folder=folder,
    )  # fmt: skip
    found = {row["id"]: row for row in rows}
    assert [f"{PREFIX}own_choice/{n:05d}" in found for n in range(4)] == [True] * 4
    assert about[f"{PREFIX}own_choice"] == {
        "task": "own_choice", "version": "3.0", "metric": "acc", "filter": "none", "chance": 0.25,
        "examples": 0,
    }  # fmt: skip
    assert about[f"{PREFIX}own_sums"]["chance"] is None
    # Capitals, read by eye: the model knows two of them, and nobody knows the third.
    capitals = [row for row in rows if row["set"] == f"{PREFIX}own_sums"]
    assert [row["value"] for row in capitals] == [1.0, 1.0, 0.0]
    assert capitals[0]["response"][0].strip().startswith("Rome")
    own: list[Record] = [
        {"id": f"{n}", "set": "truthfulqa", "prompt": f"Question: {q}\nAnswer:", "options": o,
         "right": r, "group": ""}
        for n, (q, o, r) in enumerate(QUESTIONS)
    ]  # fmt: skip
    by_us = score(model, own, Worklog("ours", 1, root=tmp_path), batch_tokens=512)
    by_them = [found[f"{PREFIX}own_choice/{n:05d}"]["value"] for n in range(4)]
    assert by_them == [row["acc"] for row in by_us]


@pytest.mark.lm_eval
def test_a_task_that_nobody_knows_and_a_folder_that_is_not_there_are_told(
    model: LoadedModel, folder: Path, tmp_path: Path
) -> None:
    def run(task: str, where: Path) -> None:
        scored(model, [task], rows=2, seed=0, batch_size=1, run_code=False, folder=where)

    with pytest.raises(UserError, match="knows no single task 'own_chioce'"):
        run("own_chioce", folder)
    with pytest.raises(UserError, match="knows no single task 'mmlu'"):  # a group
        run("mmlu", folder)
    with pytest.raises(UserError, match="no such folder"):
        run("own_choice", tmp_path / "none")
    (tmp_path / "lost.yaml").write_text(
        CHOICE.replace("own_choice", "own_lost").format(rows=tmp_path / "lost.jsonl")
    )
    with pytest.raises(UserError, match="lm-eval could not run"):
        run("own_lost", tmp_path)


def test_the_first_metric_that_is_a_share_is_taken_and_none_is_an_error() -> None:
    sample = {"metrics": ["acc", "acc_norm"], "filter": "none"}
    assert metric_of("t", [sample]) == ("acc_norm", "none")
    gsm8k = [{"metrics": ["exact_match"], "filter": name} for name in ("strict-match", "flexible")]
    assert metric_of("gsm8k", gsm8k) == ("exact_match", "strict-match")
    with pytest.raises(UserError, match="gives bleu, none of which is a share"):
        metric_of("t", [{"metrics": ["bleu"], "filter": "none"}])


@pytest.mark.parametrize("value", [None, float("nan"), 7.0, "yes"])
def test_a_value_that_is_no_share_is_unscored(value: object) -> None:
    row = row_of("t", {"doc_id": 3, "acc": value, "filtered_resps": ["x"]}, "acc")
    assert (row["value"], row["unscored"]) == (None, NO_VALUE)
    right = row_of("t", {"doc_id": 3, "acc": 1, "filtered_resps": ["x"]}, "acc")
    assert (right["id"], right["value"], right["unscored"]) == ("lm-eval/t/00003", 1.0, "")
