"""Draws that depend on (seed, id) alone."""

import pytest

from apeft.errors import UserError
from apeft.selection import draw, draw_classes, values_by_entity

ROWS = [{"id": f"q{n:02}", "group": "ab"[n % 2]} for n in range(20)]


def ids(rows: list) -> list[str]:
    return [row["id"] for row in rows]


def test_more_keeps_the_earlier_ones() -> None:
    assert ids(draw(ROWS, 7, 1, "x"))[:4] == ids(draw(ROWS, 4, 1, "x"))


def test_the_order_of_the_rows_is_nothing_and_a_new_row_moves_no_other() -> None:
    drawn = ids(draw(ROWS, 20, 1, "x"))
    assert ids(draw(ROWS[::-1], 20, 1, "x")) == drawn
    wider = ids(draw([*ROWS, {"id": "new", "group": "a"}], 21, 1, "x"))
    assert [name for name in wider if name != "new"] == drawn


def test_another_seed_draws_others() -> None:
    assert ids(draw(ROWS, 10, 1, "x")) != ids(draw(ROWS, 10, 2, "x"))


@pytest.mark.parametrize("count", [0, 21])
def test_none_or_too_many_are_refused(count: int) -> None:
    with pytest.raises(UserError, match=f"{count} people are asked for and 20 are there"):
        draw(ROWS, count, 1, "people")


def test_classes_are_drawn_alike_and_come_sorted() -> None:
    drawn = draw_classes(ROWS, 6, 1, "questions", ["a", "b"])
    assert sorted(row["group"] for row in drawn) == ["a"] * 3 + ["b"] * 3
    assert ids(drawn) == sorted(ids(drawn))
    with pytest.raises(UserError, match="questions of class b"):
        draw_classes(ROWS[:3], 4, 1, "questions", ["a", "b"])


def test_values_are_grouped_in_their_order() -> None:
    facts = [("x", "r", "2"), ("y", "r", "3"), ("x", "r", "1"), ("x", "s", "4")]
    rows = [{"entity": e, "relation": r, "value": v} for e, r, v in facts]
    assert values_by_entity(rows) == {"x": {"r": ["2", "1"], "s": ["4"]}, "y": {"r": ["3"]}}
