"""The pairs that a person read (labels/pairs.jsonl): what the rules make of them is seldom bad."""

from pathlib import Path

import pytest

from apeft.facts.lexicon import Lexicon
from apeft.pairs.general import PairRule, why_not
from apeft.pairs.sure import one_field
from apeft.records import Record, read_jsonl

LABELS = Path(__file__).resolve().parents[3] / "labels" / "pairs.jsonl"
ROWS = read_jsonl(LABELS)
MOST_BAD = 0.05


def general(row: Record, rule: PairRule) -> str:
    """Why a rule does not make a labelled pair again from its facts; "" when it does."""
    sides = []
    for side in ("chosen", "rejected"):
        facts = row[f"facts_{side}"]
        verdicts = [fact["verdict"] for fact in facts if fact["verdict"] != "not_stated"]
        sides.append({"text": row[side], "ended": True, "facts": facts,
                      "score": verdicts.count("supported") / len(verdicts)})  # fmt: skip
    return why_not(sides[0], sides[1], rule)


def atomic(row: Record) -> bool:
    """Whether the chosen value is the most frequent right one and the rejected of another field."""
    often = row["right"][row["value_chosen"]] == max(row["right"].values())
    near = row["relation"] == "profession" and one_field(
        row["value_rejected"], row["values"], Lexicon()
    )
    return often and not near


def made(kind: str) -> list[Record]:
    rows = [row for row in ROWS if row["kind"] == kind]
    if kind == "atomic":
        return [row for row in rows if atomic(row)]
    return [row for row in rows if not general(row, PairRule("shared", 0.2, 3))]


@pytest.mark.parametrize("kind", ["general", "atomic"])
def test_of_the_labelled_pairs_that_the_rules_make_at_most_one_in_twenty_is_bad(kind: str) -> None:
    rows = made(kind)
    bad = [row["id"] for row in rows if row["verdict"] == "bad"]
    assert len(rows) >= 20
    assert len(bad) <= MOST_BAD * len(rows), bad
    by_default = {row["id"] for row in ROWS if row["kind"] == kind and "default" in row["made_by"]}
    assert by_default <= {row["id"] for row in rows}


def test_the_plain_rule_makes_the_bad_general_pairs_that_the_labels_hold() -> None:
    rows = [row for row in ROWS if row["kind"] == "general"]
    plain = [row for row in rows if not general(row, PairRule("plain", 0.2, 3))]
    bad = [row for row in plain if row["verdict"] == "bad"]
    assert len(bad) > MOST_BAD * len(plain)
    assert not [row for row in bad if row in made("general")]


def test_every_labelled_pair_has_a_verdict_with_its_reason() -> None:
    assert {row["verdict"] for row in ROWS} == {"good", "bad", "doubtful"}
    assert all(row["reason"] and row["prompt"] and row["chosen"] and row["rejected"]
               for row in ROWS)  # fmt: skip
    keys = [(row["id"], row["chosen"], row["rejected"]) for row in ROWS]
    assert len(set(keys)) == len(keys)
