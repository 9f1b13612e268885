"""A judge that runs in the stage's own process: a real sampler on a real, if ignorant, model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from families import FAMILIES, make

from apeft.errors import UserError
from apeft.facts.knowledge import Knowledge
from apeft.llm.engine import plain, templated
from apeft.records import read_jsonl, write_json, write_jsonl
from stages import score
from stages.check import check, discover, load
from stages.lockfile import root
from stages.stage import validate

ADA = {"id": "person/ada", "kind": "person", "name": "Ada Lovelace", "aliases": [],
       "split": "train", "sources": ["hand"], "text": ""}  # fmt: skip
TEXT = "Ada Lovelace was an English writer."
TEMPLATE = (
    "{{ bos_token }}{% for m in messages %}[{{ m['role'] }}] {{ m['content'] }}\n{% endfor %}"
    "{% if add_generation_prompt %}[assistant]{% endif %}"
)


@pytest.fixture
def params(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The default's parameters, for a judge of two random layers in this process."""
    monkeypatch.chdir(tmp_path)
    write_jsonl(Path("out/knowledge/entities.jsonl"), [ADA])
    write_jsonl(Path("out/knowledge/facts.jsonl"), [])
    write_json(Path("out/knowledge/lexicon.json"), {})
    Path("dump.jsonl").write_text(json.dumps({"title": ADA["name"], "text": TEXT}) + "\n")
    write_jsonl(
        Path("out/sample/responses.jsonl"),
        [{"id": "person/ada/0", "entity": "person/ada", "split": "train", "prompt": "person/ada",
          "plain": "Biography:", "text": TEXT, "ended": True, "tokens": [1], "set": "bio"}],
    )  # fmt: skip
    tokenizer = make(FAMILIES["llama-3"], [TEXT], tmp_path / "judge")
    tokenizer.chat_template = TEMPLATE
    tokenizer.save_pretrained(tmp_path / "judge")
    data = load(root() / "params.yaml")
    data["judge"] |= {"kind": "llm", "model": "two layers", "max_tokens": 64, "concurrency": 2}
    data["judge"]["engine"] |= {"sampler": "transformers", "folder": str(tmp_path / "judge")}
    data["judge"]["passages"] |= {"source": "file:dump.jsonl", "words": 20}
    return data


def test_nonsense_is_unscored_and_kept_and_a_second_run_asks_nothing(
    params: dict[str, Any],
) -> None:
    made = score.main(validate(params, score.READS))
    (row,) = read_jsonl(Path("out/score/responses.jsonl"))
    assert row["score"] is None
    assert made.tokens["judge_calls"] == 2  # the question and its one repetition
    again = score.main(validate(params, score.READS))
    assert again.tokens["judge_calls"] == 0
    assert (Path(".work/judge") / "replies.sqlite").is_file()


def test_a_conversation_follows_the_models_template_without_a_second_begin(tmp_path: Path) -> None:
    tokenizer = make(FAMILIES["llama-3"], [TEXT], tmp_path)
    messages = [{"role": "system", "content": "Judge."}, {"role": "user", "content": "True?"}]
    assert templated(tokenizer) is plain
    tokenizer.chat_template = TEMPLATE
    text = templated(tokenizer)(messages)
    ids = tokenizer(text)["input_ids"]
    assert ids.count(tokenizer.bos_token_id) == 1
    assert text.removeprefix(tokenizer.bos_token) == "[system] Judge.\n[user] True?\n[assistant]"


def test_a_folder_without_a_model_is_told_before_anything_is_asked(
    params: dict[str, Any], tmp_path: Path
) -> None:
    from stages.judging import JudgeParams, judging

    params["judge"]["engine"]["folder"] = str(tmp_path / "nowhere")
    section = JudgeParams.model_validate(params["judge"])
    with pytest.raises(UserError, match="nowhere"):
        judging(section, Knowledge.load(Path("out/knowledge")))


@pytest.mark.parametrize(
    ("judge", "engine", "said"),
    [
        ({"endpoint": "http://127.0.0.1:1/v1"}, {}, "give one of the two"),
        ({}, {"sampler": None}, "give one of the two"),
        ({}, {"folder": None}, "judge.engine.folder: must be given"),
        ({"model": None}, {}, "judge.model: must be given"),
    ],
)
def test_an_endpoint_and_an_engine_exclude_each_other(
    params: dict[str, Any], judge: dict[str, Any], engine: dict[str, Any], said: str
) -> None:
    params["judge"] |= judge
    params["judge"]["engine"] |= engine
    with pytest.raises(UserError, match=said):
        check(params, discover(), where="params.yaml")
