"""The right value and others of its relation, fixed for all variants."""

import pytest

from apeft.evaluation.candidates import with_candidates
from apeft.facts.judge import TypedJudge
from apeft.facts.knowledge import Knowledge
from apeft.records import Record

YEARS = {f"person/{n}": [str(1800 + n)] for n in range(30)}


def knowledge(values: dict[str, list[str]], relation: str = "birth_year") -> Knowledge:
    entities = [
        {"id": key, "kind": "person", "name": key, "aliases": [], "text": ""} for key in values
    ]
    facts = [
        {"entity": key, "relation": relation, "value": value}
        for key, row in values.items()
        for value in row
    ]
    return Knowledge.build(entities, facts, {})


def facts(base: Knowledge, relation: str = "birth_year") -> list[Record]:
    return [
        {"fact": f"{entity}#{relation}", "entity": entity, "relation": relation, "values": [*row]}
        for (entity, _), row in base.facts.items()
    ]


def test_others_differ_from_each_other_and_from_the_right_value() -> None:
    base = knowledge(YEARS)
    rows, left_out = with_candidates(facts(base), TypedJudge(base), base, 4, 1)
    assert (len(rows), left_out) == (30, {})
    for row in rows:
        assert row["right"] == YEARS[row["entity"]][0]
        assert len({row["right"], *row["others"]}) == 5


def test_no_right_value_of_several_is_among_the_others() -> None:
    nations = ["French", "German", "Italian", "Spanish", "Dutch", "Danish", "Polish"]
    values = {f"person/{n}": [name] for n, name in enumerate(nations)}
    values["person/x"] = ["French", "German"]
    base = knowledge(values, "nationality")
    for seed in range(20):
        rows, _ = with_candidates(facts(base, "nationality"), TypedJudge(base), base, 4, seed)
        (row,) = [row for row in rows if row["entity"] == "person/x"]
        assert row["right"] == "French"
        assert not {"French", "German"} & set(row["others"])


def test_a_draw_depends_on_seed_and_fact_alone() -> None:
    base = knowledge(YEARS)
    judge = TypedJudge(base)
    whole = {row["fact"]: row for row in with_candidates(facts(base), judge, base, 4, 1)[0]}
    some = with_candidates(facts(base)[7:2:-1], judge, base, 4, 1)[0]
    assert some == [whole[row["fact"]] for row in some]
    again = with_candidates(facts(base), judge, base, 4, 2)[0]
    assert [row["others"] for row in again] != [row["others"] for row in whole.values()]


@pytest.mark.parametrize(("others", "kept"), [(2, 3), (3, 0)])
def test_facts_without_enough_other_values_are_left_out_and_counted_by_relation(
    others: int, kept: int
) -> None:
    base = knowledge({f"person/{n}": [str(1900 + n)] for n in range(3)})
    rows, left_out = with_candidates(facts(base), TypedJudge(base), base, others, 1)
    assert (len(rows), left_out) == (kept, {} if kept else {"birth_year": 3})
