"""Flags of the collapse check (by hand)."""

import pytest

from apeft.training.collapse import CollapseLimits, check_collapse, repetition

LIMITS = CollapseLimits(repetition=0.3, empty=0.2, kl=2.0)
SOUND = "one two three four five six seven"


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("a b c d", 0.0),
        ("a b c a b c", 1 / 4),  # abc bca cab abc: one of four occurred before
        ("a a a a a", 2 / 3),  # three times the same gram
        ("A b c a B C", 1 / 4),
        ("a b", 0.0),
        ("", 0.0),
    ],
)
def test_repetition_is_the_share_of_grams_that_occurred_before(text: str, share: float) -> None:
    assert repetition(text) == pytest.approx(share)


def test_a_sound_adapter_is_not_flagged_and_its_measures_are_kept() -> None:
    report = check_collapse([SOUND] * 5, 0.5, LIMITS)
    assert report == {"flag": False, "reasons": [], "repetition": 0.0, "empty": 0.0, "kl": 0.5}


def test_values_at_the_limit_are_sound() -> None:
    assert not check_collapse([SOUND] * 4 + [" "], 2.0, LIMITS)["flag"]


@pytest.mark.parametrize(
    ("texts", "kl", "reason"),
    [
        (["no no no no no no"] * 5, 0.1, "repetition 0.75 is above 0.3"),
        ([SOUND, "", " \n"], 0.1, "empty 0.667 is above 0.2"),
        ([SOUND], 2.5, "kl 2.5 is above 2"),
        ([SOUND], float("nan"), "kl is not finite"),
        ([SOUND], None, "kl is not finite"),
        ([SOUND], float("inf"), "kl is not finite"),
    ],
)
def test_each_kind_of_collapse_is_flagged_with_its_reason(
    texts: list[str], kl: float | None, reason: str
) -> None:
    report = check_collapse(texts, kl, LIMITS)
    assert report["flag"]
    assert report["reasons"] == [reason]


def test_several_reasons_are_all_told() -> None:
    assert len(check_collapse(["", "x x x x x x x"], 9.0, LIMITS)["reasons"]) == 3
