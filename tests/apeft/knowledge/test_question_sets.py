"""The default's question sets, and the rules of splitting, on made-up rows."""

from collections import Counter

import pytest

from apeft.knowledge.questions import questions
from apeft.knowledge.text import fold


def test_the_sources_hold_what_was_counted(set_rows):
    fresh, aware = set_rows["freshqa"], set_rows["selfaware"]
    assert len(fresh) == 600
    assert sum(row["false_premise"] == "TRUE" for row in fresh) == 148
    assert sum(row["split"] == "TEST" for row in fresh) == 500
    answerable = Counter(row["ability_to_test"] for row in aware)
    assert answerable == {"answerable: True": 2337, "answerable: False": 1032}


def test_freshqa_keeps_its_own_test_rows(knowledge):
    fresh = [row for row in knowledge.questions if row["set"] == "freshqa-premise"]
    table = Counter((row["group"], row["split"]) for row in fresh)
    assert table["false", "test"] == 123
    assert table["valid", "test"] == 377
    assert table["false", "shots"] + table["false", "tuning"] == 25
    assert table["valid", "shots"] + table["valid", "tuning"] == 75
    assert min(table["false", "shots"], table["valid", "shots"]) >= 4


def test_freshqa_shots_do_not_go_out_of_date(set_rows, knowledge):
    kind = {f"freshqa/{row['id']}": row["fact_type"] for row in set_rows["freshqa"]}
    shots = [q for q in knowledge.questions if q["split"] == "shots" and q["id"] in kind]
    assert {kind[row["id"]] for row in shots} == {"never-changing"}
    assert all(row["answer"] for row in shots)


def test_selfaware_is_split_by_hash_without_duplicates(knowledge):
    aware = [row for row in knowledge.questions if row["set"] == "selfaware"]
    counts = knowledge.counts["questions"]
    assert counts["duplicates"] == {"selfaware + selfaware": 4}
    assert len(aware) == 3369 - 4
    assert len({fold(row["question"]) for row in knowledge.questions}) == len(knowledge.questions)
    share = Counter(row["split"] for row in aware)
    assert share["tuning"] / len(aware) == pytest.approx(0.10, abs=0.02)
    assert share["shots"] == 16


def test_near_duplicates_of_the_default_are_counted_and_stay(asked, knowledge):
    counts = knowledge.counts["questions"]
    assert counts["near_duplicates_dropped"] == {}
    # Counted by an exhaustive comparison of all pairs.
    assert counts["near_duplicates_kept"] == {
        "freshqa-premise + freshqa-premise": 6,
        "selfaware + selfaware": 35,
    }
    _, fewer = questions(asked, 7, drop_near_duplicates=True)
    assert fewer["near_duplicates_kept"] == {}
    assert fewer["near_duplicates_on_two_sides"] == 0
    assert sum(fewer["near_duplicates_dropped"].values()) > 20


def row(question, reject=True, *, key="kuq", name="kuq", split="", **more):
    groups = {"kuq": ("unknown", "known"), "selfaware": ("unanswerable", "answerable"),
              "falseqa": ("false", "valid")}[name]  # fmt: skip
    group = groups[0 if reject else 1]
    own = {"id": f"{key}/{question}", "set": name, "question": question, "group": group}
    return own | {"answer": "", "split": split, "rank": 0} | more


def test_the_first_of_equal_questions_stays_and_pairs_of_sets_are_counted():
    rows = [row("Who is X?", name="selfaware", key="a"), row("who is x"), row("Why?"), row("why ?")]
    kept, counts = questions(rows, 1)
    assert [one["id"] for one in kept] == ["a/Who is X?", "kuq/Why?"]
    assert counts["duplicates"] == {"selfaware + kuq": 1, "kuq + kuq": 1}
    assert set(kept[0]) == {"id", "set", "question", "group", "split", "answer"}


def test_a_question_labelled_both_ways_is_left_out_and_counted():
    rows = [
        row("Who is X?", True),
        row("Who is X", False, name="selfaware", key="a"),
        row("WHO is X?", True, name="falseqa", key="f"),  # another role asks something else
        row("Why?"),
    ]
    kept, counts = questions(rows, 1)
    assert [one["id"] for one in kept] == ["f/WHO is X?", "kuq/Why?"]
    assert counts["contradictory"] == {"kuq": 1, "selfaware": 1}
    assert counts["duplicates"] == {}


PLAIN = "why do red apples change their colour in cold"
NEAR = f"{PLAIN} water"


def test_near_duplicates_of_one_class_are_dropped_when_asked_for():
    rows = [row(PLAIN), row(NEAR), row(f"{PLAIN} air", name="selfaware", key="a")]
    kept, counts = questions(rows, 1, drop_near_duplicates=True)
    assert [one["question"] for one in kept] == [PLAIN]
    assert counts["near_duplicates_dropped"] == {"kuq + kuq": 1, "kuq + selfaware": 1}
    kept, counts = questions(rows, 1)
    assert len(kept) == 3
    # The last two share 9 of 11 words (0.82) with one another as well.
    assert counts["near_duplicates_kept"] == {"kuq + kuq": 1, "kuq + selfaware": 2}


def word(number):
    """A word of its own for each number."""
    return f"{number:04d}".translate(str.maketrans("0123456789", "abcdefghij"))


def test_counterparts_and_contrast_pairs_stand_on_one_side():
    rows = []
    for number in range(200):
        own = " ".join(f"{word(number)}{place}" for place in range(9))
        rows += [row(own, True), row(f"{own} more", False)]  # near: 9 of 10 words
    for number in range(200, 400):
        twin = f"kuq/{number}"
        rows += [row(f"{word(number)} one", True, twin=twin)]
        rows += [row(f"{word(number)} other", False, twin=twin)]
    kept, counts = questions(rows, 3)
    assert counts["contrast_pairs"] == {"kuq + kuq": 200}
    assert len(kept) == 800
    sides = {one["question"]: one["split"] for one in kept}
    families = [
        (rows[place]["question"], rows[place + 1]["question"]) for place in range(0, 800, 2)
    ]
    assert all(sides[one] == sides[other] for one, other in families)
    table = Counter((one["group"], one["split"]) for one in kept)
    assert table["known", "shots"] == table["unknown", "shots"] == 8
    assert 20 < table["known", "tuning"] < 60


def test_a_published_test_row_takes_its_counterpart_to_the_test_side():
    rows = [row(f"{word(n)} one", True, twin=str(n), split="test") for n in range(30)]
    rows += [row(f"{word(n)} other", False, twin=str(n)) for n in range(30)]
    kept, _ = questions(rows, 3)
    assert {one["split"] for one in kept} == {"test"}


def test_a_question_stays_on_its_side_whatever_else_the_file_holds():
    rows = [row(f"{word(number)} question", bool(number % 2)) for number in range(300)]
    before = {one["id"]: one["split"] for one in questions(rows, 5)[0]}
    after = {one["id"]: one["split"] for one in questions(rows[50:], 5)[0]}
    moved = [name for name, split in after.items() if before[name] != split]
    assert all("shots" in (before[name], after[name]) for name in moved)  # eight are always shots
    assert len(moved) < 16
