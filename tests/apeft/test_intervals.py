"""Jeffreys intervals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from apeft.intervals import jeffreys


@pytest.mark.parametrize(("right", "total"), [(1, 10), (7, 20), (2.5, 9)])
def test_jeffreys_leaves_equal_tails_of_the_posterior(right: float, total: int) -> None:
    # Independent path: the density p^(x - 1/2) (1 - p)^(n - x - 1/2) summed on a fine grid.
    grid = (np.arange(400_000) + 0.5) / 400_000
    density = grid ** (right - 0.5) * (1 - grid) ** (total - right - 0.5)
    mass = np.cumsum(density) / density.sum()
    expected = np.interp([0.025, 0.975], mass, grid)
    assert jeffreys(right, total) == pytest.approx(expected, abs=1e-4)


def test_jeffreys_closes_the_end_at_which_nothing_was_seen() -> None:
    assert jeffreys(0, 20)[0] == 0.0
    assert jeffreys(20, 20)[1] == 1.0
    assert 0 < jeffreys(0, 20)[1] < 0.2


def test_nothing_observed_gives_no_interval() -> None:
    assert all(math.isnan(end) for end in jeffreys(0, 0))
