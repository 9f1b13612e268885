"""Canonical JSON, whole files, and errors that name the line."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from apeft.errors import UserError
from apeft.records import (
    digest,
    dumps,
    file_digest,
    read_json,
    read_jsonl,
    write_json,
    write_jsonl,
)


def test_equal_content_is_equal_text_whatever_the_order_of_keys() -> None:
    assert dumps({"b": 1, "a": [True, None]}) == dumps({"a": (True, None), "b": 1})
    assert dumps({"b": 1, "a": "é"}) == '{"a": "é", "b": 1}'


def test_floats_keep_nine_digits_and_what_is_not_finite_is_null() -> None:
    assert dumps([1 / 3, float("nan"), float("inf"), 0.1 + 0.2]) == "[0.333333333, null, null, 0.3]"


def test_numpy_scalars_are_plain_numbers() -> None:
    row = {"f": np.float32(0.5), "i": np.int64(3), "b": np.bool_(True)}
    assert json.loads(dumps(row)) == {"f": 0.5, "i": 3, "b": True}


def test_digest_is_blake2b_of_the_canonical_text() -> None:
    expected = hashlib.blake2b(b'{"a": 1, "b": 2}', digest_size=16).hexdigest()
    assert digest({"b": 2, "a": 1}) == expected
    assert digest({"b": 2, "a": 1.5}) != expected


def test_rows_come_back_as_written_also_line_separators_in_strings(tmp_path: Path) -> None:
    rows = [{"text": "a\nb\u2028c\x85d\r", "n": 1}, {"text": "", "n": None}]
    assert write_jsonl(tmp_path / "deep" / "rows.jsonl", rows) == 2
    assert read_jsonl(tmp_path / "deep" / "rows.jsonl") == rows


def test_a_failing_writer_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    write_jsonl(path, [{"n": 1}])

    def rows():
        yield {"n": 2}
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_jsonl(path, rows())
    assert read_jsonl(path) == [{"n": 1}]


@pytest.mark.parametrize(
    ("text", "told"),
    [('{"a": 1}\n{"a": ', "cut short"), ('{"a": 1}\n[2]\n', "expected an object, found list")],
)
def test_a_damaged_file_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "rows.jsonl").write_text(text)
    with pytest.raises(UserError, match=told) as error:
        read_jsonl(tmp_path / "rows.jsonl")
    assert error.value.where.endswith("rows.jsonl, line 2")


@pytest.mark.parametrize("read", [read_json, read_jsonl])
def test_a_missing_file_is_told_with_the_way_out(tmp_path: Path, read) -> None:
    with pytest.raises(UserError, match="dvc repro"):
        read(tmp_path / "absent")


def test_a_document_round_trips_and_a_cut_one_is_told(tmp_path: Path) -> None:
    path = tmp_path / "value.json"
    write_json(path, {"b": [1.5], "a": {"é": float("nan")}})
    assert read_json(path) == {"a": {"é": None}, "b": [1.5]}
    assert path.read_text().endswith("}\n")
    path.write_text('{\n"a": 1,\n')
    with pytest.raises(UserError, match="not a JSON document") as error:
        read_json(path)
    assert error.value.where.endswith("line 3")


def test_a_file_digest_is_of_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"abc")
    assert file_digest(tmp_path / "x") == hashlib.blake2b(b"abc", digest_size=16).hexdigest()
