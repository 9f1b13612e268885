"""Recipes: which pairs of D_g and D_a make a training set (by hand)."""

from collections import Counter

import pytest

from apeft.errors import UserError
from apeft.pairs.mix import mix
from apeft.records import Record


def rows(kind: str, count: int) -> list[Record]:
    return [{"id": f"{kind}/{n:02}", "kind": kind} for n in range(count)]


def kinds(mixed: list[Record]) -> tuple[int, int]:
    counter = Counter(row["kind"] for row in mixed)
    return counter["general"], counter["atomic"]


GENERAL, ATOMIC = rows("general", 6), rows("atomic", 10)


@pytest.mark.parametrize(
    ("recipe", "ratio", "expected"),
    [
        ("general", None, (6, 0)),
        ("general", 1.0, (6, 0)),
        ("atomic", 0.5, (0, 10)),
        ("apeft", None, (6, 10)),  # the union
        ("apeft", 1.0, (6, 6)),  # atomic pairs are cut
        ("apeft", 0.5, (6, 3)),
        ("apeft", 2.0, (5, 10)),  # general pairs are cut
        ("apeft", 1.5, (6, 9)),
        ("apeft", 10.0, (1, 10)),
    ],
)
def test_a_recipe_keeps_its_kinds_in_its_ratio(
    recipe: str, ratio: float | None, expected: tuple[int, int]
) -> None:
    assert kinds(mix(recipe, GENERAL, ATOMIC, ratio=ratio, seed=1)) == expected


def test_rows_are_sorted_and_whole() -> None:
    mixed = mix("apeft", GENERAL[::-1], ATOMIC[::-1], ratio=None, seed=1)
    assert mixed == sorted([*GENERAL, *ATOMIC], key=lambda row: row["id"])


def test_the_cut_is_drawn_by_seed_and_id_alone() -> None:
    one = mix("apeft", GENERAL, ATOMIC, ratio=1.0, seed=1)
    assert mix("apeft", GENERAL[::-1], ATOMIC[::-1], ratio=1.0, seed=1) == one
    seeds = {
        tuple(row["id"] for row in mix("apeft", GENERAL, ATOMIC, ratio=1.0, seed=seed))
        for seed in range(8)
    }
    assert len(seeds) > 4


def test_a_smaller_ratio_keeps_a_part_of_what_a_larger_one_keeps() -> None:
    few = {row["id"] for row in mix("apeft", GENERAL, ATOMIC, ratio=0.5, seed=1)}
    more = {row["id"] for row in mix("apeft", GENERAL, ATOMIC, ratio=1.5, seed=1)}
    assert few < more


@pytest.mark.parametrize(
    ("recipe", "general", "atomic", "ratio"),
    [("general", 0, 9, None), ("atomic", 9, 0, None), ("apeft", 0, 0, None), ("apeft", 5, 0, 1.0)],
)
def test_an_empty_recipe_is_told_with_both_counts(
    recipe: str, general: int, atomic: int, ratio: float | None
) -> None:
    with pytest.raises(UserError, match=f"{recipe}.*{general} general and {atomic} atomic"):
        mix(recipe, rows("general", general), rows("atomic", atomic), ratio=ratio, seed=1)
