"""The seam for data: anything that yields rows is a dataset source."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from apeft.errors import UserError
from apeft.records import read_jsonl
from apeft.sources.archives import member_names, open_member

Row = dict[str, Any]
Parser = Callable[[bytes], Iterator[Row]]


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
    """Rows of a local ``.jsonl`` or ``.csv`` file (UTF-8; a CSV's first line is its header)."""

    path: Path

    def rows(self) -> Iterator[Row]:
        """Yield the file's rows; an unknown kind, a missing file or a bad line is a UserError."""
        if not self.path.is_file():
            raise UserError("no such file", where=str(self.path), fix="correct the path")
        if self.path.suffix == ".jsonl":
            yield from read_jsonl(self.path)
        elif self.path.suffix == ".csv":
            try:
                yield from csv_rows(self.path.read_bytes())
            except ValueError as error:
                raise UserError(
                    f"cannot parse the file ({error})",
                    where=str(self.path),
                    fix="write it as UTF-8, with as many fields in each row as in the header",
                ) from None
        else:
            raise UserError(
                f"unknown kind of file {self.path.suffix!r}",
                where=str(self.path),
                fix="give a .jsonl or a .csv file",
            )


def jsonl_rows(data: bytes) -> Iterator[Row]:
    """Parse JSON Lines."""
    for line in data.decode("utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def csv_rows(data: bytes, *, encoding: str = "utf-8-sig", header_line: int = 1) -> Iterator[Row]:
    """Parse a CSV whose header stands on ``header_line`` (counted from 1)."""
    lines = data.decode(encoding).splitlines(keepends=True)[header_line - 1 :]
    for row in csv.DictReader(lines):
        if None in row or None in row.values():
            raise ValueError(f"a row has more or fewer fields than the header: {row}")
        yield dict(row)
