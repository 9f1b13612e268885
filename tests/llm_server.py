"""A real HTTP server on loopback that speaks the chat completions protocol, well or badly."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Call:
    """One request as it arrived."""

    number: int
    headers: dict[str, str]
    body: dict[str, Any]
    at: float

    @property
    def task(self) -> str:
        return str(self.body["response_format"]["json_schema"]["name"])

    @property
    def system(self) -> str:
        return str(self.body["messages"][0]["content"])

    @property
    def material(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body["messages"][1]["content"])
        return found


@dataclass(frozen=True)
class Sent:
    """What goes back. ``cut`` announces more bytes than it sends; ``slow`` waits before."""

    status: int = 200
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    slow: float = 0.0
    cut: bool = False


def says(text: str | None, **more: Any) -> Sent:
    """A well-formed completion with this content; 100 prompt and 10 completion tokens."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}}
    body = {
        "id": "1",
        "object": "chat.completion",
        "created": 0,
        "model": "tester",
        "choices": [{**choice, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
    }
    return Sent(200, json.dumps(body), **more)


Behaviour = Callable[[Call], Sent]


def in_turn(*sent: Sent) -> Behaviour:
    """Give these replies one after another, and the last one for ever."""
    return lambda call: sent[min(call.number, len(sent) - 1)]


@dataclass
class Endpoint:
    """The running server."""

    url: str
    calls: list[Call]
    busiest: int = 0


@contextmanager
def endpoint(behave: Behaviour) -> Iterator[Endpoint]:
    """Serve on a free port of loopback until the block ends."""
    lock = threading.Lock()
    under_way = 0

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            nonlocal under_way
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with lock:
                headers = {name.lower(): value for name, value in self.headers.items()}
                call = Call(len(served.calls), headers, body, time.monotonic())
                served.calls.append(call)
                under_way += 1
                served.busiest = max(served.busiest, under_way)
            sent = behave(call)
            time.sleep(sent.slow)
            with lock:
                under_way -= 1
            data = sent.body.encode()
            try:
                self.send_response(sent.status)
                for name, value in {"Content-Type": "application/json", **sent.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data) + 50 * sent.cut))
                self.end_headers()
                self.wfile.write(data)
            except (BrokenPipeError, ConnectionResetError):
                pass  # the client has given up
            if sent.cut:
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = Endpoint(f"http://127.0.0.1:{server.server_port}/v1", [])
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
