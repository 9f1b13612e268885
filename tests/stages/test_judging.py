"""Section ``judge``: nothing happens for the rules, and a model is asked through real stages."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from honest_model import honest
from llm_server import Sent, endpoint, in_turn, says

from apeft.errors import UserError
from apeft.facts.judge import TypedJudge
from apeft.facts.knowledge import Knowledge
from apeft.records import Record, read_json, read_jsonl, write_json, write_jsonl
from stages import atomic, detect, grade, score
from stages.check import check, discover, load
from stages.judging import JudgeParams, judging, passages
from stages.stage import validate

ROOT = Path(__file__).resolve().parents[2]
KEY = "sk-very-secret-0123456789"
PEOPLE = {
    "Ada Lovelace": "Ada Lovelace was an English writer. She was born in 1815.",
    "Claude Debussy": "Claude Debussy was a French composer. He was born in 1862.",
    "Ann Nobody": "",
}


def entity(name: str) -> Record:
    return {"id": f"person/{name.lower().replace(' ', '-')}", "kind": "person", "name": name,
            "aliases": [], "split": "train", "sources": ["hand"], "text": ""}  # fmt: skip


ENTITIES = [entity(name) for name in PEOPLE]


@pytest.fixture
def params(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The default's parameters, for a judge at an endpoint, in a workspace with three people."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEST_KEY", KEY)
    write_jsonl(Path("out/knowledge/entities.jsonl"), ENTITIES)
    write_jsonl(Path("out/knowledge/facts.jsonl"), [])
    write_json(Path("out/knowledge/lexicon.json"), {})
    pages = [{"title": name, "text": text} for name, text in PEOPLE.items() if text]
    Path("dump.jsonl").write_text("".join(json.dumps(page) + "\n" for page in pages))
    texts = {
        "Ada Lovelace": ["Ada Lovelace was an English writer, born in 1815.",
                         "Ada Lovelace was a French writer. She was born in 1900.",
                         "Ada Lovelace was a boxer. She died in 1852."],
        "Claude Debussy": ["Claude Debussy was a French composer, born in 1862.",
                           "Claude Debussy was a German composer, born in 1870."],
        "Ann Nobody": ["Ann Nobody was a French writer."],
    }  # fmt: skip
    responses = [
        {"id": f"{who['id']}/{n}", "entity": who["id"], "split": "train", "prompt": who["id"],
         "plain": "Biography:",
         "text": text, "ended": True, "tokens": [1], "set": "bio"}
        for who in ENTITIES for n, text in enumerate(texts[who["name"]])
    ]  # fmt: skip
    write_jsonl(Path("out/sample/responses.jsonl"), responses)
    data = copy.deepcopy(load(ROOT / "params.yaml"))
    data["judge"] |= {"kind": "llm", "model": "tester", "key_env": "TEST_KEY", "retries": 0,
                      "price_prompt": 1.0, "price_completion": 1.0}  # fmt: skip
    data["judge"]["passages"] |= {"source": "file:dump.jsonl", "words": 20}
    return data


def run(script: Any, data: dict[str, Any], url: str) -> Any:
    data["judge"]["endpoint"] = url
    return script.main(validate(data, script.READS))


def test_the_default_judges_by_rules_and_asks_nobody(params: dict[str, Any]) -> None:
    default = JudgeParams.model_validate(load(ROOT / "params.yaml")["judge"])
    by = judging(default, Knowledge.load(Path("out/knowledge")))
    assert isinstance(by.judge, TypedJudge)
    by.warm(lambda: pytest.fail("rules need no warming"), [()])
    assert (by.told(), by.counts(), by.reader) == ("", {}, None)
    assert not Path(".work").exists()


def test_scores_come_from_the_model_and_a_second_run_is_the_same_and_free(
    params: dict[str, Any], tmp_path: Path
) -> None:
    """By hand: Lovelace 3 of 3, 1 of 3, 0 of 1; Debussy 3 of 3, 1 of 3; Nobody unscored."""
    with endpoint(honest(*ENTITIES)) as server:
        made = run(score, params, server.url)
        rows = read_jsonl(Path("out/score/responses.jsonl"))
        assert [row["score"] for row in rows] == pytest.approx([1, 1 / 3, 0, 1, 1 / 3, None])
        assert [fact["reason"] for fact in rows[5]["facts"]] == ["no page on this subject"] * 2
        # Six texts, and 14 facts on pages, two of which are told twice and asked once.
        assert made.tokens["judge_calls"] == len(server.calls) == 6 + 12
        assert f"cost {18 * 110 / 1e6:.4f}" in made.line
        assert made.tokens["judge_millionths"] == 18 * 110
        before = Path("out/score/responses.jsonl").read_bytes()
        again = run(score, params, server.url)
        assert Path("out/score/responses.jsonl").read_bytes() == before
        assert len(server.calls) == 18
        assert again.tokens["judge_calls"] == 0
        assert again.tokens["judge_cached"] == 18
        assert "0 calls, 18 kept replies" in again.line
    written = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert KEY.encode() not in written


def test_pairs_facts_and_atomic_pairs_follow_from_the_models_claims(
    params: dict[str, Any],
) -> None:
    from apeft.detection import detected
    from apeft.pairs.general import PairRule, general_pairs
    from apeft.questions import aspect, fact_question

    with endpoint(honest(*ENTITIES)) as server:
        run(score, params, server.url)
        rows = read_jsonl(Path("out/score/responses.jsonl"))
        pairs = [
            pair for who in ENTITIES
            for pair in general_pairs([row for row in rows if row["entity"] == who["id"]],
                                      PairRule("shared", 0.2, 3, 0.1), 1)[0]
        ]  # fmt: skip
        # The text with one decided fact has the wider gap, and is too short to be compared.
        assert [pair["gap"] for pair in pairs] == pytest.approx([2 / 3, 2 / 3])
        knowledge = Knowledge.load(Path("out/knowledge"))
        by = judging(JudgeParams.model_validate(params["judge"]), knowledge)
        facts, left_out = by.facts_to_ask(pairs, knowledge)
        assert [(fact["question"], fact["values"]) for fact in facts][:3] == [
            ("In which year was Ada Lovelace born?", ["1815"]),
            ("What was Ada Lovelace's nationality?", ["English"]),
            ("What was Ada Lovelace's profession?", ["writer"]),
        ]
        assert (len(facts), left_out) == (6, 0)
        shots = {"birth_year": [["Question: when?\nAnswer:", "1900"]]}
        asked = [fact_question(fact, by.judge, knowledge, shots) for fact in facts]
        assert asked[0]["text"].endswith("In which year was Ada Lovelace born?\nAnswer:")
        assert asked[0]["text"].startswith("Question: when?\nAnswer: 1900")
        rows = []
        for fact, answers in zip(
            asked, [[" 1815", " in 1816"], *[[" I do not know."] * 2] * 5], strict=True
        ):
            who = knowledge.entity(fact["entity"])
            grades = [by.judge.grade(who, aspect(fact), answer) for answer in answers]
            samples = [
                {"id": str(n), "text": answer, "ended": True, **vars(match)}
                for n, (answer, match) in enumerate(zip(answers, grades, strict=True))
            ]
            rows.append(detected(fact, samples, 0.5))
        assert [row["class"] for row in rows] == ["potentially_known", *["unknown"] * 5]
        write_jsonl(Path("out/detect/facts.jsonl"), rows)
        run(atomic, params, server.url)
        (pair,) = read_jsonl(Path("out/atomic/pairs.jsonl"))
        assert (pair["chosen"], pair["rejected"], pair["relation"]) == (
            " 1815", " in 1816", "claim",
        )  # fmt: skip
        params["atomic"] |= {"chosen": "knowledge", "rejected": "other", "classes": ["unknown"]}
        run(atomic, params, server.url)
        pairs = read_jsonl(Path("out/atomic/pairs.jsonl"))
        assert {p["chosen"] for p in pairs} >= {" English", " writer"}
        assert all(p["chosen"] != p["rejected"] for p in pairs)


def test_an_endpoint_that_writes_garbage_leaves_every_response_unscored(
    params: dict[str, Any],
) -> None:
    with endpoint(in_turn(says("As an AI, I cannot."))) as server:
        made = run(score, params, server.url)
    counts = read_json(Path("out/score/counts.json"))
    assert counts == {"responses": 6, "unscored": 6, "not_stated": 6}
    assert made.tokens["judge_unreadable"] == 6


def test_an_endpoint_that_is_down_ends_the_stage_with_one_error_and_no_output(
    params: dict[str, Any],
) -> None:
    with (
        endpoint(in_turn(Sent(503, ""))) as server,
        pytest.raises(UserError, match="gave no reply 3 times in a row"),
    ):
        run(score, params, server.url)
    assert not Path("out/score").exists()


def test_questions_are_judged_by_the_model_too(params: dict[str, Any]) -> None:
    from apeft.evaluation.grade import by_model, grade_questions

    rows = [
        {"id": name, "set": name, "entity": "q", "group": group, "question": "Why is it so?",
         "text": "It is a fact."}
        for name, group in (("freshqa-premise", "false"), ("selfaware", "answerable"))
    ]  # fmt: skip
    with endpoint(in_turn(says('{"verdict": "yes"}'))) as server:
        params["judge"]["endpoint"] = server.url
        section = JudgeParams.model_validate(params["judge"])
        by = judging(section, Knowledge.load(Path("out/knowledge")))
        assert by.reader is not None
        graded = grade_questions(rows, {}, by_model(by.reader))
    assert [(row["reject"], row["correct"]) for row in graded] == [(True, True), (True, False)]
    assert [call.task for call in server.calls] == ["rejects_premise", "admits_not_knowing"]


@pytest.mark.parametrize("script", [score, detect, atomic, grade])
def test_every_stage_that_judges_reads_the_section(script: Any) -> None:
    assert script.READS["judge"] is JudgeParams


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": "llm"}, "judge.endpoint: a judge of kind llm"),
        ({"kind": "llm"}, "judge.model: must be given"),
        ({"key_env": KEY}, "judge.key_env: not the NAME"),
        ({"kind": "gpt"}, "judge.kind"),
        ({"concurrency": 0}, "judge.concurrency"),
        ({"price_prompt": -1.0}, "judge.price_prompt"),
        ({"passages.source": "ftp://x"}, "judge.passages.source: give vital"),
        ({"kind": "llm", "passages.source": "hub:a/b", "passages.revision": "main"},
         "judge.passages.revision: a hub data set needs a commit hash"),
        ({"kind": "llm", "endpoint": "http://h/v1", "model": "m", "form": "statement"},
         "atomic.form: a claim has no statement"),
    ],
)  # fmt: skip
def test_impossible_values_are_refused_before_any_work(changes: dict[str, Any], said: str) -> None:
    data = load(ROOT / "params.yaml")
    for key, value in changes.items():
        if key == "form":
            data["atomic"]["form"] = value
        elif key.startswith("passages."):
            data["judge"]["passages"][key.partition(".")[2]] = value
        else:
            data["judge"][key] = value
    with pytest.raises(UserError, match=said) as caught:
        check(data, discover(), where="params.yaml")
    assert KEY not in str(caught.value)


def test_a_store_of_pages_is_made_once_and_anew_for_another_dump(
    params: dict[str, Any],
) -> None:
    knowledge = Knowledge.load(Path("out/knowledge"))
    section = JudgeParams.model_validate(params["judge"]).passages
    first = passages(section, knowledge)
    assert (first.pages, passages(section, knowledge).path) == (2, first.path)
    with Path("dump.jsonl").open("a") as file:
        file.write(json.dumps({"title": "Ann Nobody", "text": "Ann was a poet."}) + "\n")
    other = passages(section, knowledge)
    assert other.path != first.path
    assert other.pages == 3
    gone = section.model_copy(update={"source": "file:nowhere.jsonl"})
    with pytest.raises(UserError, match="no such file"):
        passages(gone, knowledge)


def test_the_vital_articles_are_the_default_source(
    params: dict[str, Any], source_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APEFT_SOURCES", str(source_dir))
    Path("sources.txt").write_bytes((ROOT / "sources.txt").read_bytes())
    default = JudgeParams.model_validate(load(ROOT / "params.yaml")["judge"]).passages
    store = passages(default, Knowledge.load(Path("out/knowledge")))
    (best, *_) = store.find(["Claude Debussy"], "Debussy was a French composer", 5)
    assert "Debussy" in best
