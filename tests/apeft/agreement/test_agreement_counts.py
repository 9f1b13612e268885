"""Counts of a judge; expected numbers by hand."""

from __future__ import annotations

from apeft.agreement.counts import Counts, count
from apeft.agreement.questions import key, missed
from apeft.judges.common import Grade


def test_undecided_items_are_counted_apart_and_none_is_lost() -> None:
    pairs = [(True, True)] * 3 + [(True, False)] + [(False, True)] * 2 + [(False, False)] * 5
    found = count([*pairs, (True, None), (False, None)])
    assert found == Counts(hits=3, misses=1, false=2, rest=5, unscored=2)
    assert found.items == len(pairs) + 2


def test_missed_answers_are_counted_by_what_readers_found_and_the_unread_apart() -> None:
    def judge(question: str, answer: str) -> Grade:
        return Grade({"hit": True, "cut": None}.get(answer, False), "")

    rows = [
        {"question": "q", "answer": answer, "label": label}
        for answer, label in (("hit", True), ("cut", True), ("a", True), ("b", True), ("c", False))
    ]
    notes = {key(rows[2]): "describes"}
    assert missed(rows, judge, notes) == {"describes": 1, "unread": 1}
