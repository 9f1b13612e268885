"""Every fact of the real knowledge base can be answered; labelled answers in other wordings."""

from collections import Counter
from pathlib import Path

import pytest

from apeft.agreement.answers import held_out
from apeft.evaluation.cells import outcome, verdicts
from apeft.facts import relations
from apeft.facts.extract import StatedFact
from apeft.facts.judge import TypedJudge
from apeft.facts.knowledge import Knowledge
from apeft.records import read_jsonl

LABELS = Path(__file__).resolve().parents[3] / "labels" / "adversarial_answers.jsonl"


@pytest.fixture(scope="session")
def judge(knowledge):
    return TypedJudge(Knowledge.build(knowledge.entities, knowledge.facts, knowledge.lexicon))


@pytest.fixture(scope="session")
def by_name(judge):
    return {e["name"]: e for e in judge.knowledge.entities.values() if e["kind"] != "prompt"}


def wordings(entity, relation, value):
    """A fact's value alone, in its statement under every name, and as other models put it."""
    yield relations.answer_text(relation, value)
    yield f"**{value}**"
    yield f"The answer is {relations.answer_text(relation, value)}."
    for name in (entity["name"], *entity["aliases"]):
        yield relations.statement(name, relation, value)


@pytest.mark.parametrize("relation", sorted(relations.RELATIONS))
def test_every_facts_own_value_is_right_alone_and_in_its_statement_under_every_name(
    judge, relation
):
    base = judge.knowledge
    facts = [(base.entity(key), value) for (key, name), row in base.facts.items()
             if name == relation for value in row]  # fmt: skip
    assert len(facts) >= 85
    failed = [
        (entity["name"], answer, found.reason)
        for entity, value in facts
        for answer in wordings(entity, relation, value)
        if not (found := judge.grade(entity, relation, answer)).correct
    ]
    assert failed == []


def test_every_year_before_1000_is_right_with_its_era_and_wrong_a_year_off(judge):
    early = {
        (key, relation): row[0]
        for (key, relation), row in judge.knowledge.facts.items()
        if relation in ("birth_year", "death_year") and row[0].isdigit() and int(row[0]) < 1000
    }
    assert len(early) == 54
    for (key, relation), year in early.items():
        entity, verb = judge.knowledge.entity(key), relation.partition("_")[0]
        said = {"birth": "was born", "death": "died"}[verb]
        for answer in (
            f"{year} AD",
            f"AD {year}",
            f"{year} CE",
            f"He {said} in {year}.",
            f"c. {year}",
        ):
            assert judge.grade(entity, relation, answer).correct is True, (answer, year)
        assert judge.grade(entity, relation, str(int(year) + 1)).correct is False
        assert judge.grade(entity, relation, f"{year} BC").correct is False


@pytest.mark.parametrize("half", [False, True])
def test_answers_in_other_models_wordings_are_graded_as_readers_did(judge, half):
    found = Counter(
        (row["label"], judge.grade(judge.knowledge.entity(row["entity"]), row["relation"],
                                   row["answer"]).correct)
        for row in read_jsonl(LABELS) if held_out(row) == half
    )  # fmt: skip
    for label in (True, False):
        right, all_labelled = found[label, label], sum(found[label, v] for v in (True, False, None))
        assert all_labelled >= 75
        assert right / (right + found[not label, label]) >= (0.98 if label else 0.95)
        assert right / all_labelled >= 0.95


@pytest.mark.parametrize(
    ("name", "relation", "values"),
    [
        ("Myanmar", "neighbour", ["India", "Bhutan"]),  # one side states it
        ("Nepal", "neighbour", ["China"]),
        ("Albania", "neighbour", ["Kosovo"]),  # a territory of the source
        ("India", "language", ["Bengali", "Tamil"]),  # official in a region
        ("Switzerland", "language", ["Swiss German"]),
        ("Netherlands", "capital", ["The Hague"]),  # the government's seat
        ("Ivory Coast", "capital", ["Abidjan"]),
        ("Israel", "capital", ["Tel Aviv"]),
    ],
)
def test_what_the_sources_leave_open_is_neither_right_nor_wrong(
    judge, by_name, name, relation, values
):
    entity = by_name[name]
    for value in values:
        assert judge.grade(entity, relation, value).correct is None
        named = judge.knowledge.lexicon.canonical(relation, value)
        verdict = judge.verify(entity, StatedFact(relation, named, 0, 0)).verdict
        assert verdict == "not_stated"


