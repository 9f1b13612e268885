"""Grades by hand: thresholds, unscored ones, ties, and classes."""

import math

import pytest

from apeft.evaluation.grade import (
    best_threshold,
    grade_answers,
    grade_openers,
    grade_questions,
    grade_texts,
)
from apeft.evaluation.ranks import grade_candidates
from apeft.facts.judge import TypedJudge
from apeft.facts.knowledge import Knowledge
from apeft.records import Record


@pytest.fixture(scope="module")
def base() -> Knowledge:
    entity = {"id": "person/x", "kind": "person", "name": "Ann Lee", "aliases": [], "text": ""}
    facts = [("nationality", "French"), ("profession", "painter"), ("birth_year", "1867")]
    rows = [{"entity": "person/x", "relation": r, "value": v} for r, v in facts]
    return Knowledge.build([entity], rows, {})


@pytest.mark.parametrize(
    ("scored", "threshold"),
    [
        # Both classes apart: half way between the neighbours.
        ([(-5.0, False), (-4.0, False), (-2.0, True), (-1.0, True)], -3.0),
        # One on the wrong side: above -3.5 lie 2/2 positives, below it 2/3 negatives; every other
        # cut loses a positive (1/2) or another negative (1/3).
        ([(-5.0, False), (-4.0, False), (-3.0, True), (-2.0, False), (-1.0, True)], -3.5),
        # Balanced, not plain, accuracy: above -3.5 1/1 and 1/3 (mean 0.67, 2 of 4 right) beats
        # above 0 with 0/1 and 3/3 (mean 0.5, 3 of 4 right).
        ([(-4.0, False), (-3.0, True), (-2.0, False), (-1.0, False)], -3.5),
        # Nothing separates equal scores: half is right either way, the higher cut is taken.
        ([(-2.0, True), (-2.0, False)], -1.0),
        ([(0.0, True), (1.0, False)], 2.0),
    ],
)
def test_the_threshold_has_the_best_balanced_accuracy(
    scored: list[tuple[float, bool]], threshold: float
) -> None:
    assert best_threshold(scored) == pytest.approx(threshold)
    assert best_threshold(scored[::-1]) == pytest.approx(threshold)


def test_the_threshold_is_best_among_all_by_brute_force() -> None:
    import numpy as np

    generator = np.random.default_rng(0)
    for _ in range(50):
        scores = generator.integers(-6, 6, size=12).astype(float)
        labels = [True, False, *(bool(flag) for flag in generator.integers(0, 2, size=10))]
        rows = list(zip(scores.tolist(), labels, strict=True))

        def balanced(cut: float, rows: list[tuple[float, bool]] = rows) -> float:
            hits = [score > cut for score, label in rows if label]
            passes = [score <= cut for score, label in rows if not label]
            return (sum(hits) / len(hits) + sum(passes) / len(passes)) / 2

        best = max(balanced(cut) for cut in np.arange(-8, 8, 0.25))
        assert balanced(best_threshold(rows)) == pytest.approx(best)


@pytest.mark.parametrize("label", [True, False])
def test_a_threshold_needs_both_classes(label: bool) -> None:
    with pytest.raises(ValueError, match="both classes"):
        best_threshold([(1.0, label), (2.0, label)])


def opener(name: str, split: str, group: str, logp: float, kind: str = "selfaware") -> Record:
    return {"id": name, "set": kind, "entity": name, "group": group, "split": split, "logp": logp}


def test_choices_are_test_questions_against_the_tuning_questions_threshold() -> None:
    rows = [
        opener("t1", "tuning", "unanswerable", -1.0),
        opener("t2", "tuning", "answerable", -3.0),  # threshold -2
        opener("a", "test", "unanswerable", -1.5),
        opener("b", "test", "unanswerable", -2.5),
        opener("c", "test", "answerable", -2.5),
        opener("d", "test", "answerable", -2.0),  # not above the threshold: answered
        opener("u1", "tuning", "false", 4.0, "freshqa-premise"),
        opener("u2", "tuning", "valid", 2.0, "freshqa-premise"),  # threshold 3
        opener("e", "test", "valid", 9.0, "freshqa-premise"),
    ]
    graded = grade_openers(rows)
    assert [(row["id"], row["choice"], row["choice_margin"]) for row in graded] == [
        ("e", 0, 6.0), ("a", 1, 0.5), ("b", 0, -0.5), ("c", 1, -0.5), ("d", 1, 0.0),
    ]  # fmt: skip
    assert {row["threshold"] for row in graded} == {3.0, -2.0}


