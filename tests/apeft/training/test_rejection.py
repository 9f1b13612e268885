"""RSO's rejection sampling: the acceptance probability and the cut."""

import math

import pytest

from apeft.records import Record
from apeft.training.rejection import accept, rejection_pairs


def rows(prompt: str, *scores: float | None) -> list[Record]:
    return [{"id": f"{prompt}{n}", "score": one, "ended": True} for n, one in enumerate(scores)]


def any_pair(better: Record, worse: Record) -> Record | None:
    if better["score"] <= worse["score"]:
        return None
    return {"id": f"{better['id']}>{worse['id']}"}


@pytest.mark.parametrize(("score", "best", "beta"), [(0.5, 1.0, 0.5), (0.2, 0.9, 1.0), (0, 1, 0.5)])
def test_acceptance_has_the_probability_of_its_formula(
    score: float, best: float, beta: float
) -> None:
    # Over 3000 seeds, the share lies within 3.3 standard errors (99.9%) of exp((s - max) / beta).
    expected = math.exp((score - best) / beta)
    responses = rows("p", score, best)
    hits = sum(len(accept(responses, beta, seed)) == 2 for seed in range(3000))
    error = math.sqrt(expected * (1 - expected) / 3000)
    assert abs(hits / 3000 - expected) < 3.3 * error


def test_the_best_is_always_accepted_and_unscored_ones_never() -> None:
    responses = rows("p", 0.1, 0.9, None, 0.9)
    for seed in range(50):
        accepted = {row["id"] for row in accept(responses, 0.1, seed)}
        assert {"p1", "p3"} <= accepted
        assert "p2" not in accepted
    assert accept(rows("p", None, None), 0.5, 1) == []


def test_a_text_that_was_cut_is_not_accepted_and_is_nobodys_best() -> None:
    cut = {"id": "cut", "score": 0.9, "ended": False}
    for seed in range(20):
        accepted = {row["id"] for row in accept([cut, *rows("p", 0.2)], 0.05, seed)}
        assert accepted == {"p0"}


def test_a_draw_depends_on_the_response_alone() -> None:
    responses = rows("p", *[n / 20 for n in range(20)])
    accepted = {row["id"] for row in accept(responses, 0.5, 3)}
    assert {row["id"] for row in accept(responses[::-1], 0.5, 3)} == accepted
    fewer = [row for row in responses if row["id"] != "p0"]
    assert {row["id"] for row in accept(fewer, 0.5, 3)} == accepted - {"p0"}


def test_pairs_are_of_accepted_responses_with_the_better_one_chosen() -> None:
    prompts = [rows("p", 0.0, 1.0, 0.4, None)]
    for seed in range(20):
        accepted = {row["id"] for row in accept(prompts[0], 0.3, seed)}
        expected = {f"{a}>{b}" for a, b in [("p1", "p0"), ("p1", "p2"), ("p2", "p0")]
                    if {a, b} <= accepted}  # fmt: skip
        pairs = rejection_pairs(prompts, any_pair, 99, 0.3, seed)
        assert {pair["id"] for pair in pairs} == expected


def test_each_prompt_gives_one_pair_before_any_gives_a_second_and_the_rest_is_cut() -> None:
    prompts = [rows(name, 1.0, 0.9, 0.8, 0.7) for name in "abcde"]
    whole = rejection_pairs(prompts, any_pair, 99, 1e9, 1)  # everything is accepted
    assert len(whole) == 5 * 6
    assert {pair["id"][0] for pair in whole[:5]} == set("abcde")
    assert {pair["id"][0] for pair in whole[5:10]} == set("abcde")
    for count in (3, 7):
        assert rejection_pairs(prompts, any_pair, count, 1e9, 1) == whole[:count]
    assert rejection_pairs(prompts[::-1], any_pair, 99, 1e9, 1) == whole


def test_another_seed_draws_other_pairs() -> None:
    prompts = [rows(name, 1.0, 0.6, 0.5, 0.4) for name in "abcde"]
    drawn = {str(rejection_pairs(prompts, any_pair, 5, 0.5, seed)) for seed in range(6)}
    assert len(drawn) > 3