@pytest.mark.parametrize(
    ("name", "relation", "right", "wrong"),
    [
        ("South Africa", "capital", ["Pretoria", "Cape Town", "Bloemfontein"], ["Durban"]),
        ("Bolivia", "capital", ["Sucre", "La Paz"], ["Santa Cruz"]),
        ("Sri Lanka", "capital", ["Colombo", "Kotte"], ["Kandy"]),
        ("Philippines", "language", ["Filipino", "Tagalog", "English"], ["Spanish"]),
        ("Afghanistan", "language", ["Dari", "Persian", "Pashto"], ["Arabic"]),
        ("Switzerland", "language", ["Romansh", "Italian", "français"], ["English"]),
        ("Malaysia", "language", ["Bahasa Malaysia"], ["Thai"]),
        ("Ukraine", "language", ["Ukrainian"], ["Russian"]),
        ("Vatican City State", "neighbour", ["Italy"], ["France"]),
        ("United States", "capital", ["Washington", "Washington, D.C."], ["New York"]),
    ],
)
def test_every_official_language_and_every_shared_seat_is_right(
    judge, by_name, name, relation, right, wrong
):
    assert all(judge.grade(by_name[name], relation, value).correct for value in right)
    assert [judge.grade(by_name[name], relation, value).correct for value in wrong] == [False]


@pytest.mark.parametrize(
    ("name", "answer", "verdict"),
    [
        ("Emmeline Pankhurst", "suffragist", True),  # the lead writes "suffragette"
        ("Emmeline Pankhurst", "She was a nurse.", False),
        ("Sigmund Freud", "psychoanalyst", None),  # named by the lead, of whomever
        ("Prince", "prince", False),  # his name in the lead is no profession
        ("Martin Luther King Jr.", "king", False),
    ],
)
def test_a_profession_that_the_lead_text_names_is_never_wrong(
    judge, by_name, name, answer, verdict
):
    assert judge.grade(by_name[name], "profession", answer).correct is verdict
    if verdict is not False:
        fact = StatedFact("profession", answer, 0, 0)
        assert judge.verify(by_name[name], fact).verdict != "contradicted"


def test_no_value_that_is_left_open_is_drawn_as_a_wrong_one(judge, by_name):
    from apeft.rng import keyed

    drawn = judge.contradict(by_name["Myanmar"], "neighbour", ["India"], keyed(0, "draw"))
    assert drawn is None


@pytest.mark.parametrize("relation", ["nationality", "profession", "neighbour", "category"])
def test_the_sentence_that_states_a_fact_makes_its_cell_right_in_a_text(judge, relation):
    base = judge.knowledge
    rows = [(base.entity(key), row[0]) for (key, name), row in base.facts.items()
            if name == relation][::11]  # fmt: skip
    assert len(rows) >= 8
    for entity, value in rows:
        said = relations.statement(entity["name"], relation, value)
        text = f"{entity['name']} is well known. {said} There is more to say."
        assert outcome(verdicts(text, entity, judge).get(relation, ()))["right"], text


@pytest.mark.parametrize(
    "text",
    [
        "A country that borders Mongolia is not Brazil.",
        "A country that borders Brazil is Peru.",
        "The capital of Mongolia is not far from Russia.",
    ],
)
def test_what_is_denied_or_said_of_another_states_no_border(judge, by_name, text):
    assert "neighbour" not in verdicts(text, by_name["Mongolia"], judge)
