"""One small question, and a reader that puts it to an address."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from apeft.llm.cache import ReplyCache
from apeft.llm.endpoint import EndpointChat, EndpointSettings
from apeft.llm.reader import Answer, Reader, Shape, Task
from apeft.llm.spent import Prices


class Colour(Shape):
    name: str
    warm: bool


TASK = Task("colour", "Name the colour.", Colour)
GOOD = '{"name": "red", "warm": true}'
MATERIAL = {"text": "a poppy"}


def reader(url: str, path: Path | None = None, prices: Prices | None = None, **more: Any) -> Reader:
    settings = EndpointSettings(url, "tester", **{"retries": 2, "timeout": 5.0, **more})
    return Reader(EndpointChat(settings), ReplyCache(path), prices)


def ask(url: str, **more: Any) -> Answer[Colour]:
    return reader(url, **more).ask(TASK, MATERIAL)
