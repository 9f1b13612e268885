"""Guessing: the others' rate of the right value and the exact test, by hand."""

from math import comb

import pytest

from apeft.guessing import add_guessing
from apeft.records import Record


def fact(name: str, values: list[str], *samples: tuple[str | None, bool | None]) -> Record:
    """A detected nationality of ``name`` with its samples (value, correct)."""
    correct = sum(right is True for _, right in samples)
    scored = sum(right is not None for _, right in samples)
    return {
        "fact": f"person/{name}#nationality", "entity": f"person/{name}", "values": values,
        "relation": "nationality", "k": len(samples), "correct": correct,
        "unscored": len(samples) - scored, "r": correct / scored if scored else None,
        "class": "potentially_known" if scored else "unscored",
        "samples": [{"value": value, "correct": right} for value, right in samples],
    }  # fmt: skip


A = fact("a", ["American"], ("American", True), ("American", True), ("French", False))
B = fact("b", ["French"], ("American", False), ("French", True), (None, False), ("x", None))
C = fact("c", ["American"], ("American", True), ("German", False))
D = fact("d", ["English"], ("British", True), ("American", False))


def added(*facts: Record) -> dict[str, Record]:
    return {row["entity"][-1]: row for row in add_guessing(facts, {})}


def test_guess_is_the_share_of_right_values_in_the_others_scored_samples() -> None:
    rows = added(A, B, C, D)
    # Others of a: b says American once of 3 scored, c once of 2, d once of 2; c is American too.
    assert rows["a"]["guess"] == pytest.approx(3 / 7, abs=1e-6)
    assert rows["a"]["guess_unshared"] == pytest.approx(2 / 5, abs=1e-6)
    # Others of b: a says French once of 3, c and d never of 2.
    assert rows["b"]["guess"] == rows["b"]["guess_unshared"] == pytest.approx(1 / 7, abs=1e-6)


def test_values_are_compared_by_meaning_and_what_cannot_be_compared_is_left_out() -> None:
    # Of an English person "British" is right; of a British one "English" is undecided.
    english = fact("e", ["English"], ("German", False), ("English", True))
    rows = added(D, english)
    assert rows["e"]["guess"] == 1 / 2
    british = fact("g", ["British"], ("German", False), ("British", True))
    assert added(british, english)["g"]["guess"] == 0.0  # German alone can be compared


def test_the_test_is_the_upper_tail_of_the_binomial_law_by_hand() -> None:
    row = added(A, B, C, D)["a"]
    q = 3 / 7
    tail = comb(3, 2) * q**2 * (1 - q) + q**3
    assert row["p_guess"] == pytest.approx(tail, abs=1e-6)
    assert row["beyond_chance"] is False


def test_five_percent_is_the_border() -> None:
    quarter = fact("b", ["French"], ("American", False), *[("French", True)] * 3)
    # One of four says American: 3 of 3 has 1/64, 2 of 2 has 1/16.
    for right, beyond in ((3, True), (2, False)):
        one = fact("a", ["American"], *[("American", True)] * right)
        row = added(one, quarter)["a"]
        assert row["guess"] == 0.25
        assert row["p_guess"] == pytest.approx(0.25**right, abs=1e-6)
        assert row["beyond_chance"] is beyond


def test_a_fact_never_answered_rightly_is_never_beyond_chance() -> None:
    rows = added(fact("a", ["Polish"], ("German", False)), B)
    assert (rows["a"]["guess"], rows["a"]["p_guess"]) == (0.0, 1.0)
    assert rows["a"]["beyond_chance"] is False


@pytest.mark.parametrize(
    "facts",
    [
        [A],
        [A, {**B, "relation": "profession"}],
        [A, {**A, "fact": "again"}],
        [{**A, "relation": "claim"}, {**B, "relation": "claim"}],
        [A, fact("n", ["French"], ("American", None))],
    ],
    ids=["alone", "another relation", "the same entity", "a claim", "nothing scored"],
)
def test_without_another_entitys_answer_nothing_is_said(facts: list[Record]) -> None:
    row = add_guessing(facts, {})[0]
    keys = ("guess", "guess_unshared", "p_guess", "beyond_chance")
    assert [row[key] for key in keys] == [None] * 4


def test_a_fact_without_a_class_is_not_tested() -> None:
    for change in ({"class": "unscored", "r": None},):
        row = added({**A, **change}, B)["a"]
        assert row["guess"] is not None
        assert row["p_guess"] is None
        assert row["beyond_chance"] is None
