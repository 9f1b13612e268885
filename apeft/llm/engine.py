"""Chat over any Sampler in this process (transformers, vLLM)."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from apeft.llm.chat import Message, Reply
from apeft.sampling.base import Completion, Sampler, SampleSettings

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

NO_TEXT = "\0"  # a character that no text holds
Render = Callable[[Sequence[Message]], str]


def plain(messages: Sequence[Message]) -> str:
    """Write a conversation without any model's template: each role's name, then its words.

    For a chat model pass :func:`templated` instead.
    """
    told = [f"{message['role'].capitalize()}: {message['content']}" for message in messages]
    return "\n\n".join([*told, "Assistant:"])


def templated(tokenizer: PreTrainedTokenizerBase) -> Render:
    """Write conversations by a tokenizer's own chat template; :func:`plain` where it has none.

    A template that begins with the begin-of-text token loses it where the tokenizer adds one by
    itself: a sampler encodes the text as any other.
    """
    if not getattr(tokenizer, "chat_template", None):
        return plain
    begin = tokenizer.bos_token or ""
    adds = bool(begin) and tokenizer("a")["input_ids"][0] == tokenizer.bos_token_id

    def render(messages: Sequence[Message]) -> str:
        text = str(
            tokenizer.apply_chat_template(
                [dict(message) for message in messages], tokenize=False, add_generation_prompt=True
            )
        )
        return text.removeprefix(begin) if adds else text

    return render


class SamplerChat:
    """A Chat over a Sampler, greedy by default.

    Behind a chat template a reply ends with the model's end-of-text token, so that fenced or
    thought-out replies come whole; without one it is one line, since such a model rambles on.

    A sampler that is ``guided`` is bound to the schema; any other reads it in the messages alone.

    One batch runs at a time. Requests that come in meanwhile ride together in the next one, so
    that many threads keep an engine's batch full without waiting for one another.
    """

    def __init__(
        self,
        sampler: Sampler,
        model: str,
        *,
        max_tokens: int = 512,
        temperature: float = 0.0,
        seed: int = 0,
        workers: int = 32,
        render: Render = plain,
    ) -> None:
        """Take a sampler and the model's name, under which replies are kept."""
        self._sampler = sampler
        self._render = render
        stop = "\n" if render is plain else NO_TEXT
        self._how = SampleSettings(1, temperature, max_tokens, stop, seed)
        self.workers = workers
        self._guided = bool(getattr(sampler, "guided", False))
        self.settings: Mapping[str, Any] = {
            "model": model,
            "temperature": temperature,
            "max_tokens": max_tokens,
            "seed": seed,
            **({"guided": True} if self._guided else {}),
        }
        self._waiting: list[_Asked] = []
        self._queue = threading.Lock()
        self._engine = threading.Lock()

    def complete(self, messages: Sequence[Message], schema: Mapping[str, Any], name: str) -> Reply:
        """Write one reply; see the class for what the schema does."""
        bound = json.dumps(schema, sort_keys=True) if self._guided else ""
        asked = _Asked(self._render(messages), bound, Future())
        with self._queue:
            self._waiting.append(asked)
        with self._engine:
            with self._queue:
                batch, self._waiting = self._waiting, []
            # One call has one schema.
            for each in dict.fromkeys(one.schema for one in batch):
                self._run([one for one in batch if one.schema == each], each)
        done = asked.ticket.result()
        return Reply(done.text, "stop" if done.ended else "length", None, len(done.tokens))

    def _run(self, batch: Sequence[_Asked], schema: str) -> None:
        how = replace(self._how, schema=schema)
        try:
            written = self._sampler.sample([one.prompt for one in batch], how)
        except Exception as error:  # every waiting thread must be told
            for one in batch:
                one.ticket.set_exception(error)
            return
        for one, completions in zip(batch, written, strict=True):
            one.ticket.set_result(completions[0])


@dataclass(frozen=True)
class _Asked:
    """A request that waits for its batch."""

    prompt: str
    schema: str
    ticket: Future[Completion]
