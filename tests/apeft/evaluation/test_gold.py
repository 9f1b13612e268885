"""Whether an answer states a gold answer: by whole words and numbers alone."""

import pytest

from apeft.evaluation.gold import LONGEST, states, to_look_for


@pytest.mark.parametrize(
    ("answer", "golds", "label"),
    [
        ("It was Barack Obama.", ["Barack Obama"], True),
        ("obama, barack", ["Barack Obama"], False),  # whole words in their order
        ("The Yorkshire terrier", ["York"], False),
        ("The Beatles", ["Beatles"], True),
        ("Beatles", ["the Beatles"], True),
        ("São Paulo", ["Sao Paulo"], True),
        ("He won it in 1921.", ["1921"], True),
        ("He won it in 19210.", ["1921"], False),
        ("1,000 people", ["1000"], True),
        ("There are three.", ["3"], True),
        ("3", ["three"], True),
        ("829.80 m", ["829.8 m"], True),
        ("829 m", ["829.8 m"], False),
        ("It costs $47990", ["$47,990"], True),
        ("It is 40%.", ["40%"], True),
        ("USA", ["United States", "USA"], True),  # any alternative
        ("Yes, she did.", ["Yes"], True),
        ("No, never.", ["Yes"], False),
        ("There is no such year.", ["No"], None),  # neither yes nor no
        ("", ["Spain"], False),
    ],
)
def test_a_gold_answer_is_found_by_whole_words(
    answer: str, golds: list[str], label: bool | None
) -> None:
    wanted, reason = to_look_for(golds)
    assert reason == ""
    assert states(answer, wanted).label is label


def test_what_a_few_shot_model_writes_after_its_answer_is_not_read() -> None:
    wanted, _ = to_look_for(["Spain"])
    assert states("Peru\nQuestion: Who won?\nAnswer: Spain", wanted).label is False


@pytest.mark.parametrize(
    ("golds", "said"),
    [
        ([], "no gold answer"),
        (["", " "], "no gold answer"),
        (["🜛"], "no gold answer"),  # nothing of it can be read
        (["He was actually dropped by many companies for offensive comments"], str(LONGEST)),
    ],
)
def test_a_gold_answer_that_nobody_could_be_expected_to_repeat_is_none_with_its_reason(
    golds: list[str], said: str
) -> None:
    wanted, reason = to_look_for(golds)
    assert wanted == []
    assert said in reason


def test_a_long_alternative_is_left_out_and_a_short_one_looked_for() -> None:
    wanted, reason = to_look_for(["a b c d e f g h i", "Spain"])
    assert (wanted, reason) == ([["spain"]], "")
