"""Every published form becomes one schema, and a bad row one clear error (rows by hand)."""

import json

import pytest

from apeft.errors import UserError
from apeft.knowledge.forms import FORMS, read_set

FRESHQA = {"id": "7", "split": "TEST", "question": "Who? ", "false_premise": "TRUE",
           "fact_type": "never-changing", "answer_0": "Nobody."}  # fmt: skip
SELFAWARE = {"question": "Why?", "ability_to_test": "answerable: False", "reference_answer": None}
ORIGINAL = {"question_id": 3, "question": "Why?", "answer": ["so", "thus"], "answerable": True}
FALSEQA = {"question": "How many wings has a cat?", "answer": "None.", "label": "1"}
KUQ = {"question": "Is  it?", "answer": ["yes", "no"], "unknown": False}
FAVA = {"prompt": "Explain Ab Klink, including information about party", "output": "x"}
NAMES = {"name": "Ann Lee"}
LABELLED = {"question": "Why?", "reject": "true"}
ROWS = {  # form: (set, row, question, group, answer, split)
    "freshqa": ("freshqa", FRESHQA, "Who?", "false", "Nobody.", "test"),
    "selfaware": ("selfaware", SELFAWARE, "Why?", "unanswerable", "", ""),
    "selfaware-original": ("selfaware", ORIGINAL, "Why?", "answerable", "so", ""),
    "falseqa": ("falseqa", FALSEQA, "How many wings has a cat?", "false", "None.", ""),
    "kuq": ("kuq", KUQ, "Is it?", "known", "yes", ""),
    "fava": ("fava", FAVA, FAVA["prompt"], "", "", ""),
    "names": ("factscore", NAMES, "Ann Lee", "", "", ""),
    "labelled": ("kuq", LABELLED, "Why?", "unknown", "", ""),
}


def test_every_form_is_tried_here() -> None:
    assert set(ROWS) == set(FORMS)


@pytest.mark.parametrize("form", sorted(ROWS))
def test_a_row_becomes_a_question(form: str) -> None:
    key, given, *expected = ROWS[form]
    (read,) = read_set(key, [given], form, "here")
    assert [read[name] for name in ("question", "group", "answer", "split")] == expected
    assert read["id"].startswith(f"{key}/")
    assert json.loads(json.dumps(read)) == read


def test_numbers_truth_values_and_nothing_are_read_as_datasets_gives_them() -> None:
    """`datasets` reads a CSV's 1 as a number and an empty field as None."""
    (false,) = read_set("falseqa", [FALSEQA | {"label": 1, "answer": None}], "falseqa", "here")
    assert (false["group"], false["answer"]) == ("false", "")
    (fresh,) = read_set(
        "freshqa", [FRESHQA | {"id": 7, "false_premise": False, "answer_0": None}], "freshqa", "x"
    )
    assert (fresh["id"], fresh["group"], fresh["answer"]) == ("freshqa/7", "valid", "")


def test_a_list_of_reference_answers_is_read_and_its_first_taken() -> None:
    answer = """['Cats have none.', "They don't."]"""
    (read,) = read_set("falseqa", [FALSEQA | {"answer": answer}], "falseqa", "here")
    assert read["answer"] == "Cats have none."
    assert read["answers"] == ["Cats have none.", "They don't."]


@pytest.mark.parametrize(
    ("key", "form", "given", "answers"),
    [
        ("kuq", "kuq", KUQ, ["yes", "no"]),
        ("kuq", "kuq", KUQ | {"unknown": True}, []),
        ("selfaware", "selfaware-original", ORIGINAL, ["so", "thus"]),
        ("selfaware", "selfaware-original", ORIGINAL | {"answer": None, "answerable": False}, []),
        ("freshqa", "freshqa", FRESHQA | {"answer_0": "3", "answer_1": "three", "answer_2": None},
         ["3", "three"]),
        ("freshqa", "freshqa", FRESHQA | {"answer_0": 0}, ["0"]),  # a number is an answer
    ],
)  # fmt: skip
def test_every_gold_answer_of_a_question_is_kept(
    key: str, form: str, given: dict, answers: list[str]
) -> None:
    (read,) = read_set(key, [given], form, "here")
    assert read["answers"] == answers
    assert read["answer"] == (answers[0] if answers else "")


def test_words_about_an_unknown_question_are_no_example_answer() -> None:
    (read,) = read_set("kuq", [KUQ | {"unknown": True}], "kuq", "here")
    assert (read["group"], read["answer"]) == ("unknown", "")


def test_an_id_depends_on_the_words_alone() -> None:
    one, other = (
        read_set("kuq", rows, "kuq", "here")[-1]["id"]
        for rows in ([KUQ], [KUQ | {"question": "Other?"}, KUQ | {"question": "is it"}])
    )
    assert one == other


def test_the_nth_false_and_the_nth_valid_question_are_counterparts() -> None:
    rows = [FALSEQA | {"question": q, "label": label} for q, label in
            [("a", "1"), ("b", "1"), ("c", "0"), ("d", "0")]]  # fmt: skip
    twins = [row["twin"] for row in read_set("falseqa", rows, "falseqa", "here")]
    assert twins == ["falseqa/1", "falseqa/2", "falseqa/1", "falseqa/2"]


def without(row: dict, column: str) -> dict:
    return {name: value for name, value in row.items() if name != column}


BAD = {
    "missing column": ("falseqa", "falseqa", [FALSEQA, without(FALSEQA, "label")],
                       "no column 'label'; there are: 'question', 'answer'", "row 2"),
    "empty file": ("kuq", "kuq", [], "the set has no row", "knowledge.sets.kuq: file.csv"),
    "wrong label": ("falseqa", "falseqa", [FALSEQA | {"label": "yes"}],
                    "label is 'yes'; allowed: 0, 1", "row 1"),
    "label of None": ("kuq", "kuq", [KUQ, KUQ | {"unknown": None}],
                      "unknown is None; allowed: true, false", "row 2"),
    "empty question": ("kuq", "kuq", [KUQ | {"question": " "}], "the question is empty", "row 1"),
    "no text": ("kuq", "kuq", [KUQ | {"question": 5}], "question is no text: 5", "row 1"),
    "broken list": ("falseqa", "falseqa", [FALSEQA | {"answer": "['a"}],
                    "answer is no list of texts", "row 1"),
    "id twice": ("freshqa", "freshqa", [FRESHQA, FRESHQA | {"question": "Why?"}],
                 "id '7' is given twice", "rows 1 and 2"),
    "own split": ("kuq", "labelled", [LABELLED | {"split": "train"}],
                  "split is 'train'; allowed: 'test' or nothing", "row 1"),
    "prompts as questions": ("kuq", "fava", [FAVA],
                             "kuq is one of questions of two classes", "row 1"),
    "questions as prompts": ("fava", "kuq", [KUQ], "fava is one of prompts", "row 1"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(BAD))
def test_a_bad_file_is_one_error_that_says_what_where_and_what_to_do(name: str) -> None:
    key, form, rows, told, place = BAD[name]
    with pytest.raises(UserError) as caught:
        read_set(key, rows, form, "file.csv")
    assert told in caught.value.what
    assert place in caught.value.where
    assert f"knowledge.sets.{key}: file.csv" in caught.value.where
    assert caught.value.fix
