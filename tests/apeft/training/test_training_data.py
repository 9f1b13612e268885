"""The exact sequence of examples that optimizer steps see."""

from collections import Counter

import pytest

from apeft.errors import UserError
from apeft.records import Record
from apeft.training.data import cut_steps, schedule_pairs, schedule_steps


def rows(count: int) -> list[Record]:
    return [
        {
            "id": f"{n:02}", "prompt": f"p{n}", "chosen": f" c{n}", "rejected": f" r{n}",
            "ref_chosen": -float(n), "ref_rejected": -n - 0.5,
        }
        for n in range(count)
    ]  # fmt: skip


def ids(sequence: list[Record]) -> list[str]:
    return [row["id"] for row in sequence]


def test_exactly_the_wanted_number_in_whole_passes() -> None:
    sequence = ids(schedule_pairs(rows(5), 13, 1))
    assert len(sequence) == 13
    for start in (0, 5):
        assert sorted(sequence[start : start + 5]) == ids(rows(5))
    assert len(set(sequence[10:])) == 3
    assert ids(schedule_pairs(rows(5), 3, 1)) == sequence[:3]


def test_passes_are_shuffled_each_by_its_own_draw() -> None:
    sequence = ids(schedule_pairs(rows(20), 60, 1))
    passes = [tuple(sequence[start : start + 20]) for start in (0, 20, 40)]
    assert len({*passes, tuple(ids(rows(20)))}) == 4
    assert ids(schedule_pairs(rows(20), 60, 2)) != sequence


def test_the_order_of_the_file_is_nothing() -> None:
    assert schedule_pairs(rows(9)[::-1], 20, 1) == schedule_pairs(rows(9), 20, 1)


def test_a_curriculum_reads_the_same_rows_smaller_orders_first() -> None:
    mixed = schedule_pairs(rows(6), 10, 1)
    late = {"00", "03"}
    ordered = [{**row, "order": int(row["id"] in late)} for row in rows(6)]
    sequence = ids(schedule_pairs(ordered, 10, 1))
    assert sequence == sorted(ids(mixed), key=lambda name: name in late)  # stable: else as mixed
    assert sequence != ids(mixed)


def kinds(general: int, atomic: int) -> list[Record]:
    pairs = [{**row, "id": f"g{row['id']}", "kind": "general"} for row in rows(general)]
    return pairs + [{**row, "id": f"a{row['id']}", "kind": "atomic"} for row in rows(atomic)]


@pytest.mark.parametrize(
    ("general", "atomic", "batch_pairs"),
    [(30, 35, 3), (30, 35, 6), (5, 3, 2), (7, 1, 3), (2, 19, 5), (4, 4, 1), (11, 5, 30)],
)
def test_apeft_reads_what_general_reads_and_each_pair_of_both_equally_often(
    general: int, atomic: int, batch_pairs: int
) -> None:
    both = kinds(general, atomic)
    alone = schedule_steps(both[:general], 40, batch_pairs, 1)
    steps = schedule_steps(both, 40, batch_pairs, 1)
    read = Counter({row["id"]: 0 for row in both})
    for mine, theirs in zip(steps, alone, strict=True):
        assert [row for row in mine if row["kind"] == "general"] == theirs
        read.update(ids(mine))
        assert max(read.values()) - min(read.values()) <= 1
    assert {len(step) for step in alone} == {batch_pairs}
    sizes = [len(step) for step in steps]
    assert max(sizes) - min(sizes) <= 1


def test_by_hand_two_general_pairs_a_step_bring_three_atomic_ones() -> None:
    # |D_a| / |D_g| = 3/4: after 2, 4, 6, 8 general pairs 1, 3, 4, 6 atomic ones have been read.
    steps = schedule_steps(kinds(4, 3), 4, 2, 1)
    assert [sum(row["kind"] == "atomic" for row in step) for step in steps] == [1, 2, 1, 2]


@pytest.mark.parametrize("kind", ["atomic", "own", "general"])
def test_a_set_of_one_kind_is_read_alone(kind: str) -> None:
    pairs = [{**row, "kind": kind} for row in rows(5)]
    steps = schedule_steps(pairs, 4, 3, 1)
    assert [len(step) for step in steps] == [3] * 4
    assert [row for step in steps for row in step] == schedule_pairs(pairs, 12, 1)


def test_an_arm_says_itself_what_is_on_top() -> None:
    one = [{**row, "on_top": False} for row in kinds(4, 4)]
    assert [len(step) for step in schedule_steps(one, 4, 4, 1)] == [4] * 4
    again = [{**row, "id": f"again/{row['id']}", "on_top": True} for row in kinds(4, 0)[:2]]
    steps = schedule_steps([*kinds(4, 0), *again], 2, 4, 1)
    assert [sum("again" in name for name in ids(step)) for step in steps] == [2, 2]


def test_each_steps_pairs_stay_together_in_passes_of_like_length_and_size() -> None:
    lengths = [9, 3, 7, 1, 2, 8, 5, 4, 6, 1, 2]
    pairs = [{"id": f"{n}", "prompt": "", "chosen": "c" * n, "rejected": "r"} for n in lengths]
    cut = cut_steps([pairs[:6], pairs[6:]], 4)
    assert [[ids(part) for part in step] for step in cut] == [
        [["1", "2", "3"], ["7", "8", "9"]],
        [["1", "2", "4"], ["5", "6"]],
    ]


@pytest.mark.parametrize("processes", [1, 2, 3])
@pytest.mark.parametrize(("size", "micro"), [(7, 3), (6, 6), (9, 4), (12, 5)])
def test_passes_are_at_most_micro_pairs_and_divide_among_processes(
    size: int, micro: int, processes: int
) -> None:
    steps = [rows(size), rows(size - 1)]
    cut = cut_steps(steps, micro, processes)
    for step, parts in zip(steps, cut, strict=True):
        assert len(parts) % processes == 0
        sizes = [len(part) for part in parts]
        assert max(sizes) <= micro
        assert max(sizes) - min(sizes) <= 1
        assert sorted(ids([row for part in parts for row in part])) == ids(step)
    assert len(cut[0]) == len(cut[1])


def test_passes_that_would_be_too_small_are_told() -> None:
    with pytest.raises(UserError, match=r"a step of 3 pairs in 2 forward passes") as error:
        cut_steps([rows(4), rows(3)], 3, smallest=2)
    assert error.value.where == "training.micro_pairs"
    with pytest.raises(UserError, match=r"lower hardware\.processes"):
        cut_steps([rows(3)], 3, processes=4)
