"""The exact sequence of examples that optimizer steps see."""

from collections import Counter

from apeft.records import Record
from apeft.training.data import paired, schedule_pairs, unpaired


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


def test_paired_columns_keep_their_rows_together() -> None:
    assert paired(rows(2)[::-1]) == {
        "prompt": ["p1", "p0"],
        "chosen": [" c1", " c0"],
        "rejected": [" r1", " r0"],
        "ref_chosen_logps": [-1.0, 0.0],
        "ref_rejected_logps": [-1.5, -0.5],
    }


def test_every_unpaired_micro_batch_holds_both_sides_of_whole_pairs() -> None:
    columns = unpaired(rows(7), 3, 1)
    sides = list(zip(*columns.values(), strict=True))
    assert list(columns) == ["prompt", "completion", "label", "ref_logps"]
    for start, pairs in ((0, rows(7)[:3]), (6, rows(7)[3:6]), (12, rows(7)[6:])):
        expected = [(p["prompt"], p["chosen"], True, p["ref_chosen"]) for p in pairs]
        expected += [(p["prompt"], p["rejected"], False, p["ref_rejected"]) for p in pairs]
        assert Counter(sides[start : start + 2 * len(pairs)]) == Counter(expected)


def test_no_completion_of_a_micro_batch_stands_behind_its_own_pair() -> None:
    # TRL estimates KTO's KL term on each prompt with the completion before it, in a circle.
    for pairs, micro in ((8, 2), (9, 3), (16, 8)):
        prompts = unpaired(rows(pairs), micro, 1)["prompt"]
        for start in range(0, 2 * pairs, 2 * micro):
            batch = prompts[start : start + 2 * micro]
            assert all(batch[place] != batch[place - 1] for place in range(len(batch)))


def test_labels_are_mixed_within_micro_batches_and_drawn_for_each() -> None:
    labels = unpaired(rows(64), 8, 1)["label"]
    batches = {tuple(labels[start : start + 16]) for start in range(0, 128, 16)}
    assert len(batches) > 4
    for batch in batches:
        assert sum(batch[:8]) == sum(batch[8:]) == 4
    assert unpaired(rows(64), 8, 2)["label"] != labels
