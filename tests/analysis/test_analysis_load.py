from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from analysis.load import COLUMNS, load, read_table
from apeft.errors import UserError


@pytest.fixture
def folder(smoke_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(smoke_folder, tmp_path / "collect"))


def test_a_whole_folder_is_read_with_unscored_values_missing(folder: Path) -> None:
    results = load(folder)
    assert list(results.items.columns) == list(COLUMNS["items"])
    assert results.items["value"].isna().any()
    assert {"\n", "|", '"'} <= set(results.shift["token"])  # tokens survive quoting


@pytest.mark.parametrize("name", sorted(COLUMNS))
def test_a_table_cut_in_its_last_line_is_refused_by_name(folder: Path, name: str) -> None:
    path = folder / f"{name}.csv"
    whole = path.read_bytes().rstrip(b"\n")
    path.write_bytes(whole[: whole.rfind(b",")])
    with pytest.raises(UserError, match=r"cut short.*in column") as caught:
        load(folder)
    assert f"{name}.csv" in caught.value.where


def test_a_table_cut_inside_its_last_field_is_refused(folder: Path) -> None:
    path = folder / "training.csv"
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    with pytest.raises(UserError, match="in column tokens_seen_own"):
        load(folder)


@pytest.mark.parametrize(
    ("name", "column"), [("items", "measure"), ("shift", "region"), ("detection", "class")]
)
def test_a_missing_column_is_named(folder: Path, name: str, column: str) -> None:
    table = read_table(folder / f"{name}.csv", name).drop(columns=column)
    table.to_csv(folder / f"{name}.csv", index=False)
    with pytest.raises(UserError, match=f"lacks the column {column}"):
        load(folder)


@pytest.mark.parametrize(
    ("name", "column", "bad"),
    [
        ("items", "value", "often"),
        ("items", "variant", ""),
        ("shift", "rank", "1.5"),
        ("shift", "region", "sideways"),
        ("detection", "class", "half"),
        ("parameters", "class", "theirs"),
        ("parameters", "value", "[4"),
        ("parameters", "key", ""),
    ],
)
def test_an_impossible_value_is_refused_with_its_column(
    folder: Path, name: str, column: str, bad: str
) -> None:
    table = read_table(folder / f"{name}.csv", name).astype(object)
    table.loc[3, column] = bad
    table.to_csv(folder / f"{name}.csv", index=False)
    with pytest.raises(UserError, match=f"column {column}") as caught:
        load(folder)
    assert f"{name}.csv, row 4" in caught.value.where


def test_a_share_above_one_is_refused(folder: Path) -> None:
    table = read_table(folder / "items.csv", "items")
    table.loc[table.index[table["measure"] == "factscore"][0], "value"] = 37.0
    table.to_csv(folder / "items.csv", index=False)
    with pytest.raises(UserError, match=r"0\.\.1"):
        load(folder)


def test_rows_collected_twice_are_refused(folder: Path) -> None:
    path = folder / "items.csv"
    line = next(x for x in path.read_text().splitlines(keepends=True) if ",rank1," in x)
    path.write_text(path.read_text() + line)
    with pytest.raises(UserError, match="twice"):
        load(folder)


def test_a_parameter_collected_twice_is_refused(folder: Path) -> None:
    path = folder / "parameters.csv"
    path.write_text(path.read_text() + "sample.n,5,ours,\n")
    with pytest.raises(UserError, match="holds a parameter twice"):
        load(folder)


def test_results_without_the_base_model_are_refused(folder: Path) -> None:
    table = read_table(folder / "items.csv", "items")
    table[table["algorithm"] != "base"].to_csv(folder / "items.csv", index=False)
    with pytest.raises(UserError, match="base model"):
        load(folder)


def test_a_missing_table_says_which_stage_writes_it(folder: Path) -> None:
    (folder / "curves.csv").unlink()
    with pytest.raises(UserError, match="missing") as caught:
        load(folder)
    assert "collect" in caught.value.fix
