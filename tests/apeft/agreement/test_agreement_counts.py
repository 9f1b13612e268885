"""Counts of a judge; expected numbers by hand."""

from __future__ import annotations

from apeft.agreement.counts import Counts, count


def test_undecided_items_are_counted_apart_and_none_is_lost() -> None:
    pairs = [(True, True)] * 3 + [(True, False)] + [(False, True)] * 2 + [(False, False)] * 5
    found = count([*pairs, (True, None), (False, None)])
    assert found == Counts(hits=3, misses=1, false=2, rest=5, unscored=2)
    assert found.items == len(pairs) + 2