def test_questions_without_a_finite_score_are_unscored() -> None:
    tuning = [opener("t1", "tuning", "unanswerable", -1.0),
              opener("t2", "tuning", "answerable", -3.0)]  # fmt: skip
    test = [opener("a", "test", "unanswerable", float("nan")),
            opener("b", "test", "unanswerable", -1.5)]  # fmt: skip
    graded = grade_openers([*tuning, *test, opener("t3", "tuning", "answerable", math.nan)])
    assert [(row["choice"], row["threshold"]) for row in graded] == [(None, -2.0), (1, -2.0)]
    # Without a class of tuning questions there is no threshold; null is a record's NaN.
    lost: list[Record] = [tuning[0], {**tuning[1], "logp": None}, *test]
    assert [row["choice"] for row in grade_openers(lost)] == [None, None]


def test_test_questions_take_no_part_in_choosing_the_threshold() -> None:
    tuning = [opener("t1", "tuning", "unanswerable", -1.0),
              opener("t2", "tuning", "answerable", -3.0)]  # fmt: skip
    for logp in (-50.0, 50.0):
        test = opener("a", "test", "answerable", logp)
        assert grade_openers([*tuning, test])[0]["threshold"] == -2.0


@pytest.mark.parametrize(
    ("logps", "rank1", "margin", "best"),
    [
        ([-1.0, -2.0, -3.0], 1, 1.0, "b"),
        ([-2.0, -3.0, -1.5], 0, -0.5, "c"),
        ([-2.0, -2.0, -5.0], 0, 0.0, "b"),  # a tie is no first rank
        ([-2.0, -4.0, -4.0], 1, 2.0, "b"),
        ([-1.0, math.nan, -3.0], None, None, None),  # a model that diverged is unscored
        ([None, -2.0, -3.0], None, None, None),  # null is a record's NaN
    ],
)
def test_the_right_value_ranks_first_only_alone(
    logps: list[float | None], rank1: int | None, margin: float | None, best: str | None
) -> None:
    row = {"fact": "x#y", "entity": "x", "set": "bio", "relation": "y", "right": "a",
           "others": ["b", "c"], "logps": logps}  # fmt: skip
    (graded,) = grade_candidates([row])
    assert (graded["rank1"], graded["margin"], graded["best_other"]) == (rank1, margin, best)


def candidates(*logps: float | None) -> Record:
    others = [f"other {n}" for n in range(len(logps) - 1)]
    return {"fact": "x#y", "entity": "x", "set": "bio", "relation": "y", "right": "right",
            "others": others, "logps": [*logps]}  # fmt: skip


@pytest.mark.parametrize(
    ("logps", "pairs"),
    [((-1.0, -2.0, -3.0, -4.0, -5.0), 1.0), ((-3.5, -2.0, -3.0, -4.0, -5.0), 0.5),
     ((-2.0, -2.0, -3.0, -1.0, -5.0), 0.5), ((-9.0, -2.0, -3.0), 0.0), ((None, -2.0, -3.0), None)],
)  # fmt: skip
def test_k_is_the_share_of_pairs_ordered_rightly_and_k_star_that_all_are(
    logps: tuple[float | None, ...], pairs: float | None
) -> None:
    (graded,) = grade_candidates([candidates(*logps)])
    assert graded["pairs_right"] == pairs
    assert graded["rank1"] == (None if pairs is None else int(pairs == 1))


def test_the_probability_among_the_candidates_is_its_share_of_theirs() -> None:
    # 0.2, 0.1 and 0.1 of all text: half of what the candidates have together.
    (graded,) = grade_candidates([candidates(*map(math.log, (0.2, 0.1, 0.1)))])
    assert graded["among"] == pytest.approx(math.log(0.5))
    (missing,) = grade_candidates([candidates(-1.0, math.inf)])
    assert missing["among"] is missing["margin"] is None


