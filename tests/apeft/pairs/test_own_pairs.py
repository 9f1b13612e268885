"""Preference pairs of a user's own: what is read, and what is refused with its line."""

import json
from pathlib import Path

import pytest

from apeft.errors import UserError
from apeft.pairs.own import held_out, read_pairs

PAIR = {"prompt": "Q: where?\nA:", "chosen": " here", "rejected": " there"}


def write(path: Path, *lines: object) -> Path:
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    return path


def refused(path: Path) -> UserError:
    with pytest.raises(UserError) as error:
        read_pairs(path, "mine")
    return error.value


def test_a_row_becomes_a_pair_that_knows_its_line_and_empty_lines_are_passed_over(
    tmp_path: Path,
) -> None:
    file = write(tmp_path / "p.jsonl", PAIR, "", {**PAIR, "chosen": " H\u2028é", "id": "x"})
    first, second = read_pairs(file, "mine")
    assert first == {**PAIR, "id": "own/mine/1", "kind": "own", "split": "train", "line": 1}
    assert (second["id"], second["line"], second["chosen"]) == ("own/mine/x", 3, " H\u2028é")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("{", "no JSON record"),
        ("[1]", "the row: "),
        ({"prompt": "a", "chosen": "b"}, "rejected: missing key"),
        ({**PAIR, "score": 1}, "score: unknown key"),
        ({**PAIR, "chosen": ["here"]}, "chosen: Input should be a valid string"),
        ({**PAIR, "id": 7}, "id: Input should be a valid string"),
        ({**PAIR, "rejected": " \n"}, "rejected is empty"),
        ({**PAIR, "rejected": " here"}, "chosen and rejected are the same text"),
        ({**PAIR, "prompt": "another", "id": "a"}, "the id 'a' stands in line 1 already"),
        ({**PAIR, "id": "b"}, "this pair stands in line 1 already"),
    ],
)
def test_a_faulty_row_is_refused_with_file_and_line(tmp_path: Path, row: object, told: str) -> None:
    file = write(tmp_path / "p.jsonl", {**PAIR, "id": "a"}, row)
    error = refused(file)
    assert told in error.what
    assert error.where == f"{file}, line 2"
    assert '"prompt": text' in error.fix


def test_text_that_is_no_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    file = write(tmp_path / "p.jsonl", PAIR)
    file.write_bytes(file.read_bytes() + b'{"prompt": "\xe9"}\n')
    error = refused(file)
    assert "no UTF-8" in error.what
    assert error.where.endswith("line 2")


def test_a_file_that_is_missing_or_empty_is_told_with_its_parameter(tmp_path: Path) -> None:
    assert "no such file" in refused(tmp_path / "none.jsonl").what
    error = refused(write(tmp_path / "p.jsonl", ""))
    assert "no pair" in error.what
    assert "own.pairs.mine" in error.where


def test_only_prompts_that_name_a_held_out_entity_as_a_whole_word_are_found() -> None:
    entities = [
        {"id": "person/tin", "name": "Rosa Tin", "aliases": ["Tin"], "split": "test"},
        {"id": "person/val", "name": "Val", "aliases": [], "split": "validation"},
        {"id": "person/ok", "name": "Ada", "aliases": [], "split": "train"},
    ]
    prompts = {"a": "Who is Ada?", "b": "Tina and tin", "c": "(Tin)?", "d": "Val's home"}
    pairs = [{"id": key, "prompt": text} for key, text in prompts.items()]
    assert held_out(pairs, entities) == {"c": "person/tin", "d": "person/val"}


def test_the_shipped_example_is_sound(root: Path) -> None:
    rows = read_pairs(root / "profiles/examples/pairs.jsonl", "own-pairs")
    assert len(rows) == 12
    assert all(row[side].startswith(" ") for row in rows for side in ("chosen", "rejected"))
