"""Every reply that was paid for, in one SQLite file, so that nothing is paid for twice."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

from apeft.errors import UserError
from apeft.llm.chat import Reply

_TABLE = """create table if not exists replies (
    key text primary key, task text not null, model text not null, text text not null,
    finish text not null, prompt_tokens integer, completion_tokens integer, fault text
)"""


class ReplyCache:
    """Replies by the hash of model, prompt and settings; each is on disk when :meth:`put` returns.

    ``fault`` says why a reply was refused, so that bad ones can be read later::

        sqlite3 replies.sqlite "select task, fault, text from replies where fault is not null"
    """

    def __init__(self, path: Path | None) -> None:
        """Open or make the file; None keeps replies in memory."""
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        try:
            # A second stage may write at the same time; it waits.
            self._base = sqlite3.connect(path or ":memory:", timeout=60, check_same_thread=False)
            with self._base:
                self._base.execute("pragma journal_mode=wal")
                self._base.execute(_TABLE)
        except sqlite3.DatabaseError as error:
            raise UserError(
                f"the file of kept replies cannot be used ({error})",
                where=str(path),
                fix="delete it (its replies are then asked for again) or name another",
            ) from None

    def get(self, key: str) -> Reply | None:
        """Return the reply kept under ``key``."""
        query = "select text, finish, prompt_tokens, completion_tokens from replies where key = ?"
        with self._lock:
            row = self._base.execute(query, (key,)).fetchone()
        return None if row is None else Reply(*row)

    def put(self, key: str, task: str, model: str, reply: Reply) -> None:
        """Keep a reply."""
        row = (key, task, model, reply.text, reply.finish, reply.prompt_tokens,
               reply.completion_tokens)  # fmt: skip
        with self._lock, self._base:
            self._base.execute(
                "insert or replace into replies values (?, ?, ?, ?, ?, ?, ?, null)", row
            )

    def refuse(self, key: str, fault: str) -> None:
        """Note why the reply under ``key`` is no answer."""
        with self._lock, self._base:
            self._base.execute("update replies set fault = ? where key = ?", (fault, key))

    def close(self) -> None:
        """Close the file."""
        self._base.close()