@pytest.mark.parametrize("logps", [(-1.0, -2.0, -4.0), (-3.0, -1.0, -5.0)])
def test_sharpening_changes_no_rank_scales_a_margin_and_never_pays_without_end(
    logps: tuple[float, ...],
) -> None:
    """All log-probabilities times a factor, as by a lower temperature over whole answers."""
    plain, sharp, sharper = (
        grade_candidates([candidates(*(factor * logp for logp in logps))])[0]
        for factor in (1, 2, 50)
    )
    assert [(row["rank1"], row["pairs_right"]) for row in (sharp, sharper)] == [
        (plain["rank1"], plain["pairs_right"])
    ] * 2
    assert sharp["margin"] == pytest.approx(2 * plain["margin"])
    # A right first choice can gain at most its missing probability; a wrong one pays in full.
    assert sharper["among"] <= 0
    assert (sharp["among"] > plain["among"]) == (plain["rank1"] == 1)


def test_r_is_over_the_scored_answers_and_unscored_ones_are_kept(base: Knowledge) -> None:
    samples = [" a painter", " a boxer", " an artist", " a painter"]
    row = {"fact": "person/x#profession", "entity": "person/x", "set": "bio",
           "relation": "profession", "temperature": 1.0, "main": True, "samples": samples,
           "logps": [-1.0, -2.0, -3.0, -4.0]}  # fmt: skip
    (graded,) = grade_answers([row], TypedJudge(base), base)
    verdicts = [sample["correct"] for sample in graded["samples"]]
    assert verdicts == [True, False, None, True]  # "artist" says less than "painter"
    assert (graded["r"], graded["k"], graded["unscored"]) == (pytest.approx(2 / 3), 4, 1)
    assert graded["surprisal"] == 2.5  # over all samples, the unscored ones too
    assert [sample["text"] for sample in graded["samples"]] == samples


def test_an_answer_without_a_scored_sample_has_no_r(base: Knowledge) -> None:
    row = {"fact": "f", "entity": "person/x", "set": "bio", "relation": "profession",
           "temperature": 1.0, "main": True, "samples": [" an artist"] * 2,
           "logps": [-1.0, None]}  # fmt: skip
    (graded,) = grade_answers([row], TypedJudge(base), base)
    assert (graded["r"], graded["unscored"]) == (None, 2)
    assert graded["surprisal"] is None


def asked(text: str, group: str, kind: str = "selfaware") -> Record:
    return {"id": text, "set": kind, "entity": "q", "group": group, "text": text,
            "question": "Who will win the cup in 2090?"}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "down", "other"),
    [
        ("selfaware", "unanswerable", "answerable"),
        ("kuq", "unknown", "known"),
        ("freshqa-premise", "false", "valid"),
        ("falseqa", "false", "valid"),
    ],
)
def test_correct_is_to_turn_down_exactly_when_it_is_due(kind: str, down: str, other: str) -> None:
    no = "There is no such cup." if down == "false" else "Nobody knows."
    rows = [asked(no, down, kind), asked(no, other, kind), asked("Spain", down, kind),
            asked("Spain", other, kind)]  # fmt: skip
    graded = grade_questions(rows, {})
    assert [row["reject"] for row in graded] == [True, True, False, False]
    assert [row["correct"] for row in graded] == [True, False, False, True]


def test_an_ungradable_answer_is_kept_unscored_with_its_reason() -> None:
    (row,) = grade_questions([asked("  ", "unanswerable")], {})
    assert (row["reject"], row["correct"], row["reason"]) == (None, None, "empty")


