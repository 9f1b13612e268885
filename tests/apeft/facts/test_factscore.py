"""FActScore's arithmetic by hand, and the published human labels."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from apeft.facts.factscore import (
    fixed_mix,
    human_factscore,
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


def test_fixed_mix_does_not_reward_a_change_of_content() -> None:
    weights = {"nationality": 0.5, "birth_year": 0.5}
    assert fixed_mix({"nationality": 0.8, "birth_year": 0.1}, weights) == pytest.approx(0.45)
    assert fixed_mix({"nationality": 0.8}, weights) == pytest.approx(0.8)
    assert fixed_mix({}, weights) is None
    with pytest.raises(ValueError, match="negative"):
        fixed_mix({"a": 1.0}, {"a": -1.0})


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
