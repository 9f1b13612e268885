"""The Chat seam: messages and a JSON schema in, text and usage out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Message = Mapping[str, str]
"""``role`` (system, user or assistant) and ``content``."""


@dataclass(frozen=True)
class Reply:
    """What a model wrote; token counts are None where nobody tells them.

    ``finish`` is why it ended ("stop", "length", …), as the endpoint says.
    """

    text: str
    finish: str
    prompt_tokens: int | None
    completion_tokens: int | None


class NoReply(Exception):
    """Nothing came back for one request: no judgement, and nothing to be kept as one.

    ``refused``: the endpoint answered, and turned this very request down (too long, filtered).
    """

    def __init__(self, reason: str, *, refused: bool = False) -> None:
        super().__init__(reason)
        self.refused = refused


class Chat(Protocol):
    """Anything that answers a conversation.

    Attributes:
        settings: everything that decides a reply beside the messages (model, temperature, …); part
            of the key under which replies are kept. Never a secret.
        workers: how many requests are worth having under way at once.
    """

    settings: Mapping[str, Any]
    workers: int

    def complete(self, messages: Sequence[Message], schema: Mapping[str, Any], name: str) -> Reply:
        """Return the reply, which ought to be JSON of ``schema`` (called ``name``).

        Called from several threads. Raises NoReply when this request gets none, and UserError when
        none ever will (wrong key, unknown model).
        """
        ...
