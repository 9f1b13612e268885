"""FActScore's arithmetic by hand, and the published human labels."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from apeft.facts.factscore import (
    f1_at,
    human_factscore,
    k_of_texts,
    length_penalty,
    score_response,
    summarise,
)

LABELS = Path(__file__).resolve().parents[4] / "shared" / "data" / "factscore"


def test_unscored_facts_count_in_the_bounds_only() -> None:
    score = score_response(["supported"] * 3 + ["contradicted"] + ["not_stated"] * 4)
    assert (score.score, score.lower, score.upper) == (0.75, 3 / 8, 7 / 8)
    assert score.facts == 8
    assert score.penalised == pytest.approx(0.75 * math.exp(1 - 10 / 8))


def test_nothing_scored_is_no_score() -> None:
    assert score_response(["not_stated"]).score is None
    empty = score_response([])
    assert (empty.score, empty.lower, empty.responded) == (None, None, False)


def test_an_unknown_verdict_is_refused() -> None:
    with pytest.raises(ValueError, match="not a verdict"):
        score_response(["right"])


@pytest.mark.parametrize(
    ("facts", "penalty"), [(11, 1.0), (10, 1.0), (5, math.exp(-1)), (1, math.exp(-9)), (0, 0.0)]
)
def test_length_penalty(facts: int, penalty: float) -> None:
    assert length_penalty(facts, 10) == pytest.approx(penalty)


def test_averages_leave_out_and_count_responses_without_a_score() -> None:
    summary = summarise(
        [
            score_response(["supported", "contradicted"]),
            score_response(["supported"]),
            score_response([]),
        ]
    )
    assert summary.score == 0.75
    assert summary.respond_ratio == pytest.approx(2 / 3)
    assert (summary.responses, summary.scored, summary.facts) == (3, 2, 1.0)


@pytest.mark.parametrize(
    ("verdicts", "k", "f1"),
    [
        # Two right of three decided, K 4: P = 2/3, R = 1/2, F1 = 2 * 1/3 / (7/6) = 4/7.
        (["supported", "supported", "contradicted", "not_stated"], 4, 4 / 7),
        # Recall is at most 1: more right facts than K do not count beyond it.
        (["supported"] * 3, 2, 1.0),
        (["supported"], 2, 2 / 3),
        # Without a supported fact there is no recall, whatever could not be decided.
        (["contradicted", "not_stated"], 2, 0.0),
        (["not_stated"], 2, 0.0),
        ([], 2, 0.0),
    ],
)
def test_f1_at_k_by_hand(verdicts: list[str], k: int, f1: float) -> None:
    assert f1_at(k, score_response(verdicts)) == pytest.approx(f1)


def test_a_wrong_fact_left_out_raises_f1_and_a_right_one_left_out_lowers_it() -> None:
    """What F1@K cannot hold against omission: its precision; what it can: its recall."""
    scores = [f1_at(3, score_response(["supported"] * s + ["contradicted"] * c))
              for s, c in ((2, 2), (2, 1), (1, 2))]  # fmt: skip
    assert scores[2] < scores[0] < scores[1]


@pytest.mark.parametrize(
    ("decided", "k"), [([1, 3, 4], 3), ([2, 3], 3), ([0, 1], 1), ([5], 5), ([4, 4, 4, 0], 4)]
)
def test_k_is_the_rounded_median_of_decided_facts(decided: list[int], k: int) -> None:
    assert k_of_texts(decided) == (k, "")


@pytest.mark.parametrize(("decided", "said"), [([], "no validation text"), ([0, 0, 3], "K is 0")])
def test_a_k_of_zero_or_of_nothing_is_none_and_says_why(decided: list[int], said: str) -> None:
    k, reason = k_of_texts(decided)
    assert k is None
    assert said in reason
    with pytest.raises(ValueError, match="at least 1"):
        f1_at(0, score_response(["supported"]))


@pytest.mark.skipif(not LABELS.is_dir(), reason="human FActScore labels are not here")
@pytest.mark.parametrize(
    ("name", "with_irrelevant", "without"), [("ChatGPT", 58.3, 62.3), ("InstructGPT", 42.6, 47.4)]
)
def test_published_human_scores_are_reached(
    name: str, with_irrelevant: float, without: float
) -> None:
    lines = (LABELS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert round(100 * human_factscore(rows), 1) == with_irrelevant
    assert round(100 * human_factscore(rows, irrelevant=False), 1) == without
