"""A server on loopback that answers as a model hub and as an OpenAI-compatible endpoint would."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class Answers(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        for word, status, code in (
            ("/gated/", 403, "GatedRepo"),
            ("/nobody/", 404, "RepoNotFound"),
            ("/moved/", 404, "RevisionNotFound"),
            ("/empty/", 404, "EntryNotFound"),
        ):
            if word in self.path:
                return self.reply(status, {"X-Error-Code": code})
        if "/slow/" in self.path:
            time.sleep(3)
        self.reply(200, {"ETag": '"a"', "X-Repo-Commit": "0" * 40, "Content-Length": "9"})

    def do_GET(self) -> None:
        if self.path.startswith("/locked"):
            if self.headers.get("Authorization") != "Bearer secret-key":
                return self.reply(401, {})
        elif self.path.startswith("/moved"):
            return self.reply(307, {"Location": "http://127.0.0.1:1/models"})
        elif self.path.startswith("/page"):
            return self.reply(200, {}, b"<html>")
        elif not self.path.startswith("/v1"):
            return self.reply(404, {})
        self.reply(200, {}, json.dumps({"data": [{"id": "judge-7b"}]}).encode())

    def reply(self, status: int, headers: dict[str, str], body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(BrokenPipeError):  # who asked has given up waiting
            self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The server's address."""
    made = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    made.server_close()
