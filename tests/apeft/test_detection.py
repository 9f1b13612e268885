"""r and its classes, over the scored samples alone (by hand), and when they are decided."""

from itertools import product

import pytest

from apeft.detection import classify, decided, detected, rounds

SHARES = [0.0, 0.25, 0.3, 0.5, 0.75, 1.0]


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
    row = detected({"fact": "x#y"}, samples, 5, 0.5)
    assert row == {
        "fact": "x#y",
        "k": 5,
        "drawn": 5,
        "correct": 2,
        "unscored": 2,
        "r": 2 / 3,
        "class": "potentially_known",
        "samples": samples,
    }
    assert detected({}, samples, 5, 0.8)["class"] == "unscored"  # 3 of 5 are scored


def test_a_fact_without_a_scored_sample_has_no_r() -> None:
    row = detected({}, [{"correct": None}] * 3, 3, 0.0)
    assert (row["r"], row["class"], row["unscored"]) == (None, "unscored", 3)


def classes_to_come(seen: tuple[bool | None, ...], k: int, min_scored: float) -> set[str]:
    """Every class that k samples beginning with ``seen`` can have, by trying all of them."""
    found = set()
    for rest in product((True, False, None), repeat=k - len(seen)):
        whole = [*seen, *rest]
        right, scored = whole.count(True), k - whole.count(None)
        found.add(classify(right, scored, k, min_scored))
    return found


@pytest.mark.parametrize("min_scored", SHARES)
def test_a_class_is_decided_exactly_when_no_continuation_has_another(min_scored: float) -> None:
    k = 5
    for length in range(k + 1):
        for seen in product((True, False, None), repeat=length):
            counts = [seen.count(verdict) for verdict in (True, False, None)]
            kind = decided(*counts, k, min_scored)
            possible = classes_to_come(seen, k, min_scored)
            assert ({kind} == possible) if kind else (len(possible) > 1), (seen, possible)


@pytest.mark.parametrize("min_scored", SHARES)
@pytest.mark.parametrize("k", [2, 3, 8, 16, 20])
def test_rounds_are_k_samples_and_the_first_ends_where_a_class_can_be_decided(
    k: int, min_scored: float
) -> None:
    sizes = rounds(k, min_scored)
    assert sum(sizes) == k
    assert min(sizes) >= 1
    # Of the first n samples one may be right and one wrong and the rest right, or all undecided.
    early = [
        n
        for n in range(2, k + 1)
        if decided(n - 1, 1, 0, k, min_scored) or decided(0, 0, n, k, min_scored)
    ]
    assert sizes[0] == min(early)


def test_a_stopped_fact_has_the_class_of_all_k_and_no_r() -> None:
    samples = [{"correct": verdict} for verdict in (True, False, True, True)]
    row = detected({}, samples, 8, 0.5)
    assert (row["class"], row["r"], row["k"], row["drawn"]) == ("potentially_known", None, 8, 4)
    row = detected({}, [{"correct": None}] * 5, 8, 0.5)
    assert (row["class"], row["r"], row["drawn"], row["unscored"]) == ("unscored", None, 5, 5)


def test_samples_that_decide_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="3 of 8 samples decide no class"):
        detected({"fact": "x#y"}, [{"correct": True}] * 3, 8, 0.5)
