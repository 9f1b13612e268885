"""The exact sequence of examples that optimizer steps see."""

from apeft.records import Record
from apeft.training.data import by_length, paired, schedule_pairs


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


def test_paired_columns_keep_their_rows_together() -> None:
    assert paired(rows(2)[::-1]) == {
        "prompt": ["p1", "p0"],
        "chosen": [" c1", " c0"],
        "rejected": [" r1", " r0"],
        "ref_chosen_logps": [-1.0, 0.0],
        "ref_rejected_logps": [-1.5, -0.5],
    }


def test_each_steps_pairs_stay_together_and_are_sorted_by_length() -> None:
    lengths = [9, 3, 7, 1, 2, 8, 5]
    unsorted = [
        {**row, "id": f"{n}", "chosen": "c" * n, "rejected": "r"}
        for row, n in zip(rows(7), lengths, strict=True)
    ]
    assert ids(by_length(unsorted, 3)) == ["3", "7", "9", "1", "2", "8", "5"]
