"""Verdicts, questions and contradictions of the rule-based judge over a small knowledge base."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from apeft.errors import UserError
from apeft.facts.extract import StatedFact
from apeft.facts.judge import TypedJudge
from apeft.facts.knowledge import Knowledge
from apeft.facts.relations import RELATIONS, cloze, statement
from apeft.records import write_json, write_jsonl
from apeft.rng import keyed


def entity(
    kind: str, name: str, *, aliases: tuple[str, ...] = (), text: str = ""
) -> dict[str, Any]:
    return {
        "id": f"{kind}/{name.lower().replace(' ', '-')}",
        "kind": kind,
        "name": name,
        "aliases": list(aliases),
        "split": "test",
        "sources": ["hand"],
        "text": text,
    }


def knowledge(
    folder: Path,
    entities: list[dict[str, Any]],
    facts: list[tuple[str, str, str]],
    lexicon: dict[str, Any] | None = None,
) -> Knowledge:
    write_jsonl(folder / "entities.jsonl", entities)
    write_jsonl(
        folder / "facts.jsonl",
        [
            {
                "id": f"{owner}#{relation}",
                "entity": owner,
                "relation": relation,
                "value": value,
                "source": "hand",
                "source_text": "",
            }
            for owner, relation, value in facts
        ],
    )
    write_json(folder / "lexicon.json", lexicon or {})
    return Knowledge.load(folder)


CURIE = entity(
    "person",
    "Marie Curie",
    text="Marie Curie was a Polish physicist and teacher. She admired the painter Renoir.",
)
ID = CURIE["id"]


@pytest.fixture
def judge(tmp_path: Path) -> TypedJudge:
    facts = [
        (ID, "nationality", "French"),
        (ID, "profession", "physicist"),
        (ID, "profession", "chemist"),
        (ID, "birth_year", "1867"),
    ]
    return TypedJudge(knowledge(tmp_path, [CURIE], facts))


def verdict(judge: TypedJudge, relation: str, value: str) -> str:
    return judge.verify(CURIE, StatedFact(relation, value, 0, 0)).verdict


def test_any_right_value_supports(judge: TypedJudge) -> None:
    assert verdict(judge, "profession", "chemist") == "supported"
    assert verdict(judge, "birth_year", "1867") == "supported"


def test_the_lead_text_supports_what_the_values_lack_and_is_quoted(judge: TypedJudge) -> None:
    found = judge.verify(CURIE, StatedFact("nationality", "Polish", 0, 0))
    assert found.verdict == "supported"
    assert found.evidence == "Marie Curie was a Polish physicist and teacher."


def test_no_matching_value_contradicts(judge: TypedJudge) -> None:
    assert verdict(judge, "nationality", "Italian") == "contradicted"
    assert verdict(judge, "birth_year", "1868") == "contradicted"
    assert verdict(judge, "profession", "boxer") == "contradicted"


def test_what_the_rules_cannot_decide_is_not_stated(judge: TypedJudge) -> None:
    assert verdict(judge, "profession", "scientist") == "not_stated"
    assert verdict(judge, "profession", "painter") == "not_stated"  # named in the lead, of Renoir


def test_stated_facts_of_a_text_are_judged_with_their_spans(judge: TypedJudge) -> None:
    text = "Marie Curie was a French physicist, born in 1870."
    stated = judge.extract(text, CURIE)
    labels = [(text[f.start : f.end], judge.verify(CURIE, f).verdict) for f in stated]
    assert labels == [
        ("French", "supported"),
        ("physicist", "supported"),
        ("1870", "contradicted"),
    ]


def test_contradictions_never_agree_with_a_right_value(judge: TypedJudge) -> None:
    others = ["French", "Polish", "Italian", "German"]
    drawn = {judge.contradict(CURIE, "nationality", others, keyed(0, n)) for n in range(40)}
    assert drawn == {"Italian", "German"}


def test_no_contradiction_where_nothing_is_known_or_nothing_differs(judge: TypedJudge) -> None:
    assert judge.contradict(CURIE, "death_year", ["1900"], keyed(0)) is None
    assert judge.contradict(CURIE, "profession", ["scientist", "physicist"], keyed(0)) is None


def test_wordings() -> None:
    assert cloze("Marie Curie", "birth_year") == "Marie Curie was born in the year"
    for relation in RELATIONS:
        told = statement("X", relation, "1")
        assert told.startswith(cloze("X", relation)), relation
        assert "1" in told
        assert RELATIONS[relation].question.endswith("?")


def test_an_answer_is_graded_against_the_entitys_values(judge: TypedJudge) -> None:
    assert judge.grade(CURIE, "nationality", "She was French.").correct is True
    assert judge.ask(CURIE, "nationality") == "What was Marie Curie's nationality?"


def test_unknown_entities_and_missing_files_are_told(tmp_path: Path, judge: TypedJudge) -> None:
    with pytest.raises(UserError, match="no entity"):
        judge.knowledge.entity("person/nobody")
    with pytest.raises(UserError, match="missing"):
        Knowledge.load(tmp_path / "nowhere")


def test_the_knowledge_bases_own_values_become_vocabulary(tmp_path: Path) -> None:
    base = knowledge(tmp_path, [CURIE], [(ID, "profession", "radium tamer")])
    judge = TypedJudge(base)
    stated = judge.extract("She was a Polish radium tamer.", CURIE)
    assert [(f.relation, f.value) for f in stated][1] == ("profession", "radium tamer")
