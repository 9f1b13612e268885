"""Chat over any OpenAI-compatible endpoint (`vllm serve` is one), by the official client.

The client itself waits and tries again on 408, 409, 429, 5xx, time-outs and lost connections:
exponential back-off with jitter, and ``Retry-After`` up to two minutes.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from apeft.errors import UserError
from apeft.llm.chat import Message, NoReply, Reply

ENVIRONMENT_NAME = re.compile(r"[A-Z][A-Z0-9_]*")
_DETAIL = 200
REFUSALS = (400, 413, 422)


@dataclass(frozen=True)
class EndpointSettings:
    """How an endpoint is asked.

    Attributes:
        endpoint: base address up to and with the version ("http://127.0.0.1:8000/v1").
        model: the model's name at the endpoint.
        key_env: NAME of the environment variable that holds the key; None sends none.
        temperature: None leaves it to the endpoint.
        max_tokens: longest reply.
        limit_name: what the endpoint calls ``max_tokens``.
        reply_format: "json_schema" (guided decoding), "json_object", or "none".
        concurrency: requests under way at once.
        timeout: seconds until a request counts as lost.
        retries: further tries of a request that was lost or put off.
    """

    endpoint: str
    model: str
    key_env: str | None = None
    temperature: float | None = 0.0
    max_tokens: int = 1024
    limit_name: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    reply_format: Literal["json_schema", "json_object", "none"] = "json_schema"
    concurrency: int = 8
    timeout: float = 60.0
    retries: int = 5


def key_of(name: str | None) -> str:
    """Read the key from the environment variable ``name``; UserErrors never show its value."""
    if name is None:
        return ""
    if not ENVIRONMENT_NAME.fullmatch(name):
        raise UserError(
            "not the name of an environment variable (not shown, since it may be a key)",
            where="judge.key_env",
            fix="put the key into an environment variable and give the variable's name",
        )
    key = os.environ.get(name, "")
    if not key:
        raise UserError(
            f"the environment variable {name} is empty or not set",
            where="judge.key_env",
            fix=f"export {name}=… before the run, or set judge.key_env to null",
        )
    return key


class EndpointChat:
    """A Chat over HTTP. The key is held by the client alone and struck from whatever comes back."""

    def __init__(self, settings: EndpointSettings) -> None:
        """Open a client; UserError for a key that is not there or an address that is none."""
        from openai import OpenAI

        parts = urlsplit(settings.endpoint)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise UserError(
                "not an address that can be asked",
                where="judge.endpoint",
                fix="give http(s)://HOST:PORT/v1, without user and password",
            )
        self._asked = settings
        self._key = key_of(settings.key_env)
        self.workers = settings.concurrency
        self._slots = threading.BoundedSemaphore(settings.concurrency)
        # The address is left out: the same model on another port gives the same replies.
        self.settings: Mapping[str, Any] = {
            "model": settings.model,
            "temperature": settings.temperature,
            "max_tokens": settings.max_tokens,
            "reply_format": settings.reply_format,
        }
        self._client = OpenAI(
            api_key=self._key or "none",
            base_url=settings.endpoint,
            timeout=settings.timeout,
            max_retries=settings.retries,
        )

    def complete(self, messages: Sequence[Message], schema: Mapping[str, Any], name: str) -> Reply:
        """Ask once, as often as it takes; see :class:`apeft.llm.chat.Chat`."""
        with self._slots:
            try:
                return self._complete(messages, schema, name)
            except ValueError:  # a 200 whose body is no JSON, or JSON of another kind
                try:
                    return self._complete(messages, schema, name)
                except ValueError as error:
                    raise NoReply(f"no chat completion: {self._clean(error)}") from None

    def _complete(self, messages: Sequence[Message], schema: Mapping[str, Any], name: str) -> Reply:
        import openai

        asked = self._asked
        options: dict[str, Any] = {asked.limit_name: asked.max_tokens}
        if asked.temperature is not None:
            options["temperature"] = asked.temperature
        if asked.reply_format == "json_object":
            options["response_format"] = {"type": "json_object"}
        elif asked.reply_format == "json_schema":
            named = {"name": name, "schema": dict(schema), "strict": True}
            options["response_format"] = {"type": "json_schema", "json_schema": named}
        try:
            raw = self._client.chat.completions.with_raw_response.create(
                model=asked.model, messages=[dict(message) for message in messages], **options
            )
        except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
            told = asked.key_env or "judge.key_env, which is null"
            raise UserError(
                f"the endpoint refuses the key (HTTP {error.status_code})",
                where=self._where,
                fix=f"check {told}",
            ) from None
        except openai.NotFoundError as error:
            raise UserError(
                f"the endpoint knows no such model or path ({self._clean(error)})",
                where=f"{self._where}, model {asked.model!r}",
                fix="check judge.endpoint (it ends with /v1 as a rule) and judge.model",
            ) from None
        except openai.APIStatusError as error:
            # What is left of 4xx is about this request; 429 and 5xx were tried again until here.
            refused = error.status_code in REFUSALS
            reason = f"HTTP {error.status_code}: {self._clean(error)}"
            raise NoReply(reason, refused=refused) from None
        except openai.APITimeoutError:
            raise NoReply(f"no answer within {asked.timeout:g} s") from None
        except openai.APIConnectionError as error:
            cause = error.__cause__ or error
            raise NoReply(f"{type(cause).__name__}: {self._clean(cause)}") from None
        except openai.APIError as error:
            raise ValueError(self._clean(error)) from None
        return self._read(raw)

    def _read(self, raw: Any) -> Reply:
        """Take the reply out of a response; ValueError when it holds none."""
        import json

        body = json.loads(raw.text if isinstance(raw.text, str) else raw.text())
        try:
            choice = body["choices"][0]
            text, finish = choice["message"].get("content"), choice.get("finish_reason")
            usage = body.get("usage") or {}
            counts = [usage.get(key) for key in ("prompt_tokens", "completion_tokens")]
        except (KeyError, IndexError, TypeError, AttributeError):
            raise ValueError("a body without choices") from None
        tokens = [count if isinstance(count, int) else None for count in counts]
        return Reply(self._strike(text or ""), str(finish), tokens[0], tokens[1])

    @property
    def _where(self) -> str:
        parts = urlsplit(self._asked.endpoint)
        return f"judge.endpoint, {parts.hostname}"

    def _clean(self, error: BaseException) -> str:
        return " ".join(self._strike(str(error)).split())[:_DETAIL]

    def _strike(self, text: str) -> str:
        return text.replace(self._key, "[key]") if self._key else text
