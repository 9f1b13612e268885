"""Promises of parameter classes: read from comments, kept by workspaces, collected."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from apeft.errors import UserError
from stages.check import load
from stages.classes import CLASSES, documented, read_classes, resolved_classes, rows
from stages.collect import HOW_SHOWN
from stages.workspace import merge, profiles

ROOT = Path(__file__).resolve().parents[2]
PARAMS = ROOT / "params.yaml"
TEXT = """
# ours: a comment in a line of its own is no key's
a:
  k: 8   # paper-unknown: samples of each fact (FactTune 20, SliCK 16)
  # paper: nor is this one
  text: "a # b"  # ours
  deep:
    r: 16  # paper: rank: as said
    names:  # ours: all
      - x
      - y
  one: {beta: null, rate: 0.1}  # ours: null takes the shared value
  two: {beta: null,  # paper
        rate: 0.1}   # ours: the rest
  long: [1,
         2]  # paper-unknown
  block: |  # paper
    line # ours
last: http://x#y  # ours: not a comment in the address
"""


def leaves(data: Any, path: str = "") -> dict[str, Any]:
    if not isinstance(data, dict):
        return {path[1:]: data}
    return {k: v for key, value in data.items() for k, v in leaves(value, f"{path}.{key}").items()}


def written(folder: Path, text: str, name: str = "params.yaml") -> Path:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_a_comment_gives_its_class_to_the_keys_in_its_line(tmp_path: Path) -> None:
    assert read_classes(written(tmp_path, TEXT)) == {
        "a.k": ("paper-unknown", "samples of each fact (FactTune 20, SliCK 16)"),
        "a.text": ("ours", ""),
        "a.deep.r": ("paper", "rank: as said"),
        "a.deep.names": ("ours", "all"),
        "a.one.beta": ("ours", "null takes the shared value"),
        "a.one.rate": ("ours", "null takes the shared value"),
        "a.two.beta": ("paper", ""),
        "a.two.rate": ("ours", "the rest"),
        "a.long": ("paper-unknown", ""),
        "a.block": ("paper", ""),
        "last": ("ours", "not a comment in the address"),
    }


def test_every_key_without_a_known_class_is_named_at_once(tmp_path: Path) -> None:
    text = "a:  # ours\n  k: 8\n  n: 4  # theirs: why\n  s: |\n    x\n  m: 2  # ours\n"
    with pytest.raises(UserError) as caught:
        read_classes(written(tmp_path, text))
    told = [line.strip() for line in caught.value.what.splitlines()[1:]]
    assert sorted(told) == ["a.k: no class", "a.n: unknown class 'theirs'", "a.s: no class"]
    assert caught.value.where.endswith("params.yaml")
    assert "paper-unknown" in caught.value.fix


def test_a_profiles_own_class_counts_and_what_it_changes_without_one_is_ours(
    tmp_path: Path,
) -> None:
    base = written(tmp_path, "a: {k: 8, n: 4, m: 1, s: true}  # paper: so it says\n")
    text = "a:\n  k: 9\n  n: 4\n  m: 3  # paper-unknown: as FLAME\n  s: 1\n"
    profile = written(tmp_path, text, "profiles/x.yaml")
    assert resolved_classes(base, profile) == {
        "a.k": ("ours", "profiles/x.yaml"),
        "a.n": ("paper", "so it says"),
        "a.m": ("paper-unknown", "as FLAME"),
        "a.s": ("ours", "profiles/x.yaml"),  # 1 is not true
    }
    assert resolved_classes(base, written(tmp_path, "", "profiles/x.yaml")) == read_classes(base)


def test_an_unknown_class_in_a_profile_is_refused_by_key(tmp_path: Path) -> None:
    base = written(tmp_path, "a: {k: 8}  # paper\n")
    profile = written(tmp_path, "a:\n  k: 9  # quick\n", "x.yaml")
    with pytest.raises(UserError, match=r"a\.k: unknown class 'quick'"):
        resolved_classes(base, profile)


def test_documented_parameters_are_read_back_as_they_were(tmp_path: Path) -> None:
    file = written(tmp_path, TEXT.replace("a # b", "é # b\\nc, {d}"))
    again = written(tmp_path, documented(load(file), read_classes(file)), "again.yaml")
    assert load(again) == load(file)
    assert read_classes(again) == read_classes(file)


@pytest.mark.parametrize("profile", [None, *profiles(ROOT)])
def test_every_key_of_params_and_of_each_profile_has_a_class(
    profile: str | None, tmp_path: Path
) -> None:
    params, labels = load(PARAMS), read_classes(PARAMS)
    if profile:
        file = ROOT / "profiles" / f"{profile}.yaml"
        params, labels = merge(params, load(file), where=profile), resolved_classes(PARAMS, file)
    assert set(labels) == set(leaves(params))
    assert {label.name for label in labels.values()} == set(CLASSES)
    again = written(tmp_path, documented(params, labels))
    assert yaml.safe_load(again.read_text(encoding="utf-8")) == params
    assert read_classes(again) == labels


def test_collected_parameters_are_all_but_how_results_are_shown(tmp_path: Path) -> None:
    file = tmp_path / "parameters.csv"
    pd.DataFrame(rows(PARAMS, without=HOW_SHOWN)).to_csv(file, index=False)
    table = pd.read_csv(file, dtype=str, keep_default_na=False)
    assert list(table.columns) == ["key", "value", "class", "note"]
    shown = ("figures", "report")
    expected = leaves({k: v for k, v in load(PARAMS).items() if k not in shown})
    found = dict(zip(table["key"], map(json.loads, table["value"]), strict=True))
    assert found == expected
    labels = table.set_index("key")["class"]
    assert labels["training.algorithms"] == "paper"
    assert labels["training.lora.r"] == "paper-unknown"
    assert labels["training.dpo.learning_rate"] == "ours"
