"""Which two responses form a general preference pair (by hand)."""

from collections import Counter

import pytest

from apeft.pairs.general import comparable, general_pairs, make_pair, scored_relations
from apeft.records import Record

YES, NO, OPEN = "supported", "contradicted", "not_stated"


def response(name: str, score: float | None, *facts: tuple[str, str], text: str = "") -> Record:
    return {
        "id": name,
        "entity": "person/x",
        "split": "train",
        "plain": "Name: X\nBiography:",
        "text": text or f" text of {name}",
        "score": score,
        "ended": True,
        "facts": [{"relation": relation, "verdict": verdict} for relation, verdict in facts],
    }


THREE = (("a", YES), ("b", NO), ("c", YES))


def test_only_decided_facts_count() -> None:
    row = response("r", 0.5, ("c", YES), ("b", OPEN), ("a", NO), ("c", NO))
    assert scored_relations(row) == ["a", "c", "c"]


@pytest.mark.parametrize(
    ("chosen", "rejected", "expected"),
    [
        (THREE, (("x", YES), ("y", YES), ("z", NO)), True),  # three decided facts each
        (THREE, (("a", NO), ("b", NO)), False),  # two, and other relations
        ((("a", YES),), (("a", NO),), True),  # one each, of the same relation
        ((("a", YES), ("a", YES)), (("a", NO),), True),  # the same relations, another number
        ((("a", YES),), (("b", NO),), False),
        ((("a", YES), ("b", OPEN)), (("a", NO),), True),  # an undecided fact is no relation
        ((), (), False),
        ((("a", OPEN),), (("a", OPEN),), False),
        ((("claim", YES),), (("claim", NO),), False),  # two claims may tell of anything
    ],
)
def test_comparable_needs_enough_facts_or_the_same_relations(
    chosen: tuple, rejected: tuple, expected: bool
) -> None:
    assert comparable(response("c", 1.0, *chosen), response("r", 0.0, *rejected), 3) is expected


def test_a_pair_holds_both_sides_and_their_gap() -> None:
    better, worse = response("b", 0.75, *THREE), response("w", 0.25, *THREE)
    pair = make_pair(better, worse, min_gap=0.2, min_facts=3)
    assert pair is not None
    assert pair["id"] == "general/b>w"
    assert (pair["chosen"], pair["rejected"]) == (" text of b", " text of w")
    assert (pair["prompt"], pair["gap"]) == ("Name: X\nBiography:", 0.5)
    assert (pair["response_chosen"], pair["response_rejected"]) == ("b", "w")
    assert pair["facts_chosen"] == better["facts"]


@pytest.mark.parametrize(
    ("left", "right", "min_gap"),
    [(0.5, 0.25, 0.3), (0.5, 0.5, 0.0), (0.25, 0.5, 0.0)],
    ids=["gap too small", "no gap", "the wrong way round"],
)
def test_no_pair_without_a_gap(left: float, right: float, min_gap: float) -> None:
    one, other = response("l", left, *THREE), response("r", right, *THREE)
    assert make_pair(one, other, min_gap=min_gap, min_facts=3) is None


@pytest.mark.parametrize(("left", "right"), [(1.0, 0.8), (0.8, 0.6), (0.6, 0.4), (0.4, 0.2)])
def test_a_gap_of_just_the_smallest_size_is_enough(left: float, right: float) -> None:
    one, other = response("l", left, *THREE), response("r", right, *THREE)
    assert make_pair(one, other, min_gap=0.2, min_facts=3)  # 1.0 - 0.8 is 0.19999999999999996


def test_the_same_text_is_no_pair_also_with_other_spaces() -> None:
    one, other = response("l", 1.0, *THREE, text=" A."), response("r", 0.0, *THREE, text="A. ")
    assert make_pair(one, other, min_gap=0.1, min_facts=3) is None


def test_a_text_that_was_cut_at_the_limit_is_on_no_side() -> None:
    one, other = response("l", 1.0, *THREE), response("r", 0.0, *THREE)
    for left, right in ((False, True), (True, False), (False, False)):
        cut = {**one, "ended": left}, {**other, "ended": right}
        assert make_pair(*cut, min_gap=0.1, min_facts=3) is None
        _, reasons = general_pairs(cut, min_gap=0.1, min_facts=3, per_person=1)
        assert reasons["cut_at_limit"] == 1


def scored(**scores: float | None) -> list[Record]:
    return [response(name, score, *THREE) for name, score in scores.items()]


def ids(pairs: list[Record]) -> list[str]:
    return [pair["id"].removeprefix("general/") for pair in pairs]


def test_the_widest_gap_comes_first_and_no_response_is_used_twice() -> None:
    rows = scored(a=1.0, b=0.75, c=0.25, d=0.0)
    pairs, _ = general_pairs(rows, min_gap=0.1, min_facts=3, per_person=5)
    assert ids(pairs) == ["a>d", "b>c"]
    pairs, _ = general_pairs(rows[::-1], min_gap=0.1, min_facts=3, per_person=1)
    assert ids(pairs) == ["a>d"]


def test_equal_gaps_are_taken_in_the_order_of_ids() -> None:
    rows = scored(z=1.0, y=1.0, b=0.0, a=0.0)
    pairs, _ = general_pairs(rows, min_gap=0.1, min_facts=3, per_person=9)
    assert ids(pairs) == ["y>a", "z>b"]


def test_why_other_combinations_gave_none_is_counted() -> None:
    rows = [*scored(a=1.0, b=0.9, c=0.0, u=None, v=None), response("d", 0.5, ("q", YES))]
    # Six combinations of a, b, c, d: a>c and b>c are candidates; a-b is too close; d states
    # one fact of another relation, so its three do not compare.
    pairs, reasons = general_pairs(rows, min_gap=0.2, min_facts=3, per_person=1)
    assert ids(pairs) == ["a>c"]
    assert reasons == Counter(unscored_response=2, gap_too_small=1, not_comparable=3)


def test_fewer_than_two_scored_responses_give_no_pair() -> None:
    assert general_pairs(scored(a=1.0, b=None), min_gap=0, min_facts=1, per_person=1)[0] == []
