"""What the page says of a run's size is worded from the run's own intervals."""

from __future__ import annotations

import pandas as pd

from analysis.report.words import caution


def differences(*rows: tuple[str, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["contrast", "low", "high"]).assign(interval="bootstrap")


def test_the_caution_is_worded_from_the_intervals() -> None:
    """By hand: half-widths of 10, 2 and 4 points, two of four intervals without zero."""
    frame = differences(
        ("apeft − general", -0.1, 0.1), ("apeft − general", 0.01, 0.05),
        ("apeft − general", -0.04, 0.04), ("variant − base", 0.01, 0.02),
    )  # fmt: skip
    first, hits, seeds = caution(frame, 1)
    assert "2.0 to 10.0 points to either side (median 4.0); 1 of 3 are narrower" in first
    assert "demonstrates the study and decides little" in first
    assert hits.startswith("2 of 4 paired differences")
    assert "one seed" in seeds


def test_intervals_without_width_are_no_precision() -> None:
    first, *_ = caution(differences(("apeft − general", 0.0, 0.0)), 3)
    assert "1 of 1 intervals of apeft − general have no width" in first
    assert "decides little" in first
    nothing = pd.DataFrame({"contrast": ["apeft − general"], "low": [None], "high": [None]})
    nothing["interval"] = "none"
    assert "says nothing about the paper's question" in caution(nothing, 3)[0]


def test_narrow_intervals_are_not_called_undecided() -> None:
    first, *_ = caution(differences(("apeft − general", 0.01, 0.03)), 3)
    assert "decides little" not in first


def test_a_floor_is_counted_as_no_interval() -> None:
    frame = differences(("apeft − general", 0.01, 0.03), ("apeft − general", 0.2, 0.4))
    frame.loc[1, "interval"] = "floor"
    first, hits, _ = caution(frame, 1)
    assert "1 of 1 are narrower than that gain. 1 more have a floor and no interval" in first
    assert hits.startswith("1 of 1 paired differences")
    assert "says nothing" in caution(frame[1:], 1)[0]
