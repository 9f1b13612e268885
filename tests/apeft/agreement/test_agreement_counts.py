"""Counts and their rates; expected numbers by hand."""

from __future__ import annotations

import pytest

from apeft.agreement.counts import Counts, count


def test_undecided_items_are_in_no_rate_and_none_is_lost() -> None:
    pairs = [(True, True)] * 3 + [(True, False)] + [(False, True)] * 2 + [(False, False)] * 5
    found = count([*pairs, (True, None), (False, None)])
    assert found == Counts(hits=3, misses=1, false=2, rest=5, unscored=2)
    assert found.items == len(pairs) + 2
    assert (found.precision, found.recall, found.f1) == (3 / 5, 3 / 4, pytest.approx(2 / 3))


def test_a_rate_without_items_is_unknown_and_not_zero() -> None:
    assert (Counts().precision, Counts().recall, Counts().f1) == (None, None, None)
    assert Counts(misses=2).precision is None
    assert Counts(misses=2).recall == Counts(misses=2).f1 == 0
