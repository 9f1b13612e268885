"""r and its classes, over the scored samples alone, by hand."""

import pytest

from apeft.detection import classify, detected


@pytest.mark.parametrize(
    ("correct", "scored", "expected"),
    [
        (0, 4, "unknown"),
        (1, 4, "potentially_known"),
        (3, 4, "potentially_known"),
        (4, 4, "known"),
        (0, 0, "unscored"),
        (0, 1, "unknown"),
        (1, 1, "known"),
    ],
)
def test_classes_lie_between_none_and_all(correct: int, scored: int, expected: str) -> None:
    assert classify(correct, scored, k=8, min_scored=0.0) == expected


@pytest.mark.parametrize(
    ("scored", "min_scored", "expected"),
    [(3, 0.5, "unscored"), (4, 0.5, "known"), (7, 1.0, "unscored"), (8, 1.0, "known")],
)
def test_a_fact_with_too_few_scored_samples_has_no_class(
    scored: int, min_scored: float, expected: str
) -> None:
    assert classify(scored, scored, k=8, min_scored=min_scored) == expected


def test_unscored_samples_are_counted_and_not_taken_as_wrong() -> None:
    samples = [{"correct": verdict} for verdict in (True, None, True, False, None)]
    row = detected({"fact": "x#y"}, samples, 0.5)
    assert row == {
        "fact": "x#y",
        "k": 5,
        "correct": 2,
        "unscored": 2,
        "r": 2 / 3,
        "class": "potentially_known",
        "samples": samples,
    }
    assert detected({}, samples, 0.8)["class"] == "unscored"  # 3 of 5 are scored


def test_a_fact_without_a_scored_sample_has_no_r() -> None:
    row = detected({}, [{"correct": None}] * 3, 0.0)
    assert (row["r"], row["class"], row["unscored"]) == (None, "unscored", 3)
