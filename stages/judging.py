"""Section ``judge``: who finds, verifies and grades facts, made ready for a stage.

The default's rules need nothing of it. A language model is asked at an endpoint; its replies are
kept in ``.work/judge/``, outside every output, and what a run asked goes to its cost record.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from apeft.errors import UserError
from apeft.facts.judge import FactJudge, TypedJudge
from apeft.facts.knowledge import Knowledge
from apeft.facts.llm.asked import open_facts
from apeft.facts.llm.judge import LlmJudge
from apeft.facts.retrieve import Passages, subjects
from apeft.llm.cache import ReplyCache
from apeft.llm.endpoint import ENVIRONMENT_NAME, EndpointChat, EndpointSettings
from apeft.llm.engine import SamplerChat, templated
from apeft.llm.reader import Reader
from apeft.llm.spent import Prices
from apeft.questions import paired_facts
from apeft.records import Record, digest, write_json
from apeft.sampling.factory import SamplerName
from apeft.sources.default import LEADS, NAMES, default_sources
from apeft.sources.documents import Document, hub_documents, lead_documents, local_documents
from apeft.sources.packages import default_folder, fetch
from stages.machine import Dtype
from stages.stage import Section

WORK = Path(".work")
SOURCE = re.compile(r"vital|file:.+|hub:[\w.-]+/[\w.-]+")
REVISION = re.compile(r"[0-9a-f]{40}")


class PassageParams(Section):
    """Pages that claims are verified against."""

    source: str
    local_sources: str | None
    revision: str | None
    config: str | None
    split: str
    words: int = Field(ge=20, le=2000)
    per_fact: int = Field(ge=1, le=50)


class EngineParams(Section):
    """A judge that runs in the stage's own process."""

    sampler: SamplerName | None
    folder: str | None
    device: Literal["cpu", "cuda"]
    threads: int = Field(ge=1)
    dtype: Dtype
    rows: int = Field(ge=1)
    tensor_parallel: int = Field(ge=1)
    memory_share: float = Field(gt=0, le=1)
    max_length: int = Field(ge=256)


class JudgeParams(Section):
    """Who judges, and for a language model where and how it is asked."""

    kind: Literal["typed", "llm"]
    engine: EngineParams
    endpoint: str | None
    model: str | None
    key_env: str | None
    temperature: float | None = Field(ge=0, le=2)
    max_tokens: int = Field(ge=64)
    limit_name: Literal["max_tokens", "max_completion_tokens"]
    reply_format: Literal["json_schema", "json_object", "none"]
    concurrency: int = Field(ge=1, le=1024)
    timeout: float = Field(gt=0)
    retries: int = Field(ge=0, le=20)
    price_prompt: float | None = Field(ge=0)
    price_completion: float | None = Field(ge=0)
    cache: str | None
    passages: PassageParams


def check(sections: Mapping[str, Any]) -> list[str]:
    """Rules across the keys of ``judge``; a value that may be a key is never shown."""
    params: JudgeParams = sections["judge"]
    faults = []
    if params.key_env is not None and not ENVIRONMENT_NAME.fullmatch(params.key_env):
        faults.append("judge.key_env: not the NAME of an environment variable (capital letters, "
                      "digits, underscores); never write a key here")  # fmt: skip
    if not SOURCE.fullmatch(params.passages.source):
        faults.append("judge.passages.source: give vital, file:PATH or hub:OWNER/NAME "
                      f"(given: {params.passages.source!r})")  # fmt: skip
    if params.kind == "typed":
        return faults
    if not params.model:
        faults.append("judge.model: must be given when judge.kind is llm")
    engine = params.engine
    if bool(params.endpoint) == bool(engine.sampler):
        faults.append("judge.endpoint: a judge of kind llm is asked at an endpoint or by "
                      "judge.engine.sampler: give one of the two")  # fmt: skip
    if engine.sampler and not engine.folder:
        faults.append("judge.engine.folder: must be given with judge.engine.sampler")
    pinned = REVISION.fullmatch(params.passages.revision or "")
    if params.passages.source.startswith("hub:") and not pinned:
        faults.append("judge.passages.revision: a hub data set needs a commit hash (40 digits)")
    return faults


class Judging:
    """The judge of a run, and how its questions are sent side by side."""

    def __init__(self, judge: FactJudge, reader: Reader | None = None) -> None:
        self.judge = judge
        self.reader = reader

    def warm(self, function: Callable[..., Any], calls: Iterable[tuple[Any, ...]]) -> None:
        """Ask for what the same calls in a loop will need; rules need nothing."""
        if self.reader is not None:
            self.reader.warm(function, calls)

    def facts_to_ask(
        self, pairs: Sequence[Record], knowledge: Knowledge
    ) -> tuple[list[Record], int]:
        """Return the facts of training pairs that can be asked for, and how many cannot."""
        if isinstance(self.judge, LlmJudge):
            return open_facts(pairs, self.judge, knowledge)
        return paired_facts(pairs, knowledge)

    def counts(self) -> dict[str, int]:
        """Return calls and tokens for the cost record."""
        return {} if self.reader is None else self.reader.spent.counts()

    def told(self) -> str:
        """Return the end of a stage's closing line."""
        return "" if self.reader is None else f"; {self.reader.spent.line()}"


