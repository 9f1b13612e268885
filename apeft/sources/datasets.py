"""The seam for data: anything that yields rows is a dataset source."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from apeft.errors import UserError
from apeft.records import read_jsonl
from apeft.sources.archives import member_names, open_member

Row = dict[str, Any]
SUFFIXES = (".jsonl", ".json", ".csv", ".txt")
Parser = Callable[[bytes], Iterator[Row]]
_AS_IT_SHOULD_BE = {
    ".json": "write it in UTF-8 as one list of objects, or as an object that holds one such list",
    ".csv": "write it as UTF-8, with as many fields in each row as in the header",
    ".txt": "write it as UTF-8, one name a line",
}


class DatasetSource(Protocol):
    """Yields the same rows in the same order each time it is asked; an unreadable one raises."""

    def rows(self) -> Iterator[Row]:
        """Yield rows as plain dictionaries; UserError when there is nothing to read."""
        ...


@dataclass(frozen=True)
class PackageSource:
    """Rows of one member (or of all members that match a glob) of a package file.

    Attributes:
        archive: Wheel or source archive (see :func:`apeft.sources.packages.fetch`).
        member: Path inside it; ``*`` and ``?`` match several, read in the order of their names.
        parser: Turns a member's bytes into rows.
    """

    archive: Path
    member: str
    parser: Parser

    def rows(self) -> Iterator[Row]:
        """Yield the rows of every matching member."""
        names = [self.member]
        if any(sign in self.member for sign in "*?["):
            names = member_names(self.archive, self.member)
        for name in names:
            try:
                yield from self.parser(open_member(self.archive, name))
            except (ValueError, KeyError) as error:
                raise UserError(
                    f"cannot parse the file ({error})",
                    where=f"{self.archive.name}: {name}",
                    fix="use the pinned version of this package",
                ) from None


@dataclass(frozen=True)
class LocalSource:
    """Rows of a local file in UTF-8: ``.jsonl``, ``.json``, ``.csv`` or ``.txt``.

    Attributes:
        path: the file.
        column: a column that a CSV's header names; lines before that header are passed over.
    """

    path: Path
    column: str = ""

    def rows(self) -> Iterator[Row]:
        """Yield the file's rows; an unknown kind, a missing file or a bad line is a UserError."""
        if not self.path.is_file():
            raise UserError("no such file", where=str(self.path), fix="correct the path")
        if self.path.suffix == ".jsonl":
            yield from read_jsonl(self.path)
        elif self.path.suffix in SUFFIXES:
            try:
                yield from rows_of(self.path.read_bytes(), self.path.suffix, self.column)
            except ValueError as error:
                raise UserError(
                    f"cannot parse the file ({error})",
                    where=str(self.path),
                    fix=_AS_IT_SHOULD_BE[self.path.suffix],
                ) from None
        else:
            raise UserError(
                f"unknown kind of file {self.path.suffix!r}",
                where=str(self.path),
                fix=f"give a file that ends in one of {', '.join(SUFFIXES)}",
            )


@dataclass(frozen=True)
class HubSource:
    """Rows of one file of a data set on the hub, read by `datasets` at a pinned revision.

    The file is named, since a repository's files need not have the same columns (KUQ's do not).

    Attributes:
        repository: ``OWNER/NAME``; a local folder is read in the same way.
        revision: commit hash; None for a folder.
        member: the file (``.json``, ``.jsonl``, ``.csv`` or ``.parquet``).
        cache: folder of the arrow files; None for the hub client's own.
    """

    repository: str
    revision: str | None
    member: str
    cache: Path | None = None

    def rows(self) -> Iterator[Row]:
        """Yield the file's rows; one that cannot be had or read is a UserError."""
        import datasets

        datasets.disable_progress_bars()
        cache = None if self.cache is None else str(self.cache)
        try:
            table = datasets.load_dataset(
                self.repository,
                data_files=self.member,
                revision=self.revision,
                split="train",  # what `datasets` calls a file that is given by name
                cache_dir=cache,
            )
        except Exception as error:  # the hub client and the parsers raise dozens of types
            told = f"{type(error).__name__}: {error}".splitlines()[0][:200]
            raise UserError(
                f"the data set could not be loaded ({told})",
                where=f"hub:{self.repository}@{self.revision}, file {self.member}",
                fix="check id, file, revision, network and your access, or give a local copy as "
                "`file:PATH`",
            ) from None
        yield from (dict(row) for row in table)


def rows_of(data: bytes, suffix: str, column: str = "") -> Iterator[Row]:
    """Parse a file's bytes by its suffix; ValueError when they are not what it promises.

    A ``.json`` file is a list of objects, or an object with one such list under any of its keys
    (SelfAware's has seven); a ``.txt`` file has one name a line.
    """
    if suffix == ".jsonl":
        yield from jsonl_rows(data)
    elif suffix == ".csv":
        yield from csv_rows(data, header_line=header_line(data, column))
    elif suffix == ".txt":
        yield from ({"name": line} for line in data.decode("utf-8-sig").splitlines() if line)
    elif suffix == ".json":
        yield from _objects(json.loads(data.decode("utf-8-sig")))
    else:
        raise ValueError(f"unknown kind of file {suffix!r}")


def _objects(value: Any) -> list[Row]:
    """A list of objects, or the one that an object holds among other keys."""
    if isinstance(value, dict):
        lists = {key: part for key, part in value.items() if part and _is_rows(part)}
        if len(lists) > 1:
            raise ValueError(f"several lists of objects, under {', '.join(map(repr, lists))}")
        if not lists:
            raise ValueError("an object none of whose keys holds a list of objects")
        (value,) = lists.values()
    if not _is_rows(value):
        raise ValueError("expected a list of objects")
    return list(value)


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(row, dict) for row in value)


def header_line(data: bytes, column: str, limit: int = 10) -> int:
    """First of a CSV's lines (from 1) that names ``column`` as a field; 1 when none does."""
    reader = csv.reader(islice(_lines(data, "utf-8-sig"), limit))
    for fields in reader:
        if column and column in fields:
            return reader.line_num
    return 1


def _lines(data: bytes, encoding: str) -> StringIO:
    """The lines of a text as `csv` wants them: ended by line feeds alone, ends kept."""
    return StringIO(data.decode(encoding), newline="")


def jsonl_rows(data: bytes) -> Iterator[Row]:
    """Parse JSON Lines."""
    for line in data.decode("utf-8-sig").split("\n"):  # a string may hold other line separators
        if line.strip():
            yield json.loads(line)


def csv_rows(data: bytes, *, encoding: str = "utf-8-sig", header_line: int = 1) -> Iterator[Row]:
    """Parse a CSV whose header stands on ``header_line`` (counted from 1)."""
    lines = islice(_lines(data, encoding), header_line - 1, None)
    for row in csv.DictReader(lines):
        if None in row or None in row.values():
            raise ValueError(f"a row has more or fewer fields than the header: {row}")
        yield dict(row)
