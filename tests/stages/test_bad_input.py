"""Bad input gives one clear error: what, where, what to do; status 2; no half-written output.

The checkout's real stage scripts run as subprocesses, each in a workspace of its own.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import real_stages
import yaml
from real_stages import refused

ROOT = Path(__file__).resolve().parents[2]


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def test_every_fault_of_a_parameter_file_is_told_with_its_path_and_what_is_allowed(
    tmp_path: Path,
) -> None:
    faults = {
        "sample.temprature": (0.7, "unknown key (given: 0.7); known keys: dtype, max_new_tokens"),
        "smaple": ({"n": 4}, "unknown section"),
        "sample.n": ("four", "valid integer"),
        "sample.temperature": (0, "greater than 0"),
        "machine.device": ("gpu", "'cpu' or 'cuda'"),
        "prompts.people_with": (["nationalty"], "'nationality', 'profession', 'birth_year'"),
        "prompts.freshqa": (41, "multiple of 2"),
        "prompts.kuq": (2, "should be 0 (the set is left out) or at least 4"),
        "knowledge.sets.fava.form": ("favaa", "'fava', 'names' or 'labelled'"),
        "training.algorithms": (["dpo", "ppo"], "'dpo', 'ipo', 'kto', 'cpo', 'rso' or 'sft'"),
        "training.seeds": ([-1], "greater than or equal to 0"),
        "training.dpo.betta": (0.1, "unknown key"),
        "training.lora": (None, "valid dictionary or instance of Lora"),
        "knowledge.train_fraction": (1.5, "less than 1"),
    }
    real_stages.workspace(tmp_path, {key: value for key, (value, _) in faults.items()})
    data = yaml.safe_load((tmp_path / "params.yaml").read_text())
    del data["grade"], data["respond"]["k"]
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(data))
    said = refused(tmp_path, "check")
    assert "nothing was run" in said
    lines = {line.strip().partition(":")[0]: line for line in said.splitlines()}
    for key, (_, told) in faults.items():
        (line,) = [line for name, line in lines.items() if f"{name}.".startswith(f"{key}.")]
        assert told in line
    assert "missing section" in lines["grade"]
    assert "missing key" in lines["respond.k"]


def test_values_that_cannot_go_together_are_told(tmp_path: Path) -> None:
    changes = {
        "atomic.classes": ["known"],
        "reference.dtype": "bfloat16",
        "model.source": "hub:someone/some-model",
        "knowledge.sets.kuq.source": "hub:someone/some-set",
        "knowledge.sets.kuq.member": "rows.jsonl",
        "prompts.falseqa": 8,
    }
    said = refused(real_stages.workspace(tmp_path, changes), "check")
    for told in (
        "atomic.rejected: the model has no wrong sample",
        "reference.dtype: must equal training.dtype",
        "model.revision: a hub model needs a pinned commit hash",
        "knowledge.sets.kuq.revision: a hub data set needs a pinned commit hash (given: None)",
        "prompts.falseqa: 8 are asked for and knowledge.sets.falseqa.source is null",
    ):
        assert told in said


@pytest.mark.parametrize(
    ("stage", "changes", "told"),
    [
        (["score"], {"score.gama": 1}, "score.gama: unknown key (given: 1); known keys: gamma"),
        (["general"], {"general.min_gap": 0}, "general.min_gap: Input should be greater than 0"),
        (["mix", "apeft"], {"mix": None}, "mix: Input should be a valid dictionary"),
        (["train", "dpo", "apeft", "0"], {"training.micro_pairs": 1}, "kto needs at least 2 pairs"),
    ],
)
def test_a_stage_started_by_hand_refuses_its_own_section(
    tmp_path: Path, stage: list[str], changes: dict[str, Any], told: str
) -> None:
    assert told in refused(real_stages.workspace(tmp_path, changes), *stage)


def test_a_folder_without_parameters_is_told(tmp_path: Path) -> None:
    assert "parameter file not found" in refused(tmp_path, "general")


def test_a_profile_that_does_not_exist_is_told_with_those_that_do(tmp_path: Path) -> None:
    said = refused(tmp_path, "workspace", "no-such-profile")
    assert "no such profile: no-such-profile" in said
    assert "smoke" in said
    assert not (ROOT / "runs" / "no-such-profile").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["mix", "dessert"],
        ["mix"],
        ["train", "dpo", "dessert", "0"],
        ["train", "ppo", "apeft", "0"],
        ["train", "dpo", "apeft", "first"],
        ["respond", "dpo", "apeft"],
    ],
)
def test_unknown_arguments_are_told_with_the_usage(tmp_path: Path, arguments: list[str]) -> None:
    said = refused(real_stages.workspace(tmp_path), *arguments)
    assert f"(given: {' '.join(arguments[1:]) or 'none'})" in said
    assert f"python -m stages.{arguments[0]} " in said


def test_a_variant_that_was_never_trained_is_told(tmp_path: Path) -> None:
    said = refused(real_stages.workspace(tmp_path), "respond", "dpo", "dessert", "0")
    assert "dpo-dessert-0 has no adapter" in said


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("absent.csv", None, "no such file"),
        ("empty.csv", "", "the set has no row"),
        ("header.csv", "question,answer,label\n", "the set has no row"),
        ("column.csv", "question,label\nWho?,1\n", "no column 'answer'"),
        ("label.csv", "question,answer,label\nWho?,x,2\n", "label is '2'; allowed: 0, 1"),
        ("ragged.csv", "question,answer,label\nWho?,1\n", "fewer fields than the header"),
        ("latin.csv", "question,answer,label\nWo ist Kö?,x,1\n", "cannot parse the file"),
        ("rows.xml", "<a/>", "unknown kind of file '.xml'"),
    ],
)
def test_a_bad_file_of_questions_is_told(
    tmp_path: Path, source_dir: Path, name: str, text: str | None, told: str
) -> None:
    path = tmp_path / name
    if text is not None:
        path.write_bytes(text.encode("latin-1"))
    real_stages.workspace(tmp_path, {"knowledge.sets.falseqa.source": f"file:{path}"})
    said = refused(tmp_path, "knowledge", sources=source_dir)
    assert told in said
    assert name in said


def test_a_data_set_that_the_hub_does_not_give_is_told(tmp_path: Path, source_dir: Path) -> None:
    changes = {"source": "hub:someone/some-set", "member": "rows.jsonl", "revision": "0" * 40}
    keys = {f"knowledge.sets.kuq.{key}": value for key, value in changes.items()}
    said = refused(real_stages.workspace(tmp_path, keys), "knowledge", sources=source_dir)
    assert "the data set could not be loaded" in said
    assert f"hub:someone/some-set@{'0' * 40}, file rows.jsonl" in said
    assert "`file:PATH`" in said


# --- people, questions, answers --------------------------------------------------------------


@pytest.fixture
def with_knowledge(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, source_dir: Path
) -> Path:
    """A workspace with the real knowledge base and the default parameters."""
    real_stages.workspace(tmp_path)
    real_stages.link_knowledge(tmp_path, tmp_path_factory, source_dir)
    return tmp_path


@pytest.mark.parametrize(
    ("key", "count", "told"),
    [
        ("test_people", 90000, "90000 test people are asked for and "),
        ("freshqa", 9000, "4500 freshqa-premise of class false are asked for and "),
        ("elements", 0, "prompts.elements: Input should be greater than or equal to 2"),
    ],
)
def test_more_than_there_is_and_nothing_at_all_are_refused(
    with_knowledge: Path, key: str, count: int, told: str
) -> None:
    real_stages.workspace(with_knowledge, {f"prompts.{key}": count})
    assert told in refused(with_knowledge, "prompts")


def test_people_without_facts_are_not_chosen_and_too_few_are_told(with_knowledge: Path) -> None:
    link = with_knowledge / "out/knowledge"
    target = link.resolve()
    link.unlink()
    shutil.copytree(target, link)
    rows = [json.loads(line) for line in (link / "facts.jsonl").open(encoding="utf-8")]
    write(link / "facts.jsonl", [r for r in rows if not r["entity"].startswith("person/")])
    said = refused(with_knowledge, "prompts")
    assert re.search(r"\d+ train people are asked for and 0 are there", said)


def test_responses_that_state_nothing_checkable_stay_unscored_and_give_no_pair(
    with_knowledge: Path,
) -> None:
    people = [
        json.loads(line)
        for line in (with_knowledge / "out/knowledge/entities.jsonl").open(encoding="utf-8")
    ]
    chosen = [row for row in people if row["kind"] == "person" and row["split"] == "train"][:2]
    response = {"variant": "base", "set": "bio", "split": "train", "tokens": [1], "ended": True,
                "plain": "", "near_ties": 0, "text": " a person of note."}  # fmt: skip
    write(
        with_knowledge / "out/sample/responses.jsonl",
        [
            {**response, "id": f"{row['id']}/{n}", "prompt": row["id"], "entity": row["id"]}
            for row in chosen
            for n in range(2)
        ],
    )
    done = real_stages.stage(with_knowledge, "score")
    assert done.returncode == 0, done.stderr
    assert "none could be scored, 4 unscored" in done.stdout
    said = refused(with_knowledge, "general")
    assert "no pair of train people: " in said
    assert "lower general.min_gap or .min_facts" in said


@pytest.mark.parametrize(
    "end", [b'{"id": "a/1", "text": "cut', '{"text": "Ren\u00e9'.encode()[:-1]]
)
def test_an_answer_file_that_was_cut_short_is_told_with_its_line(
    with_knowledge: Path, end: bytes
) -> None:
    path = with_knowledge / "out/sample/responses.jsonl"
    path.parent.mkdir()
    path.write_bytes(b'{"id": "a/0", "entity": "person/marie-curie", "text": "x"}\n' + end)
    said = refused(with_knowledge, "score")
    assert "cut short" in said
    assert "responses.jsonl, line 2" in said


def test_a_collected_table_that_was_cut_short_is_told_with_its_line(tmp_path: Path) -> None:
    folder = real_stages.workspace(tmp_path) / "out/collect"
    folder.mkdir(parents=True)
    header = "variant,algorithm,recipe,seed,set,role,entity,item,relation,group,measure,value"
    (folder / "items.csv").write_text(f"{header}\nbase,base,,0,bio,in domain,person/x,a/1,,,fact")
    said = refused(tmp_path, "figures")
    assert "the table is cut short: 11 of 12 fields" in said
    assert "items.csv, line 2" in said


def test_a_missing_input_is_told_with_the_way_to_it(tmp_path: Path) -> None:
    said = refused(real_stages.workspace(tmp_path), "general")
    assert "out/score/responses.jsonl" in said
    assert "dvc repro" in said


# --- a full disk -----------------------------------------------------------------------------


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB; making one needs root on Linux."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount command here")
    if done.returncode != 0:
        pytest.skip(f"no small file system can be mounted here: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_told_and_leaves_no_output(
    tiny_disk: Path, tmp_path_factory: pytest.TempPathFactory, source_dir: Path
) -> None:
    real_stages.workspace(tiny_disk)
    real_stages.link_knowledge(tiny_disk, tmp_path_factory, source_dir)
    said = refused(tiny_disk, "prompts")
    assert "no space left on the disk" in said
    assert "dvc gc" in said
