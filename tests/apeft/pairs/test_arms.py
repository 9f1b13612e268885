"""Which pairs an arm of the ablations holds; expected values are counted by hand."""

from collections import Counter

from apeft.detection import HALF, KNOWN, UNKNOWN
from apeft.pairs.arms import (
    as_many_tokens,
    class_arms,
    draw,
    gap_arms,
    order_arms,
    permuted,
    quantity_arms,
    ratio_arms,
    rule_arms,
)
from apeft.records import Record
from apeft.training.data import schedule_steps


def general(count: int) -> list[Record]:
    return [{"id": f"general/{n:02}", "kind": "general", "gap": n / 10} for n in range(count)]


def atomic(count: int, relation: str = "nationality", start: int = 0) -> list[Record]:
    return [
        {
            "id": f"atomic/{relation}/{n:02}", "kind": "atomic", "relation": relation,
            "r": (n + 1) / (count + 1), "chosen": f" value {n}", "rejected": f" wrong {n}",
            "value_chosen": f"value {n}", "value_rejected": f"wrong {n}",
        }
        for n in range(start, start + count)
    ]  # fmt: skip


def kinds(rows: list[Record]) -> Counter[str]:
    return Counter(row["kind"] for row in rows)


def test_classes_get_as_many_pairs_of_each_relation_as_the_smallest_has() -> None:
    pairs = {
        UNKNOWN: [*atomic(9), *atomic(5, "birth_year")],
        HALF: [*atomic(6), *atomic(7, "birth_year")],
        KNOWN: [*atomic(4), *atomic(2, "birth_year"), *atomic(3, "prize")],
    }
    made = class_arms(pairs, smallest=6, seed=1)
    assert not made.not_run
    assert set(made.pairs) == {"class-unknown", "class-potentially-known", "class-known"}
    for rows in made.pairs.values():
        assert Counter(row["relation"] for row in rows) == {"nationality": 4, "birth_year": 2}


def test_too_few_pairs_of_one_class_run_none_and_say_why() -> None:
    pairs = {UNKNOWN: atomic(9), HALF: atomic(6), KNOWN: atomic(2)}
    made = class_arms(pairs, smallest=3, seed=1)
    assert not made.pairs
    assert len(made.not_run) == 3
    assert "only 2 pairs" in made.not_run["class-known"]
    assert "ablations.smallest 3" in made.not_run["class-known"]


def test_ratios_are_kept_at_one_size_for_all() -> None:
    # 12 general pairs allow 12 of them alone, which is the smallest of all the largest sizes.
    made = ratio_arms(general(12), atomic(20), ["1:3", "1:1", "3:1"], seed=1)
    assert {name: kinds(rows) for name, rows in made.pairs.items()} == {
        "mix-only-atomic": {"atomic": 12},
        "mix-only-general": {"general": 12},
        "mix-1-3": {"atomic": 3, "general": 9},
        "mix-1-1": {"atomic": 6, "general": 6},
        "mix-3-1": {"atomic": 9, "general": 3},
    }


def test_no_atomic_pair_leaves_the_mixes_not_run() -> None:
    made = ratio_arms(general(12), [], ["1:1"], seed=1)
    assert not made.pairs
    assert set(made.not_run) == {"mix-1-1", "mix-only-atomic", "mix-only-general"}


def test_orders_arrange_the_same_pairs() -> None:
    mixed = [*general(3), *atomic(2)]
    orders = order_arms(mixed).pairs
    for rows in orders.values():
        assert {row["id"] for row in rows} == {row["id"] for row in mixed}

    def read(name: str) -> list[str]:
        return [row["id"] for row in sorted(orders[name], key=lambda row: row["order"])]

    both = [row["id"] for row in mixed]
    assert read("order-general-first") == both
    assert read("order-atomic-first") == both[3:] + both[:3]
    # Wide gaps and high r are easy; ranks of 3 general pairs are 0, 1/2, 1, of 2 atomic ones 0, 1.
    order = {row["id"]: row["order"] for row in orders["order-easy-first"]}
    assert order == {
        "general/02": 0, "general/01": 0.5, "general/00": 1,
        "atomic/nationality/01": 0, "atomic/nationality/00": 1,
    }  # fmt: skip


def test_a_smaller_quantity_is_part_of_a_larger_one_and_the_whole_is_no_arm() -> None:
    made = quantity_arms({"general": general(20)}, [0.25, 0.5, 1.0], seed=1)
    assert {name: len(rows) for name, rows in made.pairs.items()} == {
        "quantity-general-25": 5, "quantity-general-50": 10,
    }  # fmt: skip
    small, large = ({row["id"] for row in rows} for rows in made.pairs.values())
    assert small < large


def test_gaps_are_halved_without_the_middle_pair() -> None:
    made = gap_arms(general(7), 2)
    assert [row["id"][-2:] for row in made.pairs["gap-narrow"]] == ["00", "01", "02"]
    assert [row["id"][-2:] for row in made.pairs["gap-wide"]] == ["04", "05", "06"]
    assert set(gap_arms(general(1), 2).not_run) == {"gap-narrow", "gap-wide"}


