"""Which two responses form a general preference pair (by hand)."""

from collections import Counter
from itertools import product

import pytest

from apeft.pairs.general import (
    PairRule,
    balanced,
    comparable,
    general_pairs,
    make_pair,
    paired,
    scored_relations,
    shared_gaps,
    why_not,
)
from apeft.records import Record
from apeft.rng import keyed

YES, NO, OPEN = "supported", "contradicted", "not_stated"


def plain(min_gap: float = 0.1, min_facts: int = 3) -> PairRule:
    return PairRule("plain", min_gap, min_facts)


SHARED = PairRule("shared", 0.2, 3, 0.1)


def response(name: str, score: float | None, *facts: tuple[str, str], text: str = "") -> Record:
    return {
        "id": name,
        "entity": "person/x",
        "split": "train",
        "plain": "Name: X\nBiography:",
        "text": text or f" text of {name}",
        "score": score,
        "ended": True,
        "facts": [
            {"relation": relation, "verdict": verdict, "value": f"{verdict} {number}"}
            for number, (relation, verdict) in enumerate(facts)
        ],
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
    pair = make_pair(better, worse, plain(0.2))
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
    assert make_pair(one, other, plain(min_gap)) is None


@pytest.mark.parametrize(("left", "right"), [(1.0, 0.8), (0.8, 0.6), (0.6, 0.4), (0.4, 0.2)])
def test_a_gap_of_just_the_smallest_size_is_enough(left: float, right: float) -> None:
    one, other = response("l", left, *THREE), response("r", right, *THREE)
    assert make_pair(one, other, plain(0.2))  # 1.0 - 0.8 is 0.19999999999999996


def test_the_same_text_is_no_pair_also_with_other_spaces() -> None:
    one, other = response("l", 1.0, *THREE, text=" A."), response("r", 0.0, *THREE, text="A. ")
    assert make_pair(one, other, plain()) is None


def test_a_text_that_was_cut_at_the_limit_is_on_no_side() -> None:
    one, other = response("l", 1.0, *THREE), response("r", 0.0, *THREE)
    for left, right in ((False, True), (True, False), (False, False)):
        cut = {**one, "ended": left}, {**other, "ended": right}
        assert make_pair(*cut, plain()) is None
        _, reasons = general_pairs(cut, plain(), 1)
        assert reasons["cut_at_limit"] == 1


def scored(**scores: float | None) -> list[Record]:
    return [response(name, score, *THREE) for name, score in scores.items()]


def ids(pairs: list[Record]) -> list[str]:
    return [pair["id"].removeprefix("general/") for pair in pairs]


def test_the_widest_gap_comes_first_and_no_response_is_used_twice() -> None:
    rows = scored(a=1.0, b=0.75, c=0.25, d=0.0)
    pairs, _ = general_pairs(rows, plain(), 5)
    assert ids(pairs) == ["a>d", "b>c"]
    pairs, _ = general_pairs(rows[::-1], plain(), 1)
    assert ids(pairs) == ["a>d"]


def test_equal_gaps_are_taken_in_the_order_of_ids() -> None:
    rows = scored(z=1.0, y=1.0, b=0.0, a=0.0)
    pairs, _ = general_pairs(rows, plain(), 9)
    assert ids(pairs) == ["y>a", "z>b"]


def test_why_other_combinations_gave_none_is_counted() -> None:
    rows = [*scored(a=1.0, b=0.9, c=0.0, u=None, v=None), response("d", 0.5, ("q", YES))]
    # Six combinations of a, b, c, d: a>c and b>c are candidates; a-b is too close; d states
    # one fact of another relation, so its three do not compare.
    pairs, reasons = general_pairs(rows, plain(0.2), 1)
    assert ids(pairs) == ["a>c"]
    assert reasons == Counter(unscored_response=2, gap_too_small=1, not_comparable=3)


def test_fewer_than_two_scored_responses_give_no_pair() -> None:
    assert general_pairs(scored(a=1.0, b=None), plain(0, 1), 1)[0] == []


def told(name: str, *facts: tuple[str, str]) -> Record:
    """A response with its FActScore."""
    verdicts = [verdict for _, verdict in facts if verdict != OPEN]
    return response(name, verdicts.count(YES) / len(verdicts) if verdicts else None, *facts)


N, P, Y, D = "nationality", "profession", "birth_year", "death_year"
WORSE = ((N, NO), (P, NO), (Y, NO))


@pytest.mark.parametrize(
    ("chosen", "rejected", "reason"),
    [
        (((N, YES), (P, NO), (Y, NO)), WORSE, ""),
        (((N, YES), (P, NO)), WORSE, "fewer_scored_facts"),  # the year was left out
        (((N, YES), (P, YES), (P, YES)), WORSE, ""),  # right facts in the year's place
        (((P, YES), (P, YES)), ((N, NO), (Y, NO)), "no_shared_relation"),
        (((N, YES), (P, YES), (Y, NO)), ((N, YES), (P, YES)), "gap_too_small"),
        (((N, YES), (Y, NO), (D, NO)), ((N, NO),), "more_wrong_facts"),
        (((N, YES), (Y, NO)), ((N, YES), (N, NO)), "no_more_right_facts"),  # one error for another
        (
            ((N, YES), (P, NO), (Y, YES), (D, YES)),
            ((N, NO), (P, YES), (Y, NO), (D, NO)),
            "worse_in_a_shared_relation",
        ),
        (((N, YES), (P, YES)), ((N, NO), (P, OPEN), (P, YES)), "perhaps_no_more_right_facts"),
        (((N, YES), (P, YES)), ((N, NO), (P, YES), (Y, OPEN)), ""),  # no year is chosen either
    ],
)
def test_a_shared_pair_is_better_in_what_both_say_and_says_no_less(
    chosen: tuple, rejected: tuple, reason: str
) -> None:
    assert why_not(told("c", *chosen), told("r", *rejected), SHARED) == reason


def test_the_shared_gap_is_the_mean_over_relations_that_both_decide() -> None:
    one, other = told("c", (N, YES), (P, YES), (P, NO), (Y, NO)), told("r", (N, NO), (P, NO))
    assert shared_gaps(one, other, 3) == {N: 1.0, P: 0.5}
    wide = told("w", (N, YES), (P, YES), (P, YES), (Y, YES))
    pair = make_pair(wide, told("r", (N, NO), (P, NO), (D, NO)), SHARED)
    assert pair is not None
    assert (pair["gap"], pair["years_chosen"], pair["years_rejected"]) == (1.0, 1, 1)


def test_a_doubtful_fact_of_the_rejected_side_may_be_right() -> None:
    chosen, rejected = told("c", (N, YES), (P, YES)), told("r", (N, YES), (P, NO))
    assert why_not(chosen, rejected, SHARED) == ""
    rejected["facts"][1]["doubtful"] = True
    assert why_not(chosen, rejected, SHARED) == "perhaps_no_more_right_facts"
    rejected["facts"][1]["value"] = chosen["facts"][1]["value"]  # which both sides say
    assert why_not(chosen, rejected, SHARED) == ""


def test_claims_are_shared_only_when_both_sides_have_enough() -> None:
    rows = [told(name, *[("claim", verdict)] * count) for name, verdict, count in
            (("a", YES, 3), ("b", NO, 2), ("c", NO, 3))]  # fmt: skip
    assert why_not(rows[0], rows[1], SHARED) == "no_shared_relation"
    assert why_not(rows[0], rows[2], SHARED) == ""


def test_of_random_responses_no_shared_pair_prefers_saying_less_or_more_that_is_wrong() -> None:
    rows = []
    for number in range(60):
        rng = keyed(1, "response", number)
        facts = [(relation, (YES, NO, OPEN)[int(rng.integers(3))])
                 for relation in (N, P, P, Y, D) if rng.random() < 0.7]  # fmt: skip
        rows.append(told(f"{number:02}", *facts))
    made = 0
    for one, other in product([row for row in rows if row["score"] is not None], repeat=2):
        pair = make_pair(one, other, SHARED)
        if pair is None:
            continue
        made += 1
        count = {side: Counter(fact["verdict"] for fact in pair[f"facts_{side}"])
                 for side in ("chosen", "rejected")}  # fmt: skip
        better, worse = count["chosen"], count["rejected"]
        assert better[YES] + better[NO] >= worse[YES] + worse[NO]
        assert better[YES] > worse[YES]
        assert better[NO] <= worse[NO]
        assert pair["score_chosen"] > pair["score_rejected"]
        for index in range(len(one["facts"])):
            less = told("less", *((f["relation"], f["verdict"]) for i, f in enumerate(one["facts"])
                                  if i != index))  # fmt: skip
            assert less["score"] is None or why_not(less, one, SHARED)
    assert made > 50


def leaning(name: str, lean: int, gap: float = 0.5, split: str = "train") -> Record:
    return {"id": name, "years_chosen": 1 + lean, "years_rejected": 1, "gap": gap, "split": split}


def test_leaning_pairs_are_left_out_until_the_years_are_balanced() -> None:
    rows = [leaning("a", 1, 0.9), leaning("b", 1, 0.2), leaning("c", 0), leaning("d", -1),
            leaning("e", 1, 0.4)]  # fmt: skip
    # +2 of five: without b (the narrowest) +1 of four, without e 0 of three.
    assert "".join(row["id"] for row in balanced(rows, 0.1)) == "acd"
    assert "".join(row["id"] for row in balanced(rows, 0.25)) == "acde"
    assert balanced(rows, None) == balanced(rows, 0.4) == rows
    assert balanced([leaning("a", 2), leaning("b", -1)], 0.1) == []
    assert "".join(row["id"] for row in balanced([*rows, leaning("f", 2)], 0.1)) == "acd"


def test_pairs_that_state_as_many_years_come_first_where_years_are_balanced() -> None:
    worse = told("w", (N, NO), (P, NO), (Y, NO))
    without = told("a", (N, YES), (P, YES), (P, YES))
    with_year = told("b", (N, YES), (P, NO), (Y, NO))
    for rule, first in ((SHARED, "b>w"), (PairRule("shared", 0.2, 3), "a>w")):
        assert ids(general_pairs([worse, without, with_year], rule, 1)[0]) == [first]


def test_years_are_balanced_within_each_split_and_the_left_out_are_counted() -> None:
    rows = []
    for number, split in enumerate(("train", "train", "validation")):
        who = {"entity": f"person/{number}", "prompt": f"bio/{number}", "split": split}
        without = {**told(f"{number}a", (N, YES), (P, YES)), **who}
        rows += [without, {**told(f"{number}b", (N, NO), (Y, NO)), **who}]
        if number == 1:  # beside it a pair that leans to nothing
            rows.append({**told("1c", (N, NO), (P, NO)), **who})
    pairs, reasons = paired(rows, SHARED, 1)
    assert ids(pairs) == ["1a>1c"]
    assert reasons["years_unbalanced"] == 2
    assert len(paired(rows, PairRule("shared", 0.2, 3), 1)[0]) == 3
