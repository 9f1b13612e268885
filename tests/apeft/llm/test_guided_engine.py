"""Guided decoding in this process: a small real model that never writes JSON by itself must.

Run with `make test-vllm`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from apeft.facts.llm import decompose, verify
from apeft.judges.llm import LlmQuestionJudge
from apeft.llm.cache import ReplyCache
from apeft.llm.engine import SamplerChat, templated
from apeft.llm.reader import BAD_REPLY, Reader, Task
from apeft.models.load import Machine, load_tokenizer, weights_folder
from apeft.sampling.base import SampleSettings
from apeft.sampling.engine import EngineSettings
from apeft.sampling.vllm import VllmSampler

pytestmark = pytest.mark.vllm

ASKED = [
    ("When did Einstein win his third Nobel Prize?", "He only ever won one."),
    ("Who was the first woman on the moon?", "Sally Ride."),
    ("Why is the sky green?", "The sky is blue, not green."),
    ("What kind of plants are foxes?", "Foxes are mammals."),
]


@pytest.fixture(scope="module")
def engine(model_dir: Path) -> Iterator[VllmSampler]:
    settings = EngineSettings(memory_share=0.25, max_length=1024, guided=True)
    sampler = VllmSampler(model_dir, Machine("cpu", 2, "sdpa"), "float32", settings)
    yield sampler
    sampler.close()


@pytest.fixture
def reader(engine: VllmSampler, model_dir: Path) -> Reader:
    render = templated(load_tokenizer(weights_folder(model_dir)))
    chat = SamplerChat(engine, "SmolLM2", max_tokens=256, workers=4, render=render)
    return Reader(chat, ReplyCache(None))


def test_every_verdict_is_one_of_the_schemas(reader: Reader) -> None:
    judge = LlmQuestionJudge(reader)
    calls = [(question, answer) for question, answer in ASKED]
    reader.warm(judge.rejects_premise, calls)
    reader.warm(judge.admits_not_knowing, calls)
    grades = [judge.rejects_premise(*one) for one in calls]
    grades += [judge.admits_not_knowing(*one) for one in calls]
    reasons = {grade.reason for grade in grades}
    assert reasons <= {"judge: yes", "judge: no", "judge: cannot_tell"}, reasons
    assert BAD_REPLY not in reasons
    assert reader.spent.counts()["judge_unreadable"] == 0


def test_schemas_of_several_tasks_are_followed_side_by_side(reader: Reader) -> None:
    """A model as small as this repeats itself until it is cut; until then it keeps to the form."""
    sentences = [{"number": 1, "text": "Marie Curie was a Polish physicist."}]
    tasks: list[tuple[Task[Any], dict[str, Any]]] = [
        (verify.TASK, {"subject": "Marie Curie", "statement": "Marie Curie was born in 1867.",
                       "passages": [{"number": 1, "text": "Marie Curie was born in 1867."}]}),
        (decompose.TASK, {"subject": "Marie Curie", "sentences": sentences}),
    ]  # fmt: skip

    def asked(one: tuple[Task[Any], dict[str, Any]]) -> str:
        task, material = one
        schema = task.shape.model_json_schema()
        return reader.chat.complete(task.messages(material), schema, task.name).text

    with ThreadPoolExecutor(2) as pool:
        verdict, facts = pool.map(asked, tasks)
    assert verify.TASK.shape.model_validate_json(verdict)
    assert re.match(r'\{\s*"facts"\s*:\s*\[', facts)


def test_an_engine_that_was_not_started_for_schemas_refuses_one(model_dir: Path) -> None:
    free = object.__new__(VllmSampler)
    free.__dict__["_settings"] = EngineSettings()
    with pytest.raises(ValueError, match="started without `guided`"):
        free.sample(["a"], SampleSettings(schema="{}"))
