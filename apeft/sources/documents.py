"""Pages to check facts against: Wikipedia leads of a package, a local dump, or a hub data set."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apeft.errors import UserError
from apeft.facts.terms import fold
from apeft.sources.datasets import Row

_SEPARATOR = "####SPECIAL####SEPARATOR####"
"""Between the passages of a page in FActScore's SQLite file (Min et al. 2023, released code)."""


@dataclass(frozen=True)
class Document:
    """A page: its title and its plain text."""

    title: str
    text: str


def lead_documents(rows: Iterable[Row]) -> Iterator[Document]:
    """Pages of the default's Wikipedia leads."""
    for row in rows:
        yield Document(row["title"], row["extract"])


def local_documents(path: Path, wanted: Collection[str]) -> Iterator[Document]:
    """Pages of a local file whose titles are ``wanted``, letter case and accents aside.

    ``.jsonl`` has a ``title`` and a ``text`` (a string or a list of strings) a line and is read as
    a stream; ``.db`` and ``.sqlite`` are SQLite files with FActScore's table
    ``documents(title, text)``, where only exact titles are looked up.
    """
    if not path.is_file():
        raise UserError("no such file", where=str(path), fix="correct judge.passages.source")
    if path.suffix == ".jsonl":
        return _jsonl(path, wanted)
    if path.suffix in (".db", ".sqlite"):
        return _sqlite(path, wanted)
    raise UserError(
        f"unknown kind of dump {path.suffix!r}",
        where=str(path),
        fix="give .jsonl (title and text a line), .db or .sqlite (table documents)",
    )


def _jsonl(path: Path, wanted: Collection[str]) -> Iterator[Document]:
    keys = {fold(title) for title in wanted}
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                title, text = row["title"], row["text"]
                page = Document(title, text if isinstance(text, str) else "\n".join(text))
                found = fold(title) in keys
            except (ValueError, KeyError, TypeError, AttributeError):
                raise UserError(
                    "not a page: expected an object with title and text",
                    where=f"{path}, line {number}",
                    fix='write one {"title": …, "text": …} a line',
                ) from None
            if found:
                yield page


def _sqlite(path: Path, wanted: Collection[str]) -> Iterator[Document]:
    base = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        for title in sorted(set(wanted)):
            query = "select title, text from documents where title = ?"
            for name, text in base.execute(query, (title,)):
                parts = str(text).replace("<s>", "").replace("</s>", "").split(_SEPARATOR)
                yield Document(name, "\n".join(part.strip() for part in parts))
    except sqlite3.DatabaseError as error:
        raise UserError(
            f"cannot read the dump ({error})",
            where=str(path),
            fix="give an SQLite file with a table documents(title, text)",
        ) from None
    finally:
        base.close()


def hub_documents(
    name: str, *, revision: str | None, config: str | None, split: str, wanted: Collection[str]
) -> Iterator[Document]:
    """Pages of a hub data set with columns ``title`` and ``text``, as a stream.

    Ends early once every wanted title has been met, so give the titles at hand and no more.
    """
    from datasets import load_dataset

    missing = {fold(title) for title in wanted}
    try:
        rows: Iterable[dict[str, Any]] = load_dataset(
            name, config, split=split, revision=revision, streaming=True
        )
        for row in rows:
            key = fold(row["title"])
            if key in missing:
                missing.discard(key)
                yield Document(row["title"], row["text"])
                if not missing:
                    return
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        detail = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        raise UserError(
            f"cannot read the data set ({detail})",
            where=f"hub data set {name}, config {config}, split {split}, revision {revision}",
            fix="check the name and the access, or give a local dump (judge.passages.source "
            "file:PATH)",
        ) from None
