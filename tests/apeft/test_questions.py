"""Which facts are asked for, and the prompts that ask."""

import pytest

from apeft.facts.judge import TypedJudge
from apeft.facts.knowledge import Knowledge
from apeft.questions import entity_facts, fact_question, paired_facts


@pytest.fixture(scope="module")
def base() -> Knowledge:
    names = {"person/b": "Bea Bo", "person/a": "Ann Lee"}
    entities = [
        {"id": key, "kind": "person", "name": name, "aliases": [], "text": ""}
        for key, name in names.items()
    ]
    facts = [
        ("person/a", "profession", "poet"),
        ("person/a", "profession", "nurse"),
        ("person/a", "birth_year", "1900"),
        ("person/b", "birth_year", "1910"),
    ]
    rows = [{"entity": e, "relation": r, "value": v} for e, r, v in facts]
    return Knowledge.build(entities, rows, {})


def pair(split: str, chosen: list[tuple[str, str]], rejected: list[tuple[str, str]]) -> dict:
    def facts(rows: list[tuple[str, str]]) -> list[dict]:
        return [{"entity": entity, "relation": relation} for entity, relation in rows]

    return {"split": split, "facts_chosen": facts(chosen), "facts_rejected": facts(rejected)}


def test_facts_of_both_sides_of_training_pairs_are_asked_once(base: Knowledge) -> None:
    pairs = [
        pair("train", [("person/b", "birth_year")], [("person/a", "profession")] * 2),
        pair("train", [("person/a", "profession")], [("person/a", "death_year")]),
        pair("validation", [("person/a", "birth_year")], []),
    ]
    facts, undecidable = paired_facts(pairs, base)
    assert [(row["fact"], row["values"]) for row in facts] == [
        ("person/a#profession", ["poet", "nurse"]),
        ("person/b#birth_year", ["1910"]),
    ]
    assert undecidable == 1  # nothing is known about a death


def test_entities_give_the_relations_that_have_examples_and_values(base: Knowledge) -> None:
    entities = [{"id": "person/b"}, {"id": "person/a"}]
    rows = entity_facts(entities, base, {"birth_year": [], "death_year": []})
    assert [row["fact"] for row in rows] == ["person/a#birth_year", "person/b#birth_year"]


def test_a_fact_is_asked_plainly_and_after_its_relations_examples(base: Knowledge) -> None:
    fact = {"entity": "person/a", "relation": "birth_year"}
    shots = {"birth_year": [["Question: Q1\nAnswer:", "1800"]], "profession": [["no", "no"]]}
    row = fact_question(fact, TypedJudge(base), base, shots)
    plain = f"Question: {row['question']}\nAnswer:"
    assert "Ann Lee" in row["question"]
    assert row["plain"] == plain
    assert row["text"] == f"Question: Q1\nAnswer: 1800\n\n{plain}"
    bare = fact_question(fact, TypedJudge(base), base, {})
    assert bare["text"] == bare["plain"] == plain


def test_a_claim_is_asked_by_its_question_behind_one_example_of_each_relation() -> None:
    entity = {"id": "person/x", "kind": "person", "name": "X", "aliases": [], "text": ""}
    base = Knowledge.build([entity], [], {})
    shots = {
        "birth_year": [["Q1", "1900"], ["Q2", "1901"]],
        "nationality": [["Q3", "a"], ["Q4", "b"]],
        "capital": [["Q5", "no person's"]],
    }
    claim = {"fact": "f", "entity": "person/x", "relation": "claim", "question": "Who was X?"}
    row = fact_question(claim, TypedJudge(base), base, shots)
    assert row["question"] == "Who was X?"
    assert row["plain"] == "Question: Who was X?\nAnswer:"
    assert row["text"] == "Q3 a\n\nQ2 1901\n\n" + row["plain"]
