"""docs/measures.md describes every main measure, and the tests that it names are there."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from analysis.measures import LONG_FORM, QUESTIONS, RANKS

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "measures.md").read_text(encoding="utf-8")


def test_every_named_test_is_there() -> None:
    named = set(re.findall(r"\btest_\w+", PAGE))
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")]
    there = {name for text in sources for name in re.findall(r"^def (test_\w+)", text, re.M)}
    assert len(named) > 15
    assert named <= there


def test_every_main_measure_is_described_with_what_it_cannot_see_and_what_could_buy_it() -> None:
    names = {one.key for one in (*LONG_FORM, *QUESTIONS)} | set(RANKS)
    assert {name for name in names if f"`{name}`" not in PAGE} <= {"balanced_choice"}
    for part in re.split(r"\n(?=\*\*)", PAGE)[1:]:
        for line in ("- What:", "- Cannot see:", "- Buy:"):
            assert part.count(line) == 1, (line, part)


def test_the_page_on_the_paper_gives_the_values_that_the_parameters_have() -> None:
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    page = (ROOT / "docs" / "paper.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z_.]+)`[^|]*\| (\d[\d.e-]*) \|", page, re.M)
    assert len(rows) > 20
    for key, told in rows:
        value = params
        for part in key.split("."):
            value = value[part]
        assert float(told) == value, key
