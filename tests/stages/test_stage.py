"""What every stage script shares: parameters, errors, output folders and exit states."""

import errno
import os
from pathlib import Path
from typing import Literal

import pytest
from pydantic import Field

from apeft.errors import UserError
from stages.stage import Made, Section, output, read_params, run, validate


class Inner(Section):
    rate: float = Field(gt=0)
    names: list[Literal["a", "b"]]


class Params(Section):
    people: int = Field(gt=0)
    inner: Inner


READS = {"sample": Params}
GOOD = {"people": 3, "inner": {"rate": 1, "names": ["a"]}}


def faults(data: object) -> list[str]:
    with pytest.raises(UserError, match="parameters refused") as error:
        validate({"sample": data}, READS, where="here.yaml")
    assert error.value.where == "here.yaml"
    return [line.strip() for line in error.value.what.splitlines()[1:]]


def test_sound_parameters_become_typed_sections() -> None:
    params = validate({"sample": GOOD, "other": 1}, READS)["sample"]
    assert (params.people, params.inner.rate, params.inner.names) == (3, 1.0, ["a"])


def test_an_unknown_key_is_told_with_the_known_ones() -> None:
    assert faults({**GOOD, "peple": 4}) == [
        "sample.peple: unknown key (given: 4); known keys: inner, people"
    ]


@pytest.mark.parametrize(
    ("inner", "told"),
    [
        ({"rate": 1.0}, "sample.inner.names: missing key"),
        ({"rate": -1.0, "names": []}, "sample.inner.rate: Input should be greater than 0"),
        ({"rate": 1.0, "names": ["a", "c"]}, "sample.inner.names.1: Input should be 'a' or 'b'"),
        ({"rate": 1.0, "names": [], "x": 1}, "sample.inner.x: unknown key (given: 1)"),
        ({"rate": "2e-4", "names": []}, "sample.inner.rate: Input should be a valid number"),
    ],
)
def test_nested_faults_are_named_by_their_full_path(inner: dict, told: str) -> None:
    (fault,) = faults({"people": 3, "inner": inner})
    assert fault.startswith(told)


def test_types_are_not_bent() -> None:
    for people in (3.0, "3", True, None):
        (fault,) = faults({**GOOD, "people": people})
        assert fault.startswith("sample.people: ")
        assert f"(given: {people!r})" in fault


def test_all_faults_are_told_at_once_also_missing_sections() -> None:
    with pytest.raises(UserError) as error:
        validate({"sample": {"people": 0, "inner": {"rate": 1.0, "names": []}, "x": 1}},
                 {**READS, "score": Params})  # fmt: skip
    told = error.value.what
    for part in ("sample.people", "sample.x", "score: missing section"):
        assert part in told


def test_a_section_cannot_be_changed() -> None:
    params = validate({"sample": GOOD}, READS)["sample"]
    with pytest.raises(ValueError, match="frozen"):
        params.people = 4


@pytest.mark.parametrize(
    ("text", "told"),
    [("a: [", "not valid YAML"), ("- 1\n", "no parameters"), ("", "no parameters")],
)
def test_what_is_no_parameter_file_is_told(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "params.yaml").write_text(text)
    with pytest.raises(UserError, match=told):
        read_params(tmp_path / "params.yaml")


def test_a_missing_parameter_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="run from a workspace"):
        read_params(tmp_path / "params.yaml")


def tree(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_an_output_appears_whole_and_replaces_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "out" / "x").mkdir(parents=True)
    (tmp_path / "out" / "x" / "old").write_text("")
    with output(tmp_path / "out" / "x") as folder:
        (folder / "new").write_text("")
        assert (tmp_path / "out" / "x" / "old").is_file()
    assert tree(tmp_path / "out") == ["x", "x/new"]


def test_a_failing_stage_leaves_neither_a_part_nor_a_loss(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "old").write_text("")

    def fail() -> None:
        with output(tmp_path / "x") as folder:
            (folder / "new").write_text("")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert tree(tmp_path) == ["x", "x/old"]


def test_what_a_kill_left_behind_is_not_taken_over(tmp_path: Path) -> None:
    (tmp_path / ".x.partial").mkdir()
    (tmp_path / ".x.partial" / "stale").write_text("")
    with output(tmp_path / "x") as folder:
        assert tree(folder) == []
    assert tree(tmp_path) == ["x"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text("sample: {people: 3, inner: {rate: 1, names: []}}\n")
    (tmp_path / "out").mkdir()
    return tmp_path


def test_a_stage_says_one_line(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("sample", READS, lambda params: Made(f"sample: {params['sample'].people} people"))
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("sample: 3 people\n", "")


def test_a_users_error_is_told_without_a_traceback(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def main(params: dict) -> Made:
        raise UserError("too few", where="prompts", fix="add some")

    with pytest.raises(SystemExit, match="2"):
        run("sample", READS, main)
    assert capsys.readouterr().err == "error: too few\n  where: prompts\n  to do: add some\n"


def test_bad_parameters_stop_before_any_work(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "params.yaml").write_text("sample: {people: 3}\n")
    with pytest.raises(SystemExit, match="2"):
        run("sample", READS, lambda params: pytest.fail("worked"))
    assert "sample.inner: missing key" in capsys.readouterr().err


def test_a_full_disk_is_told_and_other_system_errors_are_raised(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def main(number: int) -> Made:
        raise OSError(number, os.strerror(number), "out/x")

    with pytest.raises(SystemExit, match="2"):
        run("sample", READS, lambda params: main(errno.ENOSPC))
    assert "no space left on the disk\n  where: out/x" in capsys.readouterr().err
    with pytest.raises(PermissionError):
        run("sample", READS, lambda params: main(errno.EACCES))
