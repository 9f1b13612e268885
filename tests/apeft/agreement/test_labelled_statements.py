"""Statements against labels: made-up sentences, and the labels of the repository on real ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from apeft.agreement.counts import Counts
from apeft.agreement.statements import compare, labelled_sentences, read_by_rules, was_read_for
from apeft.errors import UserError
from apeft.facts.extract import StatedFact
from apeft.facts.lexicon import Lexicon
from apeft.records import read_jsonl

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT.parent / "shared" / "data" / "factscore"
TEXT = "Ann Lee (1900-1980) was a poet. Her mother was a Danish singer."


def span(value: str, relation: str, **more: Any) -> dict[str, Any]:
    at = TEXT.index(value)
    return {"relation": relation, "start": at, "end": at + len(value), "about": "self"} | more


def found(value: str, relation: str) -> StatedFact:
    return StatedFact(relation, value, TEXT.index(value), TEXT.index(value) + len(value))


def labelled(*facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": "person",
        "name": "Ann Lee",
        "text": TEXT,
        "at": 0,
        "length": len(TEXT),
        "facts": [*facts],
    }


@pytest.mark.parametrize(
    ("facts", "read", "counts"),
    [
        ([span("poet", "profession")], [found("poet", "profession")], Counts(hits=1)),
        ([span("poet", "profession")], [], Counts(misses=1)),
        ([], [found("poet", "profession")], Counts(false=1)),
        # Overlap is enough; another relation is none.
        ([span("a poet", "profession")], [found("poet", "profession")], Counts(hits=1)),
        ([span("poet", "profession")], [found("poet", "nationality")], Counts(misses=1)),
        # What is soft counts neither way; what is said of others must not be found.
        ([span("poet", "profession", soft=True)], [], Counts()),
        ([span("poet", "profession", soft=True)], [found("poet", "profession")], Counts()),
        ([span("singer", "profession", about="other")], [], Counts()),
        (
            [span("singer", "profession", about="other")],
            [found("singer", "profession")],
            Counts(false=1),
        ),
        (
            [span("poet", "profession", asserted=False)],
            [found("poet", "profession")],
            Counts(false=1),
        ),
    ],
)
def test_a_sentence_is_counted_by_hits_misses_and_false_alarms(
    facts: list[dict[str, Any]], read: list[StatedFact], counts: Counts
) -> None:
    assert compare(labelled(*facts), read, "profession") == counts


def test_a_sentence_is_read_in_its_text_and_only_itself_counts() -> None:
    row = labelled() | {"at": TEXT.index("Her"), "length": len(TEXT) - TEXT.index("Her")}
    assert read_by_rules(row, Lexicon({})) == []
    whole = read_by_rules(labelled(), Lexicon({}))
    assert {(f.relation, f.value) for f in whole} >= {
        ("birth_year", "1900"),
        ("death_year", "1980"),
    }


def test_labels_of_other_data_are_refused(tmp_path: Path) -> None:
    source = {"topic": "A", "output": "A is.", "annotations": [{"text": "A is."}]}
    (tmp_path / "x.jsonl").write_text(json.dumps(source) + "\n")
    label = {"file": "x", "row": 0, "sentence": 0, "stratum": "first"}
    fact = {"relation": "profession", "start": 2, "end": 9, "about": "self"}
    assert labelled_sentences([label | {"facts": []}], tmp_path)[0]["length"] == 5
    with pytest.raises(UserError, match="outside its sentence"):
        labelled_sentences([label | {"facts": [fact]}], tmp_path)


def test_the_repositorys_labels_are_spans_and_numbers_without_text() -> None:
    rows = read_jsonl(ROOT / "labels" / "statements.jsonl")
    assert len(rows) == 380
    assert len({(row["file"], row["row"], row["sentence"]) for row in rows}) == 380
    only = [row for row in rows if not was_read_for(row, "profession")]
    assert len(only) == 80
    assert {fact["relation"] for row in only for fact in row["facts"]} == {"death_year"}
    allowed = {"relation", "start", "end", "about", "asserted", "soft"}
    for row in rows:
        assert set(row) == {"file", "row", "sentence", "stratum", "facts", "hard"}
        for fact in row["facts"]:
            assert set(fact) <= allowed
            assert 0 <= fact["start"] < fact["end"]


@pytest.mark.skipif(not DATA.is_dir(), reason="FActScore's labelled biographies are not here")
def test_labelled_years_are_years_where_the_label_says() -> None:
    """An independent look at the spans: a firm year label covers the digits of a year."""
    rows = labelled_sentences(read_jsonl(ROOT / "labels" / "statements.jsonl"), DATA)
    years = [
        row["text"][row["at"] + fact["start"] : row["at"] + fact["end"]]
        for row in rows
        for fact in row["facts"]
        if fact["relation"].endswith("_year") and not fact.get("soft")
    ]
    assert len(years) > 130
    assert all(year.isdigit() and len(year) in (3, 4) for year in years)
