"""Atomic pairs: own options, balance of values, and how unbalanced they stay (by hand)."""

import pytest

from apeft.pairs.atomic import AtomicChoice, Option, atomic_pairs, imbalance, own_options
from apeft.records import Record


def sample(number: int, value: str | None, correct: bool | None) -> Record:
    return {"id": f"f/{number}", "text": f" {value}!{number}", "ended": True, "value": value,
            "correct": correct}  # fmt: skip


SAMPLES = [
    sample(0, "French", True),
    sample(1, "Polish", False),
    sample(2, "German", False),
    sample(3, "German", False),
    sample(4, None, False),
    sample(5, "Italian", None),
    sample(6, "Austrian", False),
]


def test_own_options_are_values_by_frequency_then_name_with_their_first_sample() -> None:
    assert own_options(SAMPLES, correct=False) == [
        Option(" German!2", "German", "f/2", 2),
        Option(" Austrian!6", "Austrian", "f/6", 1),
        Option(" Polish!1", "Polish", "f/1", 1),
    ]
    assert own_options(SAMPLES, correct=True) == [Option(" French!0", "French", "f/0", 1)]


def test_a_value_is_written_as_it_mostly_was() -> None:
    texts = (" a Frenchman by birth", " French", " French ", " of French stock")
    rows = [{**sample(number, "French", True), "text": text} for number, text in enumerate(texts)]
    assert own_options(rows, correct=True) == [Option(" French", "French", "f/1", 4)]


def test_a_wrong_sample_that_names_no_value_is_no_contradiction() -> None:
    assert own_options([sample(0, None, False), sample(1, "", False)], correct=False) == []


def test_unscored_samples_are_on_neither_side() -> None:
    for correct in (True, False):
        assert own_options([sample(0, "Italian", None)], correct=correct) == []


def choice(name: str, chosen: str, rejected: str, relation: str = "nationality") -> AtomicChoice:
    """A fact whose options are given as letters, the most frequent first."""
    fact = {"fact": name, "entity": f"e/{name}", "relation": relation, "split": "train", "r": 0.5}
    sides = ([Option(f" {v}", v, f"{name}/{v}") for v in side] for side in (chosen, rejected))
    return AtomicChoice(fact, f"Q {name}", *sides)


def values(pairs: list[Record]) -> list[str]:
    return [pair["value_chosen"] + pair["value_rejected"] for pair in pairs]


FACTS = [choice("1", "A", "BC"), choice("2", "A", "BC"), choice("3", "AB", "CA")]


def test_without_balance_the_most_frequent_options_are_taken() -> None:
    assert values(atomic_pairs(FACTS, per_fact=1, balance=False)) == ["AB", "AB", "AC"]


def test_a_sample_that_the_length_limit_cut_is_no_side() -> None:
    cut = {**sample(0, "French", True), "ended": False}
    assert own_options([cut, sample(1, "French", True)], correct=True) == [
        Option(" French!1", "French", "f/1", 1)
    ]
    assert own_options([cut], correct=True) == []


def test_with_balance_each_value_is_chosen_as_often_as_rejected() -> None:
    # 1: nothing counted yet, so the first of each: A over B (A +1, B -1).
    # 2: rejected B is at -1 and C at 0, so C: A over C (A +2, B -1, C -1).
    # 3: chosen A is at +2 and B at -1, so B (B 0); rejected C at -1, A at +2, so A: B over A.
    assert values(atomic_pairs(FACTS, per_fact=1, balance=True)) == ["AB", "AC", "BA"]


@pytest.mark.parametrize("balance", [True, False])
def test_chosen_is_the_most_frequent_right_value_whatever_the_balance(balance: bool) -> None:
    often = [Option(f" {v}", v, f"s/{v}", count) for v, count in (("poet", 3), ("rebel", 1))]
    facts = [choice(str(n), "", "X") for n in range(3)]
    facts = [AtomicChoice(fact.fact, fact.prompt, often, fact.rejected) for fact in facts]
    pairs = atomic_pairs(facts, per_fact=1, balance=balance)
    assert [pair["value_chosen"] for pair in pairs] == ["poet"] * 3


def test_equally_frequent_right_values_are_balanced() -> None:
    ties = [Option(f" {v}", v, f"s/{v}", 2) for v in ("poet", "painter")]
    facts = [choice(str(n), "", "X") for n in range(4)]
    facts = [AtomicChoice(fact.fact, fact.prompt, ties, fact.rejected) for fact in facts]
    pairs = atomic_pairs(facts, per_fact=1, balance=True)
    assert [pair["value_chosen"] for pair in pairs] == ["poet", "painter"] * 2


def test_relations_are_balanced_apart() -> None:
    facts = [choice("1", "A", "BC"), choice("2", "A", "BC", relation="region")]
    assert values(atomic_pairs(facts, per_fact=1, balance=True)) == ["AB", "AB"]


@pytest.mark.parametrize("balance", [True, False])
def test_a_fact_gives_pairs_with_different_rejected_values(balance: bool) -> None:
    pairs = atomic_pairs([choice("1", "A", "BCD")], per_fact=2, balance=balance)
    assert values(pairs) == ["AB", "AC"]
    assert [pair["id"] for pair in pairs] == ["atomic/1/0", "atomic/1/1"]
    assert len(atomic_pairs([choice("1", "A", "BC")], per_fact=9, balance=balance)) == 2


def test_a_fact_with_one_side_gives_no_pair() -> None:
    sides = [choice("1", "", "B"), choice("2", "A", "")]
    assert atomic_pairs(sides, per_fact=1, balance=True) == []


def test_a_pair_says_where_both_sides_come_from() -> None:
    (pair,) = atomic_pairs([choice("1", "A", "B")], per_fact=1, balance=True)
    assert pair == {
        "id": "atomic/1/0", "kind": "atomic", "entity": "e/1", "split": "train", "fact": "1",
        "relation": "nationality", "r": 0.5, "prompt": "Q 1", "chosen": " A", "rejected": " B",
        "value_chosen": "A", "value_rejected": "B",
        "source_chosen": "1/A", "source_rejected": "1/B",
    }  # fmt: skip


def test_imbalance_is_half_the_sum_of_differences_by_hand() -> None:
    rows = [
        {"relation": "n", "value_chosen": chosen, "value_rejected": rejected}
        for chosen, rejected in ("AB", "AC", "BA")
    ]
    # A: 2 - 1 = +1, B: 1 - 1 = 0, C: 0 - 1 = -1; (1 + 0 + 1) / (2 * 3) = 1/3
    assert imbalance(rows)["n"] == {
        "pairs": 3,
        "total_variation": pytest.approx(1 / 3),
        "most_unbalanced": {"A": 1, "C": -1, "B": 0},
    }


def test_imbalance_is_0_for_a_swap_and_1_for_values_on_one_side_only() -> None:
    rows = [{"relation": r, "value_chosen": a, "value_rejected": b}
            for r, a, b in ("sXY", "sYX", "tXY", "tXZ")]  # fmt: skip
    table = imbalance(rows)
    assert (table["s"]["total_variation"], table["t"]["total_variation"]) == (0.0, 1.0)
    assert list(table) == ["s", "t"]
