"""Feedback on stderr, quiet in a log, and never a change of the items."""

import sys

import pytest

from apeft import progress as module
from apeft.progress import Steps, chunks, progress


def test_chunks_hold_every_item_once_in_order() -> None:
    assert chunks(range(5), 2) == [[0, 1], [2, 3], [4]]
    assert chunks([], 3) == []


def test_a_short_run_says_nothing_in_a_log(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(progress([1, 2, 3], "sample")) == [1, 2, 3]
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""


def test_a_long_run_estimates_its_rest(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # A clock that moves 20 s an item: lines at 40 s and 80 s; none after the last item.
    times = iter(range(0, 1000, 20))
    monkeypatch.setattr(module.time, "monotonic", lambda: float(next(times)))
    assert list(progress([0] * 5, "detect", unit="facts")) == [0] * 5
    assert capsys.readouterr().err.splitlines() == [
        "detect: 2 of 5 facts, about 60 s left",
        "detect: 4 of 5 facts, about 20 s left",
    ]


def test_a_terminal_gets_the_same_items(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert list(progress([3, 1], "sample")) == [3, 1]


def test_steps_of_resumed_work_are_timed_from_where_they_begin(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # 40 s a step from step 10: after 2 of the last 5 steps 3 are left. None after the last.
    times = iter(range(0, 1000, 40))
    monkeypatch.setattr(module.time, "monotonic", lambda: float(next(times)))
    steps = Steps("train", 15, unit="steps", at=10)
    for step in range(11, 16):
        steps.done(step)
    lines = capsys.readouterr().err.splitlines()
    assert lines[1] == "train: 12 of 15 steps, about 120 s left"
    assert len(lines) == 4