def judging(params: JudgeParams, knowledge: Knowledge) -> Judging:
    """Make the judge ready; UserError when its endpoint, key or pages cannot be had."""
    if params.kind == "typed":
        return Judging(TypedJudge(knowledge))
    reader = open_reader(params)
    store = passages(params.passages, knowledge)
    return Judging(LlmJudge(reader, store, knowledge, per_fact=params.passages.per_fact), reader)


def open_reader(params: JudgeParams) -> Reader:
    """Open the language model; its replies are kept where ``judge.cache`` says."""
    chat = _in_process(params) if params.engine.sampler else _at_endpoint(params)
    cache = Path(params.cache) if params.cache else WORK / "judge" / "replies.sqlite"
    return Reader(chat, ReplyCache(cache), Prices(params.price_prompt, params.price_completion))


def _at_endpoint(params: JudgeParams) -> EndpointChat:
    return EndpointChat(
        EndpointSettings(
            endpoint=params.endpoint or "",
            model=params.model or "",
            key_env=params.key_env,
            temperature=params.temperature,
            max_tokens=params.max_tokens,
            limit_name=params.limit_name,
            reply_format=params.reply_format,
            concurrency=params.concurrency,
            timeout=params.timeout,
            retries=params.retries,
        )
    )


def _in_process(params: JudgeParams) -> SamplerChat:
    """Open the judge's own model; replies are kept under its name and its weights' hashes."""
    from apeft.models.load import Machine, load_tokenizer, weights_folder
    from apeft.models.source import from_folder
    from apeft.sampling.engine import EngineSettings
    from apeft.sampling.factory import open_sampler

    p = params.engine
    assert p.sampler is not None
    assert p.folder is not None
    try:
        identity = {**from_folder(Path(p.folder)), "name": params.model}
    except UserError as error:
        where = f"judge.engine.folder: {p.folder}"
        raise UserError(error.what, where=where, fix=error.fix) from None
    known = digest([params.model, identity["sha256"]])
    folder = WORK / "judge" / known[:16]  # describes the model, as the stage `model` does
    write_json(folder / "identity.json", identity)
    machine = Machine(p.device, p.threads, "grouped" if p.device == "cpu" else "sdpa")
    guided = params.reply_format == "json_schema"
    engine = EngineSettings(p.tensor_parallel, 1, p.memory_share, p.max_length, None, guided)
    return SamplerChat(
        open_sampler(p.sampler, folder, machine, p.dtype, rows=p.rows, engine=engine),
        f"{params.model} {known[:16]}",
        max_tokens=params.max_tokens,
        temperature=params.temperature or 0.0,
        workers=params.concurrency,
        render=templated(load_tokenizer(weights_folder(folder))),
    )


def passages(params: PassageParams, knowledge: Knowledge) -> Passages:
    """Open the store of pages of the entities at hand, made once for its source."""
    entities = knowledge.entities.values()
    names = {name for row in entities for name in (row["name"], *row["aliases"])}
    prompts = [row["name"] for row in entities if row["kind"] == "prompt"]
    titles = sorted(names.union(*map(subjects, prompts)))
    kind, _, name = params.source.partition(":")
    key: list[Any] = [params.source, params.revision, params.config, params.split, params.words]
    if kind == "file" and Path(name).is_file():
        about = Path(name).stat()  # a dump of gigabytes is not read through for its hash
        key += [about.st_size, about.st_mtime_ns]
    if kind != "vital":
        key.append(titles)
    path = WORK / "passages" / f"{digest(key)}.sqlite"
    if path.is_file():
        return Passages(path)
    return Passages.build(path, _documents(kind, name, params, titles), words=params.words)


def _documents(
    kind: str, name: str, params: PassageParams, titles: Sequence[str]
) -> Iterable[Document]:
    if kind == "file":
        return local_documents(Path(name), titles)
    if kind == "hub":
        return hub_documents(name, revision=params.revision, config=params.config,
                             split=params.split, wanted=titles)  # fmt: skip
    local = params.local_sources
    folder = Path(local) if local is not None else default_folder()
    archive = fetch(folder, names=[LEADS], download=local is None,
                    parameter="judge.passages.local_sources")[LEADS]  # fmt: skip
    sources = default_sources(dict.fromkeys(NAMES, archive))  # only this one is read
    return lead_documents(sources[LEADS].rows())