def test_parts_by_gap_are_equally_many_and_leave_out_pairs_between_them() -> None:
    def parts(count: int, number: int) -> dict[str, str]:
        made = gap_arms(general(count), number)
        return {arm: "".join(row["id"][-1] for row in rows) for arm, rows in made.pairs.items()}

    assert parts(8, 3) == {"gap-narrow": "01", "gap-middle": "34", "gap-wide": "67"}
    assert parts(5, 4) == {
        "gap-narrow": "0", "gap-middle-1": "1", "gap-middle-2": "2", "gap-wide": "4",
    }  # fmt: skip


def test_permuted_answers_are_the_same_answers_at_other_pairs() -> None:
    rows = [*atomic(6), *atomic(4, "birth_year")]
    moved, dropped = permuted(rows, lambda row: True, seed=1)
    assert dropped == 0
    before = {row["id"]: row for row in rows}
    for row in moved:
        own = before[row["id"].removeprefix("permuted/")]
        assert row["value_chosen"] != own["value_chosen"]
        assert row["rejected"] == own["rejected"]
    for relation in ("nationality", "birth_year"):
        assert Counter(row["chosen"] for row in moved if row["relation"] == relation) == Counter(
            row["chosen"] for row in rows if row["relation"] == relation
        )


def test_a_pair_without_another_answer_is_dropped_and_counted() -> None:
    same = [{**row, "value_chosen": "one", "chosen": " one"} for row in atomic(3)]
    assert permuted([*same, *atomic(1, "birth_year")], lambda row: True, seed=1) == ([], 4)


def test_a_permuted_answer_that_may_be_right_is_dropped_and_counted() -> None:
    def wrong(row: Record) -> bool:
        return bool(row["value_chosen"] != "value 2")  # right for everybody, say

    moved, dropped = permuted(atomic(6), wrong, seed=1)
    assert (len(moved), dropped) == (5, 1)
    assert "value 2" not in {row["value_chosen"] for row in moved}


def test_a_draw_depends_on_seed_and_name_and_not_on_the_order_of_rows() -> None:
    rows = general(30)
    assert draw(rows, 9, 1, "a") == draw(rows[::-1], 9, 1, "a")
    assert draw(rows, 9, 1, "a") != draw(rows, 9, 2, "a")
    assert draw(rows, 9, 1, "a") != draw(rows, 9, 1, "b")


def test_ratios_are_exact_and_with_too_few_pairs_for_that_not_run() -> None:
    # 5 general and 3 atomic pairs: 3 fit all arms, and 4 is the least that both ratios divide.
    made = ratio_arms(general(5), atomic(3), ["1:1", "1:3"], seed=1)
    assert not made.pairs
    assert set(made.not_run) == {"mix-1-1", "mix-1-3", "mix-only-atomic", "mix-only-general"}
    assert "arms of 4 pairs" in made.not_run["mix-1-1"]
    # 3 of each allow 2 where the ratio is 1:1.
    made = ratio_arms(general(3), atomic(3), ["1:1"], seed=1)
    assert kinds(made.pairs["mix-1-1"]) == {"atomic": 1, "general": 1}
    assert {len(rows) for rows in made.pairs.values()} == {2}


def test_arms_of_other_rules_hold_what_the_other_rule_makes_or_say_why_not() -> None:
    d_g, d_a = general(3), [{**row, "fact": row["id"]} for row in atomic(4)]
    facts = [{"fact": row["fact"], "beyond_chance": number < 2} for number, row in enumerate(d_a)]
    made = rule_arms(d_g, general(2), d_a, facts)
    assert made.pairs["rule-plain"] == general(2)
    assert made.pairs["rule-beyond-chance"] == sorted([*d_g, *d_a[:2]], key=lambda row: row["id"])
    for known in (True, False, None):
        rows = [{**fact, "beyond_chance": known} for fact in facts]
        made = rule_arms(d_g, d_g, d_a, rows)
        assert made.pairs == {}
        assert made.not_run["rule-plain"] == "D_g is what the plain rule makes"
        count = 4 if known else 0
        assert f"{count} of 4 atomic pairs" in made.not_run["rule-beyond-chance"]


def test_general_pairs_are_read_again_until_they_have_the_tokens_of_the_atomic_ones() -> None:
    def tokens(row: Record) -> int:
        return 10 if row["kind"] == "general" else 4

    for count, again in ((6, 2), (5, 2), (4, 2), (3, 1), (1, 0), (19, 8)):
        rows = as_many_tokens(general(3), atomic(count), tokens, seed=1)
        more = [row for row in rows if row.get("on_top")]
        assert len(more) == again  # 24, 20, 16, 12, 4 and 76 tokens by tens
        assert [row for row in rows if not row.get("on_top")] == general(3)
        assert len({row["id"] for row in rows}) == len(rows)
        times = Counter(row["gap"] for row in more)
        assert max(times.values(), default=0) <= 1 + again // 3
    assert as_many_tokens([], atomic(3), tokens, seed=1) == []


def test_the_arms_of_mixing_are_one_set_for_the_schedule() -> None:
    made = ratio_arms(general(12), atomic(20), ["1:1"], seed=1)
    ordered = order_arms(made.pairs["mix-1-1"])
    for rows in (*made.pairs.values(), *ordered.pairs.values()):
        assert {len(step) for step in schedule_steps(rows, 5, 4, 0)} == {4}
