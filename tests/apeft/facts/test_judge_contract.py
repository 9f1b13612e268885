"""What every fact judge promises, whoever it asks: the same tests for rules and language model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from honest_model import honest
from llm_server import endpoint

from apeft.facts.assess import assess
from apeft.facts.extract import StatedFact
from apeft.facts.judge import FactJudge, TypedJudge
from apeft.facts.knowledge import Knowledge
from apeft.facts.llm.judge import LlmJudge
from apeft.facts.retrieve import Passages
from apeft.llm.cache import ReplyCache
from apeft.llm.endpoint import EndpointChat, EndpointSettings
from apeft.llm.reader import Reader
from apeft.rng import keyed
from apeft.sources.documents import Document

LEAD = "Marie Curie was a Polish and French physicist and chemist. She was born in 1867."
CURIE: dict[str, Any] = {"id": "person/marie-curie", "kind": "person", "name": "Marie Curie",
                         "aliases": [], "text": LEAD}  # fmt: skip
NOBODY: dict[str, Any] = {"id": "person/no-body", "kind": "person", "name": "Marie Curie Nobody",
                          "aliases": [], "text": ""}  # fmt: skip
VALUES = [("nationality", "French"), ("nationality", "Polish"), ("profession", "physicist"),
          ("profession", "chemist"), ("birth_year", "1867")]  # fmt: skip


@pytest.fixture(params=["typed", "llm"])
def judge(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FactJudge]:
    facts = [{"entity": CURIE["id"], "relation": name, "value": value} for name, value in VALUES]
    knowledge = Knowledge.build([CURIE, NOBODY], facts, {})
    if request.param == "typed":
        yield TypedJudge(knowledge)
        return
    pages = [Document("Marie Curie", LEAD), Document("Pierre", "Pierre was a physicist.")]
    passages = Passages.build(tmp_path / "passages.sqlite", pages, words=12)
    with endpoint(honest(CURIE)) as server:
        chat = EndpointChat(EndpointSettings(server.url, "honest", retries=0))
        yield LlmJudge(Reader(chat, ReplyCache(None)), passages, knowledge)


def verdict(judge: FactJudge, relation: str, value: str, of: dict[str, Any] = CURIE) -> str:
    return judge.verify(of, StatedFact(relation, value, 0, 0)).verdict


def test_it_has_the_methods_of_a_fact_judge(judge: FactJudge) -> None:
    assert isinstance(judge, FactJudge)


def test_what_the_source_says_is_supported_and_the_evidence_is_shown(judge: FactJudge) -> None:
    for relation, value in VALUES:
        found = judge.verify(CURIE, StatedFact(relation, value, 0, 0))
        assert found.verdict == "supported"
        assert value in found.evidence


def test_what_the_source_excludes_is_contradicted(judge: FactJudge) -> None:
    assert verdict(judge, "nationality", "Italian") == "contradicted"
    assert verdict(judge, "birth_year", "1868") == "contradicted"
    assert verdict(judge, "profession", "boxer") == "contradicted"


def test_what_the_source_leaves_open_is_unscored(judge: FactJudge) -> None:
    assert verdict(judge, "death_year", "1934") == "not_stated"
    assert verdict(judge, "profession", "scientist") == "not_stated"


def test_of_a_subject_without_a_source_everything_is_unscored(judge: FactJudge) -> None:
    for relation, value in VALUES:
        assert verdict(judge, relation, value, NOBODY) == "not_stated"
    assert judge.contradict(NOBODY, "nationality", ["Dutch"], keyed(0)) is None


def test_a_text_is_taken_apart_and_judged_and_each_span_holds_its_fact(judge: FactJudge) -> None:
    text = "Marie Curie was a French physicist. She was born in 1870. Her father was a boxer."
    facts = judge.extract(text, CURIE)
    assert [judge.verify(CURIE, fact).verdict for fact in facts] == [
        "supported", "supported", "contradicted",
    ]  # fmt: skip
    for fact, value in zip(facts, ("French", "physicist", "1870"), strict=True):
        assert value in text[fact.start : fact.end]
        assert value in fact.value


def test_the_score_of_a_text_is_its_share_of_supported_facts(judge: FactJudge) -> None:
    text = "Marie Curie was a French physicist, born in 1870."
    response = {"id": "r", "entity": CURIE["id"], "text": text}
    facts, score = assess(judge, response, CURIE, gamma=0)
    assert len(facts) == 3
    assert score.score == pytest.approx(2 / 3)


@pytest.mark.parametrize("text", ["", "   \n", "What a lovely day it is today!"])
def test_a_text_without_facts_gives_none(judge: FactJudge, text: str) -> None:
    assert judge.extract(text, CURIE) == []


def test_the_same_text_gives_the_same_facts(judge: FactJudge) -> None:
    assert judge.extract(LEAD, CURIE) == judge.extract(LEAD, CURIE) != []


def test_a_question_names_its_subject(judge: FactJudge) -> None:
    for relation, _ in VALUES:
        asked = judge.ask(CURIE, relation)
        assert "Marie Curie" in asked
        assert asked.endswith("?")


def test_answers_are_right_wrong_or_undecided(judge: FactJudge) -> None:
    assert judge.grade(CURIE, "nationality", " She was French.").correct is True
    assert judge.grade(CURIE, "birth_year", " 1868").correct is False
    assert judge.grade(CURIE, "profession", " a scientist").correct is None
    for nothing in ("", " \n", "@@##~~ ]][", "xcv bnm qwrt zxc"):
        assert judge.grade(CURIE, "nationality", nothing).correct is None


def test_the_value_of_an_answer_is_told_and_an_answer_without_one_has_none(
    judge: FactJudge,
) -> None:
    assert judge.grade(CURIE, "nationality", " She was Italian.").value == "Italian"
    assert judge.grade(CURIE, "nationality", " She was there.").value is None


def test_a_contradiction_is_wrong_and_depends_on_the_generator_alone(judge: FactJudge) -> None:
    others = ["Dutch", "French", "German", "Italian", "Polish"]
    drawn = [judge.contradict(CURIE, "nationality", others, keyed(0, n)) for n in range(12)]
    assert len(set(drawn)) > 1
    assert set(drawn) <= {"Dutch", "German", "Italian"}
    again = [judge.contradict(CURIE, "nationality", others, keyed(0, n)) for n in range(12)]
    assert drawn == again


def test_there_is_no_contradiction_of_what_nobody_knows(judge: FactJudge) -> None:
    assert judge.contradict(CURIE, "death_year", ["1900"], keyed(0)) is None


def test_a_statement_states_its_value_behind_its_cloze(judge: FactJudge) -> None:
    told = judge.statement(CURIE, "birth_year", "1867")
    assert told.startswith(judge.cloze(CURIE, "birth_year"))
    assert judge.answer_text("birth_year", "1867") in told
