"""What the sides of an atomic pair may be, over a small knowledge base."""

from dataclasses import replace

import pytest

from apeft.facts.judge import TypedJudge
from apeft.facts.knowledge import Knowledge
from apeft.pairs.atomic import Option
from apeft.pairs.options import AtomicSettings, choices, names_right
from apeft.records import Record

NATIONS = {"a": "French", "b": "German", "c": "Italian", "d": "Spanish", "e": "French"}
OWN = AtomicSettings(chosen="own", rejected="own", form="question", others=3, seed=1)
PLAIN = "Question: Q?\nAnswer:"


@pytest.fixture(scope="module")
def judge() -> TypedJudge:
    entities = [
        {"id": f"person/{key}", "kind": "person", "name": f"P {key}", "aliases": [], "text": ""}
        for key in NATIONS
    ]
    rows = [
        {"entity": f"person/{key}", "relation": "nationality", "value": value}
        for key, value in NATIONS.items()
    ]
    return TypedJudge(Knowledge.build(entities, rows, {}))


def fact(judge: TypedJudge, *answers: str) -> Record:
    """The fact of person a (French) with its samples, graded as the detect stage grades them."""
    entity = judge.knowledge.entity("person/a")
    samples = []
    for index, answer in enumerate(answers):
        match = judge.grade(entity, "nationality", answer)
        samples.append(
            {
                "id": f"s/{index}",
                "text": answer,
                "ended": True,
                "value": match.value,
                "correct": match.correct,
            }
        )
    return {
        "fact": "person/a#nationality", "entity": "person/a", "relation": "nationality",
        "values": ["French"], "split": "train", "r": 0.5, "plain": PLAIN, "samples": samples,
    }  # fmt: skip


def test_own_samples_are_taken_as_they_were_written(judge: TypedJudge) -> None:
    row = fact(judge, " He was German.", " French.", " I do not know")
    (found,) = choices([row], judge, judge.knowledge, OWN)
    assert found.prompt == PLAIN
    assert [(o.text, o.value, o.source) for o in found.chosen] == [(" French.", "French", "s/1")]
    assert [(o.text, o.value) for o in found.rejected] == [(" He was German.", "German")]


@pytest.mark.parametrize(
    "answer", [" French or German", " He was not French", " German and not French"]
)
def test_a_hedged_or_negated_right_value_is_no_contradiction(
    judge: TypedJudge, answer: str
) -> None:
    row = fact(judge, answer, " French")
    assert row["samples"][0]["correct"] is False
    (found,) = choices([row], judge, judge.knowledge, OWN)
    assert found.rejected == []


def test_the_knowledge_bases_value_is_written_as_an_answer(judge: TypedJudge) -> None:
    settings = replace(OWN, chosen="knowledge")
    (found,) = choices([fact(judge)], judge, judge.knowledge, settings)
    assert [(o.text, o.value, o.source) for o in found.chosen] == [
        (" French", "French", "knowledge")
    ]


def test_other_values_contradict_are_distinct_and_drawn_for_the_fact_alone(
    judge: TypedJudge,
) -> None:
    settings = replace(OWN, rejected="other", others=20)
    row = fact(judge, " French")
    (found,) = choices([row], judge, judge.knowledge, settings)
    # Twenty draws of three wrong values: missing one has a chance of 0.1%; French never comes.
    assert sorted(o.value for o in found.rejected) == ["German", "Italian", "Spanish"]
    other = {**row, "fact": "person/b#nationality", "entity": "person/b", "values": ["German"]}
    beside = choices([other, row], judge, judge.knowledge, settings)
    assert beside[1] == found
    assert "German" not in {o.value for o in beside[0].rejected}


def test_no_more_other_values_than_asked_for(judge: TypedJudge) -> None:
    settings = replace(OWN, rejected="other", others=1)
    (found,) = choices([fact(judge)], judge, judge.knowledge, settings)
    assert len(found.rejected) == 1


def test_a_statement_is_completed_by_the_bare_value(judge: TypedJudge) -> None:
    row = fact(judge, " He was German by birth", " It is French.")
    (found,) = choices([row], judge, judge.knowledge, replace(OWN, form="statement"))
    assert found.prompt == "The nationality of P a was"
    assert [o.text for o in found.chosen] == [" French."]
    assert [(o.text, o.source) for o in found.rejected] == [(" German.", "s/0")]


@pytest.mark.parametrize(
    ("text", "value", "right", "relation", "names"),
    [
        (" German, not French", "German", "French", "nationality", True),
        (" german and FRENCH", "German", "French", "nationality", True),
        (" a post-transition metal", "post-transition metal", "transition metal", "group", False),
        (" South Sudan", "South Sudan", "Sudan", "neighbour", False),
        (" Fe in the table", "Fe", "In", "symbol", False),
        (" Fe or In", "Fe", "In", "symbol", True),
        (" a Frenchwoman", "Frenchwoman", "French", "nationality", False),
    ],
)
def test_a_right_value_beside_the_options_own_is_named(
    text: str, value: str, right: str, relation: str, names: bool
) -> None:
    assert names_right(Option(text, value, "s"), [right], relation) is names


PEOPLE = {
    # id: professions of the knowledge base, and the source text
    "composer": (["composer"], "She was a composer, and met a chemist."),
    "author": (["novelist"], "A novelist; also active as an engineer and mayor."),
    "koch": (["physician"], ""),
}


@pytest.fixture(scope="module")
def professions() -> TypedJudge:
    entities = [
        {"id": f"person/{key}", "kind": "person", "name": f"P {key}", "aliases": [], "text": text}
        for key, (_, text) in PEOPLE.items()
    ]
    rows = [
        {"entity": f"person/{key}", "relation": "profession", "value": value}
        for key, (values, _) in PEOPLE.items()
        for value in values
    ]
    return TypedJudge(Knowledge.build(entities, rows, {}))


@pytest.mark.parametrize(
    ("who", "answers", "rejected"),
    [
        ("composer", ["conductor", "painter", "pianist"], ["painter"]),  # musicians all
        ("composer", ["chemist", "painter"], ["painter"]),  # the text names a chemist
        ("author", ["poet", "sculptor", "mayor"], ["sculptor"]),
        ("koch", ["chemist", "pediatrician"], ["chemist"]),  # a kind of physician is right
    ],
)
@pytest.mark.parametrize("source", ["own", "other"])
def test_rejected_is_only_what_knowledge_base_and_source_text_surely_exclude(
    professions: TypedJudge, who: str, answers: list[str], rejected: list[str], source: str
) -> None:
    knowledge = professions.knowledge
    entity = knowledge.entity(f"person/{who}")
    samples = []
    for index, answer in enumerate(answers):
        match = professions.grade(entity, "profession", answer)
        samples.append({"id": f"s/{index}", "text": f" {answer}", "ended": True,
                        "value": match.value, "correct": match.correct})  # fmt: skip
    row = {"fact": f"{entity['id']}#profession", "entity": entity["id"], "relation": "profession",
           "values": PEOPLE[who][0], "split": "train", "r": 0.5, "plain": PLAIN,
           "samples": samples}  # fmt: skip
    if source == "own":
        (found,) = choices([row], professions, knowledge, OWN)
        assert [option.value for option in found.rejected] == rejected
    else:
        others = {(f"person/{n}", "profession"): (answer,) for n, answer in enumerate(answers)}
        wider = replace(knowledge, facts={**knowledge.facts, **others})
        settings = replace(OWN, rejected="other", others=40)
        (found,) = choices([row], TypedJudge(wider), wider, settings)
        drawn = {option.value for option in found.rejected}
        assert drawn & set(answers) == set(rejected)
