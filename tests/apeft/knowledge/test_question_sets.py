from collections import Counter

import pytest

from apeft.knowledge.questions import questions
from apeft.knowledge.text import fold
from apeft.sources import default


def test_the_sources_hold_what_was_counted(sources):
    fresh = list(sources[default.FRESHQA].rows())
    aware = list(sources[default.SELFAWARE].rows())
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


def test_freshqa_shots_do_not_go_out_of_date(sources, knowledge):
    kind = {f"freshqa/{row['id']}": row["fact_type"] for row in sources[default.FRESHQA].rows()}
    shots = [q for q in knowledge.questions if q["split"] == "shots" and q["id"] in kind]
    assert {kind[row["id"]] for row in shots} == {"never-changing"}
    assert all(row["answer"] for row in shots)


def test_selfaware_is_split_by_hash_without_duplicates(knowledge):
    aware = [row for row in knowledge.questions if row["set"] == "selfaware"]
    assert len(aware) == 3369 - knowledge.counts["questions"]["duplicates"]["selfaware"]
    assert len({fold(row["question"]) for row in knowledge.questions}) == len(knowledge.questions)
    share = Counter(row["split"] for row in aware)
    assert share["tuning"] / len(aware) == pytest.approx(0.10, abs=0.02)
    assert share["shots"] == 16
    assert knowledge.counts["questions"]["duplicates"] == {"freshqa-premise": 0, "selfaware": 4}


def fresh(number, question, premise="FALSE", split="TEST"):
    return {"id": str(number), "question": question, "false_premise": premise, "split": split,
            "answer_0": "x", "fact_type": "never-changing"}  # fmt: skip


def test_a_question_of_both_sets_is_asked_once_and_counted():
    aware = [
        {"question": "Who is X?!", "ability_to_test": "answerable: True", "reference_answer": None}
    ]
    kept, counts = questions([fresh(1, "Who is X?"), fresh(2, "who is x")], aware, seed=1)
    assert [row["id"] for row in kept] == ["freshqa/1"]
    assert counts["duplicates"] == {"freshqa-premise": 1, "selfaware": 1}
    assert counts["shared"] == 1
    assert set(kept[0]) == {"id", "set", "question", "group", "split", "answer"}