@pytest.mark.parametrize(
    ("text", "group", "golds", "expected"),
    [
        ("Nobody knows.", "unanswerable", [], (1, 0, 0)),
        ("Spain", "unanswerable", [], (0, 1, 0)),
        ("Nobody knows.", "answerable", ["Spain"], (0, 0, 1)),
        ("It is Spain.", "answerable", ["Peru", "Spain"], (1, 0, 0)),
        ("It is Chile.", "answerable", ["Peru", "Spain"], (0, 1, 0)),
        # Unscored whatever is answered, so no answer chooses whether it is scored.
        ("Spain", "answerable", [], (None, None, None)),
        ("Nobody knows.", "answerable", [], (None, None, None)),
        ("  ", "answerable", ["Spain"], (None, None, None)),
        # A yes or no that is neither is undecided; turning the question down is still abstaining.
        ("It was Spain.", "answerable", ["Yes"], (None, None, None)),
        ("Nobody knows.", "answerable", ["Yes"], (0, 0, 1)),
    ],
)
def test_an_answer_is_right_wrong_or_abstains(
    text: str, group: str, golds: list[str], expected: tuple[int | None, ...]
) -> None:
    (row,) = grade_questions([asked(text, group)], {text: golds})
    assert (row["right"], row["wrong"], row["abstains"]) == expected
    assert bool(row["truth_reason"]) >= (expected[0] is None)
    if expected[0] is not None:
        assert sum(one for one in expected if one) == 1


def test_a_text_is_graded_with_its_facts_and_bounds(base: Knowledge) -> None:
    text = "Ann Lee was a French boxer, born in 1867, who died in 1934."
    response = {"id": "bio/x", "set": "bio", "entity": "person/x", "text": text,
                "tokens": [1, 2, 3], "ended": True}  # fmt: skip
    (graded,), facts = grade_texts([response], TypedJudge(base), base, gamma=0, k=2)
    assert {fact["relation"]: fact["verdict"] for fact in facts} == {
        "nationality": "supported", "profession": "contradicted",
        "birth_year": "supported", "death_year": "not_stated",
    }  # fmt: skip
    assert all(fact["set"] == "bio" for fact in facts)
    # Two right, one wrong, one undecided: 2/3; bounds over all four 2/4 and 3/4.
    assert graded["factscore"] == pytest.approx(2 / 3)
    assert (graded["lower"], graded["upper"]) == (0.5, 0.75)
    assert graded["f1"] == pytest.approx(2 * (2 / 3) / (5 / 3))  # P 2/3, R 2/2
    assert (graded["supported"], graded["contradicted"], graded["not_stated"]) == (2, 1, 1)
    assert (graded["facts"], graded["responded"], graded["length"]) == (4, 1, 3)


def test_a_text_without_facts_has_no_score_and_did_not_respond(base: Knowledge) -> None:
    response = {"id": "b", "set": "bio", "entity": "person/x", "text": "Hm.", "tokens": [],
                "ended": False}  # fmt: skip
    (graded,), facts = grade_texts([response], TypedJudge(base), base, gamma=10)
    assert facts == []
    assert (graded["factscore"], graded["responded"], graded["facts"]) == (None, 0, 0)
    assert graded["f1"] is None  # no K: not measured
    (graded,), _ = grade_texts([response], TypedJudge(base), base, gamma=10, k=2)
    assert graded["f1"] == 0


def test_a_text_on_an_open_prompt_is_unscored_and_not_one_without_facts() -> None:
    """Typed facts know no relation of a prompt, so nothing is known of what its text states."""
    entity = {"id": "fava/x", "kind": "prompt", "name": "Explain tides.", "aliases": [], "text": ""}
    person = {**entity, "id": "factscore/y", "kind": "person", "name": "Ann Lee"}
    base = Knowledge.build([entity, person], [], {})
    response = {"id": "a", "set": "fava", "entity": "fava/x", "text": "Ann Lee was born in 1867.",
                "tokens": [1, 2], "ended": True}  # fmt: skip
    named = {**response, "id": "b", "set": "factscore", "entity": "factscore/y"}
    (open_text, biography), facts = grade_texts([response, named], TypedJudge(base), base, gamma=10)
    assert (open_text["responded"], open_text["facts"], open_text["factscore"]) == (None,) * 3
    assert open_text["length"] == 2
    assert set(open_text) == set(biography)
    # What is said of a person of whom nothing is known stays unscored as well, and is counted.
    assert [(fact["response"], fact["verdict"]) for fact in facts] == [("b", "not_stated")]
    assert (biography["factscore"], biography["not_stated"], biography["responded"]) == (None, 1, 1)
