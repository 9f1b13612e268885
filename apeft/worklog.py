"""Partial work of a long stage, kept outside its outputs so that a kill loses little.

DVC deletes a stage's outputs before it runs, so finished items are appended to a log that is
keyed by everything they were computed from. A second run with the same key goes on where the
first stopped; another key starts afresh.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from apeft.records import Record, digest, dumps

ROOT = Path(".work")


class Worklog:
    """Finished items of one computation, by item key, on disk after each :meth:`add`."""

    def __init__(self, stage: str, inputs: Any, *, root: Path = ROOT) -> None:
        """Open the log of ``stage`` for ``inputs`` (any JSON value: parameters, input hashes)."""
        self.folder = root / stage / digest(inputs)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._path = self.folder / "done.jsonl"
        self._done: dict[str, Record] = {}
        if self._path.is_file():
            self._recover()

    def _recover(self) -> None:
        """Read whole lines; a line that a kill cut short is dropped from the file too."""
        good = 0
        for line in self._path.read_bytes().splitlines(keepends=True):
            try:
                entry = json.loads(line)
            except ValueError:  # no JSON, or cut within a letter
                break
            if not line.endswith(b"\n"):
                break
            self._done[entry["key"]] = entry["item"]
            good += len(line)
        os.truncate(self._path, good)

    def __contains__(self, key: str) -> bool:
        return key in self._done

    def __getitem__(self, key: str) -> Record:
        return self._done[key]

    def __len__(self) -> int:
        return len(self._done)

    def add(self, items: dict[str, Record]) -> None:
        """Append finished items; they survive a kill from here on."""
        plain = {key: json.loads(dumps(item)) for key, item in items.items()}
        with self._path.open("a", encoding="utf-8") as file:
            file.writelines(dumps({"key": k, "item": v}) + "\n" for k, v in plain.items())
            file.flush()
            os.fsync(file.fileno())
        self._done.update(plain)

    def clear(self) -> None:
        """Delete the log; call when the stage's output is in place."""
        for path in sorted(self.folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        self.folder.rmdir()
