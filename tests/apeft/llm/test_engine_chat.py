"""A language model in this process as Chat: whole batches, schemas, garbage and failures."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from apeft.facts.extract import StatedFact
from apeft.facts.knowledge import Knowledge
from apeft.facts.llm.judge import LlmJudge
from apeft.facts.relations import CLAIM
from apeft.facts.retrieve import Passages
from apeft.llm.cache import ReplyCache
from apeft.llm.engine import SamplerChat, plain
from apeft.llm.reader import BAD_REPLY, Reader
from apeft.models.load import LoadedModel
from apeft.sampling.base import Completion, SampleSettings
from apeft.sources.documents import Document

LEAD = "Marie Curie was a Polish and French physicist and chemist. She was born in 1867."
CURIE: dict[str, Any] = {"id": "person/marie-curie", "kind": "person", "name": "Marie Curie",
                         "aliases": [], "text": LEAD}  # fmt: skip
BORN = StatedFact(CLAIM, "Marie Curie was born in the year 1867.", 0, 5)


@pytest.fixture
def passages(tmp_path: Path) -> Passages:
    return Passages.build(tmp_path / "passages.sqlite", [Document("Marie Curie", LEAD)], words=12)


def test_a_real_model_in_this_process_that_writes_no_json_leaves_everything_unscored(
    tiny: LoadedModel, passages: Passages
) -> None:
    """A random model is the garbage that nobody had to think of."""
    from apeft.sampling.hf import HfSampler

    chat = SamplerChat(HfSampler(tiny, rows=8), "tiny", max_tokens=8, workers=4)
    reader = Reader(chat, ReplyCache(None))
    judge = LlmJudge(reader, passages, Knowledge.build([CURIE], [], {}))
    claims = [StatedFact(CLAIM, f"Marie Curie was born in {year}.", 0, 1) for year in range(6)]
    reader.warm(judge.verify, [(CURIE, claim) for claim in claims])
    assert {judge.verify(CURIE, claim).reason for claim in claims} == {BAD_REPLY}
    counts = reader.spent.counts()
    assert (counts["judge_unreadable"], counts["judge_calls"]) == (6, 12)
    assert 0 < counts["judge_completion"] <= 12 * 8


class Echo:
    """A sampler that counts its batches and answers with a fixed line."""

    batch_independent = True

    def __init__(self, text: str) -> None:
        self.text = text
        self.batches: list[list[str]] = []
        self.schemas: list[str] = []

    def sample(self, prompts: Any, settings: SampleSettings) -> list[list[Completion]]:
        import time

        time.sleep(0 if self.batches else 0.5)  # the others come in meanwhile
        self.batches.append(list(prompts))
        self.schemas.append(settings.schema)
        return [[Completion(self.text, (1, 2, 3), True, 0)] for _ in prompts]


def test_an_engine_gets_waiting_requests_in_batches(passages: Passages) -> None:
    engine = Echo('{"verdict": "supported", "passage": 1}')
    reader = Reader(SamplerChat(engine, "echo", workers=8), ReplyCache(None))
    judge = LlmJudge(reader, passages, Knowledge.build([CURIE], [], {}))
    claims = [StatedFact(CLAIM, f"Marie Curie was born in {year}.", 0, 1) for year in range(16)]
    reader.warm(judge.verify, [(CURIE, claim) for claim in claims])
    assert {judge.verify(CURIE, claim).verdict for claim in claims} == {"supported"}
    assert sum(map(len, engine.batches)) == 16
    assert len(engine.batches) < 16
    assert max(map(len, engine.batches)) > 1
    assert all(prompt.endswith("\n\nAssistant:") for prompt in engine.batches[0])


def test_a_guided_engine_is_bound_to_one_schema_a_call_and_replies_are_kept_apart() -> None:
    class Guided(Echo):
        guided = True

    engine = Guided("{}")
    chat = SamplerChat(engine, "echo", workers=8)
    asked = [([{"role": "user", "content": str(n)}], {"title": f"s{n % 2}"}) for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda one: chat.complete(*one, "task"), asked))
    assert sorted(set(engine.schemas)) == ['{"title": "s0"}', '{"title": "s1"}']
    for batch, schema in zip(engine.batches, engine.schemas, strict=True):
        numbers = {int(prompt.split()[1]) % 2 for prompt in batch}
        assert [json.loads(schema)["title"]] == [f"s{n}" for n in numbers]
    assert chat.settings != SamplerChat(Echo("{}"), "echo").settings


def test_an_engine_that_fails_tells_every_thread_that_waits(passages: Passages) -> None:
    class Broken(Echo):
        def sample(self, prompts: Any, settings: SampleSettings) -> list[list[Completion]]:
            raise RuntimeError("out of memory")

    reader = Reader(SamplerChat(Broken(""), "broken", workers=4), ReplyCache(None))
    judge = LlmJudge(reader, passages, Knowledge.build([CURIE], [], {}))
    with pytest.raises(RuntimeError, match="out of memory"):
        reader.warm(judge.verify, [(CURIE, BORN), (CURIE, StatedFact(CLAIM, "She sang.", 0, 1))])


def test_a_conversation_without_a_template_names_who_speaks() -> None:
    told = plain([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}])
    assert told == "System: Be brief.\n\nUser: Hi\n\nAssistant:"
