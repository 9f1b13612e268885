"""Letters, right answers, and numbers near the right one."""

import pytest

from apeft.abilities.choices import fault, lettered, right_of
from apeft.abilities.sums import near, number_of
from apeft.rng import keyed


def test_options_are_cut_at_their_letters_in_turn() -> None:
    text = "What?\nA. one\nB. two lines\n of code\nA. not a letter\nC. 3. B. x"
    assert lettered(text) == ("What?\n", ["one", "two lines of code A. not a letter", "3. B. x"])


def test_text_without_letters_has_no_options() -> None:
    assert lettered("Which one?") == ("Which one?", [])


@pytest.mark.parametrize(
    ("answer", "right"),
    [("B. Library", 1), ("B. library.", 1), ("A. library", None), ("library", None),
     ("E. library", None), ("", None)],
)  # fmt: skip
def test_letter_and_text_must_agree(answer: str, right: int | None) -> None:
    assert right_of(answer, ["bank", "library"]) == right


@pytest.mark.parametrize(
    ("options", "reason"),
    [(["a", "b", "c"], ""), (["a", "b"], "not 3 options"),
     (["a", "b", " "], "an option without text"),
     (["The bar", "x", "the bar."], "two options alike")],
)  # fmt: skip
def test_faulty_options_are_told(options: list[str], reason: str) -> None:
    assert fault(options, 3) == reason


@pytest.mark.parametrize(
    ("answer", "number"),
    [("9 apples", "9"), ("2.50 dollars", "2.50"), ("12", "12"), ("3:30 p.m.", None), ("2:3", None),
     ("11; 12; 13", None), ("Yes", None), ("6th", None), ("3 hours 20 minutes", None),
     ("-1/3", None)],
)  # fmt: skip
def test_a_result_is_one_number_or_none(answer: str, number: str | None) -> None:
    assert number_of(answer) == number


def test_other_numbers_are_near_different_and_no_rounder() -> None:
    for number, step, reach in (("15", 1, 5), ("400", 100, 5), ("2.5", 0.1, 8), ("61", 1, 18)):
        found = near(number, 3, keyed(1, number))
        assert len({number, *found}) == 4
        for other in found:
            steps = abs(float(other) - float(number)) / step
            assert steps == pytest.approx(round(steps))
            assert 1 <= round(steps) <= reach
            assert float(other) > 0
            assert other.partition(".")[2] == "" or len(other.partition(".")[2]) == 1
    assert all(not other.endswith("0") for other in near("19", 3, keyed(2, "")))
    assert all(other.endswith("00") and other[-3] != "0" for other in near("700", 3, keyed(3, "")))


def test_other_numbers_depend_on_their_key_alone() -> None:
    assert near("15", 3, keyed(1, "a")) == near("15", 3, keyed(1, "a"))
    assert near("7.50", 1, keyed(1, "a"))[0].partition(".")[2].endswith("0")
