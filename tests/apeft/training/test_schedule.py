"""Learning rates of every step, by hand."""

import pytest

from apeft.training.schedule import rate_share


def shares(steps: int, warmup: int, schedule: str) -> list[float]:
    return [
        rate_share(done, steps=steps, warmup=warmup, schedule=schedule) for done in range(steps)
    ]


@pytest.mark.parametrize(
    ("steps", "warmup", "schedule", "expected"),
    [
        (6, 1, "linear", [1 / 2, 1, 4 / 5, 3 / 5, 2 / 5, 1 / 5]),
        (4, 0, "linear", [1, 3 / 4, 2 / 4, 1 / 4]),
        (4, 2, "constant", [1 / 3, 2 / 3, 1, 1]),
        (3, 0, "cosine", [1, 3 / 4, 1 / 4]),
        (2, 2, "linear", [1 / 3, 2 / 3]),
        (1, 0, "linear", [1]),
    ],
)
def test_a_warm_up_to_the_peak_and_then_the_schedule(
    steps: int, warmup: int, schedule: str, expected: list[float]
) -> None:
    assert shares(steps, warmup, schedule) == pytest.approx(expected)


@pytest.mark.parametrize("schedule", ["constant", "linear", "cosine"])
@pytest.mark.parametrize("steps", [1, 2, 7, 100])
@pytest.mark.parametrize("warmup", [0, 1, 5, 200])
def test_no_step_has_rate_zero_and_none_is_above_the_peak(
    steps: int, warmup: int, schedule: str
) -> None:
    assert all(0 < share <= 1 for share in shares(steps, warmup, schedule))
