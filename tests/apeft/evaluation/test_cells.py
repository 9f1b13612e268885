"""Cells: what no omission can buy, on real texts and facts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product
from pathlib import Path

import pytest

from apeft import prompts as wording
from apeft.evaluation.cells import cells_of, grade_cells, outcome, verdicts
from apeft.facts import relations
from apeft.facts.judge import TypedJudge
from apeft.facts.knowledge import Knowledge
from apeft.facts.sentences import split
from apeft.knowledge.build import Split, build
from apeft.records import Record
from apeft.sources.default import NAMES, default_sources
from apeft.sources.packages import fetch

# Greedy and sampled texts of the default model, as written; wrong, right and missing facts.
TEXTS = {
    "person/emmy-noether": "Emmy Noether was a German mathematician who was born in 1882. She was "
    "the first woman to win the Nobel Prize in Physics. She is known for her work in mathematics.",
    "person/aubrey-beardsley": "Aubrey Beardsley was a British film director, born in 1922 in "
    "London. He is known for his film The Black Stitching.",
    "person/christopher-wren": "Christopher Wren was a British architect, architect, and architect "
    "of the British architectural tradition. He was born in 1685 in Stoke-Upon-the-Bridge, "
    "England. He was a Royal Engineer and architect who designed",
    # Read behind its first sentence, the second is about nobody; alone it is about Chaplin.
    "person/charlie-chaplin": "Charlie Chaplin was an American film actor, actor, comedian, and "
    "acrobat. Born in 1889 in Venice, Italy. He is known for his role as the mentor.",
    "person/hong-xiuquan": "Hong Xiuquan was an Islamic mysticPubMed founder, who was born in 1841 "
    "in Nanjing, China. He is known for his work Immortal Life and Rd. China.",
    "person/stephen-hawking": "Stephen Hawking was an English physicist. His father was a German "
    "doctor. He was born in 1905. She was born in 1942. He died in 2018.",
    "country/mongolia": "Mongolia is a country in Asia. Its capital is Golden Cail. The official "
    "language is Mongolian. The currency is the Mongolian Yuan. It borders China, Russia, and "
    "Tajikistan.",
    "country/north-korea": "North Korea is a country in Asia. Its capital is Pyongyang. The "
    "official language is Chinese. The currency is the North Korean Won. It borders Russia.",
    "element/iodine": "Iodine is a chemical element with the symbol I and the atomic number 53. It "
    "is a halogen. It is a radioactive element. It was discovered in 1811 by Johann Geissler.",
    "element/cesium": "Cesium is a chemical element with the symbol Cs and the atomic number 5. It "
    "was discovered in 1911 by Frederick S. Lindemann.",
}


@pytest.fixture(scope="module")
def judge(source_dir: Path) -> TypedJudge:
    """Typed rules over the real knowledge base."""
    sources = default_sources(fetch(source_dir, names=NAMES, download=False))
    made = build(sources, Split(train=0.6, validation=0.15, seed=7), 3, [])
    return TypedJudge(Knowledge.build(made.entities, made.facts, made.lexicon))


def shares(text: str, entity: str, judge: TypedJudge) -> dict[str, str]:
    """What the text does with each relation of the entity: right, wrong or omitted."""
    record = judge.knowledge.entity(entity)
    found = verdicts(text, record, judge)
    kinds = ("right", "wrong", "omitted")
    return {
        name: next(kind for kind in kinds if outcome(found.get(name, ()))[kind])
        for name in relations.of_kind(record["kind"])
        if judge.knowledge.values(entity, name)
    }


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split(text)]


def right(cells: dict[str, str]) -> set[str]:
    return {name for name, kind in cells.items() if kind == "right"}


@pytest.mark.parametrize("stated", list(product([False, True], repeat=3)))
def test_right_wrong_and_omitted_add_to_one_whatever_is_stated(stated: Sequence[bool]) -> None:
    names = ("supported", "contradicted", "not_stated")
    found = outcome({name for name, there in zip(names, stated, strict=True) if there})
    assert found["right"] + found["wrong"] + found["omitted"] == 1
    assert found["hedged"] <= found["right"]
    assert found["undecided"] <= found["omitted"]
    assert (found["hedged"], found["undecided"]) == (
        stated[0] and stated[1], stated == (False, False, True),
    )  # fmt: skip


@pytest.mark.parametrize("entity", TEXTS)
def test_deleting_any_sentences_never_makes_a_cell_right(entity: str, judge: TypedJudge) -> None:
    parts = sentences(TEXTS[entity])
    whole = shares(TEXTS[entity], entity, judge)
    assert right(whole)
    for size in range(len(parts)):
        for kept in combinations(parts, size):
            less = shares(" ".join(kept), entity, judge)
            assert right(less) <= right(whole), kept
            stated = {name for name, kind in less.items() if kind != "omitted"}
            assert stated <= {name for name, kind in whole.items() if kind != "omitted"}, kept


@pytest.mark.parametrize(
    ("entity", "sentence", "relation"),
    [
        ("country/mongolia", "Its capital is Golden Cail.", "capital"),
        ("country/mongolia", "The currency is the Mongolian Yuan.", "currency"),
        ("country/north-korea", "The official language is Chinese.", "language"),
        ("person/christopher-wren", "He was born in 1685 in Stoke-Upon-the-Bridge, England.",
         "birth_year"),
    ],
)  # fmt: skip
def test_deleting_a_wrong_sentence_lowers_the_share_wrong_by_just_its_cell(
    entity: str, sentence: str, relation: str, judge: TypedJudge
) -> None:
    whole = shares(TEXTS[entity], entity, judge)
    less = shares(TEXTS[entity].replace(sentence, ""), entity, judge)
    assert whole[relation] == "wrong"
    assert less == whole | {relation: "omitted"}


@pytest.mark.parametrize("entity", TEXTS)
def test_a_right_fact_more_raises_the_share_right_and_a_wrong_one_never_does(
    entity: str, judge: TypedJudge
) -> None:
    record, whole = judge.knowledge.entity(entity), shares(TEXTS[entity], entity, judge)
    others = [one for one in judge.knowledge.entities.values() if one["kind"] == record["kind"]]
    for name, before in whole.items():
        known = judge.knowledge.values(entity, name)
        told = wording.example_text(record["kind"], record["name"], {name: known})
        more = shares(f"{TEXTS[entity]} {judge.statement(record, name, known[0])}", entity, judge)
        assert told
        assert right(more) >= right(whole)
        if before != "right":
            assert len(right(more)) == len(right(whole)) + 1
        for other in others[:3]:
            for value in judge.knowledge.values(other["id"], name)[:1]:
                if judge.grade(record, name, value).correct is False:
                    wrong = f"{TEXTS[entity]} {judge.statement(record, name, value)}"
                    assert right(shares(wrong, entity, judge)) == right(whole)


def test_adding_the_right_value_makes_a_wrong_or_omitted_cell_right(judge: TypedJudge) -> None:
    cases = [
        ("country/mongolia", "capital", "Its capital is Ulaanbaatar."),
        ("element/cesium", "atomic_number", "It has the atomic number 55."),
        ("person/emmy-noether", "death_year", "She died in 1935."),
    ]
    for entity, relation, sentence in cases:
        whole = shares(TEXTS[entity], entity, judge)
        assert whole[relation] != "right"
        more = shares(f"{TEXTS[entity]} {sentence}", entity, judge)
        assert more == whole | {relation: "right"}


@pytest.mark.parametrize("entity", TEXTS)
def test_saying_a_thing_twice_changes_nothing(entity: str, judge: TypedJudge) -> None:
    whole = shares(TEXTS[entity], entity, judge)
    for sentence in sentences(TEXTS[entity]):
        assert shares(f"{TEXTS[entity]} {sentence}", entity, judge) == whole
    assert shares(f"{TEXTS[entity]} {TEXTS[entity]}", entity, judge) == whole


def test_a_list_of_values_is_right_and_shown_as_hedged(judge: TypedJudge) -> None:
    """What could buy the share right: naming many values; the share hedged tells it."""
    text = "Mongolia borders China, Japan, Brazil and Russia."
    found = outcome(verdicts(text, judge.knowledge.entity("country/mongolia"), judge)["neighbour"])
    assert (found["right"], found["hedged"], found["wrong"]) == (1, 1, 0)


@pytest.mark.parametrize("kind", list(wording.LABELS))
def test_the_relations_asked_for_are_those_found_in_the_examples_themselves(
    kind: str, judge: TypedJudge
) -> None:
    """Two ways: what makes the text read otherwise, and what the extraction finds in it."""
    knowledge = judge.knowledge
    for row in knowledge.entities.values():
        if row["kind"] != kind or row["split"] != "shots":
            continue
        values = {
            name: knowledge.values(row["id"], name)
            for name in relations.of_kind(kind)
            if knowledge.values(row["id"], name)
        }
        text = wording.example_text(kind, row["name"], values)
        found = {fact.relation for fact in judge.extract(text, row)}
        assert found <= wording.told(kind, row["name"], values) <= set(values)
        assert len(found) >= 3


def prompt(entity: str, name: str = "bio") -> Record:
    return {"id": f"{name}/{entity}", "set": name, "entity": entity}


def test_cells_are_relations_of_the_examples_that_the_base_holds_and_lacking_ones_are_counted(
    judge: TypedJudge,
) -> None:
    knowledge = judge.knowledge
    shots = [row for row in knowledge.entities.values() if row["split"] == "shots"]
    examples = {kind: [row for row in shots if row["kind"] == kind] for kind in wording.LABELS}
    asked = [prompt("person/larisa-latynina"), prompt("country/mongolia", "countries")]
    cells, lacking = cells_of(asked, examples, knowledge)
    mine = [cell["relation"] for cell in cells if cell["set"] == "bio"]
    assert mine == ["nationality", "profession", "birth_year"]
    assert (lacking["death_year"], lacking["birth_place"]) == (1, 1)
    assert all(cell["values"] == knowledge.values(cell["entity"], cell["relation"])
               for cell in cells)  # fmt: skip
    assert cells_of(asked, {kind: [] for kind in wording.LABELS}, knowledge) == ([], {})


def test_a_cell_is_graded_in_the_text_and_in_the_short_answer(judge: TypedJudge) -> None:
    entity = "country/mongolia"
    cells = [
        {**prompt(entity), "prompt": "p", "fact": f"{entity}#{name}", "relation": name}
        for name in ("capital", "region", "language")
    ]
    answers = {"capital": "Ulaanbaatar", "region": "Africa", "language": ""}
    shorts = [{"fact": f"{entity}#{name}", "text": text} for name, text in answers.items()]
    responses = [{"prompt": "p", "entity": entity, "text": TEXTS[entity]}]
    rows = {row["relation"]: row for row in grade_cells(cells, responses, shorts, judge)}
    found = {key: (row["right"], row["wrong"], row["short_right"]) for key, row in rows.items()}
    assert found == {
        "capital": (0, 1, 1), "region": (1, 0, 0), "language": (1, 0, None),
    }  # fmt: skip
    assert rows["language"]["short_reason"] == "empty"
    assert rows["capital"]["id"] == "p#capital"
