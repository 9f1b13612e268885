"""A set's source as parameters name it: a package, a pinned revision on the hub, or a file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from apeft.sources.datasets import (
    DatasetSource,
    HubSource,
    LocalSource,
    PackageSource,
    Row,
    rows_of,
)

KINDS = ("package", "hub", "file")


@dataclass(frozen=True)
class SetSource:
    """Where one evaluation set comes from and in which form its rows are.

    Attributes:
        source: ``package:NAME`` (pinned in sources.txt), ``hub:OWNER/NAME`` or ``file:PATH``.
        member: the file inside the package or the hub repository; None with a file.
        revision: commit of the hub repository (40 hex digits), else None.
        form: a name of :data:`apeft.knowledge.forms.FORMS`.
    """

    source: str
    member: str | None
    revision: str | None
    form: str

    @property
    def kind(self) -> str:
        """One of :data:`KINDS`, or whatever stands before the colon."""
        return self.source.partition(":")[0]

    @property
    def rest(self) -> str:
        """What stands behind the kind: the package's name, the hub id or the path."""
        return self.source.partition(":")[2]

    def faults(self, key: str) -> list[str]:
        """What is wrong with these four values together; ``key`` is their full path."""
        if self.kind not in KINDS or not self.rest:
            return [
                f"{key}.source: {self.source!r} is none of package:NAME, hub:OWNER/NAME, file:PATH"
            ]
        if self.kind == "hub":
            if not self.member:
                return [f"{key}.member: a hub data set needs the name of its file"]
            if not re.fullmatch(r"[0-9a-f]{40}", self.revision or ""):
                return [
                    f"{key}.revision: a hub data set needs a pinned commit hash "
                    f"(given: {self.revision!r}); copy the 40 digits from the data set's page"
                ]
            return []
        if self.revision is not None:
            return [f"{key}.revision: only a hub data set has one"]
        if self.kind == "package" and not self.member:
            return [f"{key}.member: a package needs the name of the file in it"]
        if self.kind == "file" and self.member is not None:
            return [f"{key}.member: a file has none"]
        return []

    def opened(
        self, archives: Mapping[str, Path], folder: Path, column: str
    ) -> tuple[DatasetSource, str]:
        """Give the source of the rows, and how errors and counts name it.

        Args:
            archives: files of the packages, by name.
            folder: where a relative path is looked for.
            column: a column that the header of a CSV file names.
        """
        if self.kind == "package":
            assert self.member is not None
            parse = partial(_parsed, name=self.member, column=column)
            made = PackageSource(archives[self.rest], self.member, parse)
            return made, f"{archives[self.rest].name}: {self.member}"
        if self.kind == "hub":
            assert self.member is not None
            assert self.revision is not None
            hub = HubSource(self.rest, self.revision, self.member)
            return hub, f"{self.rest}@{self.revision[:12]}: {self.member}"
        path = folder / self.rest  # an absolute path stays itself
        return LocalSource(path, column), path.name


def _parsed(data: bytes, *, name: str, column: str) -> Iterator[Row]:
    return rows_of(data, Path(name).suffix, column)
