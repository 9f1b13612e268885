"""One ablation's answer: sentences worded from its numbers, a figure, tables; and its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from analysis import style
from analysis.tables.write import Table, shown, write
from apeft.records import write_json

FINDINGS = "findings.md"
HEADLINE = 2  # sentences


@dataclass(frozen=True)
class Finding:
    """The answer to one question.

    Attributes:
        name: folder of its files ("mixing").
        title: heading in the report.
        said: sentences with the numbers in them, the first two being the answer and the others
            remarks on it (empty ones are left out); why, when it was not run.
        figure: None when it was not run.
        caption: of the figure.
        tables: None of them when it was not run.
    """

    name: str
    title: str
    said: tuple[str, ...]
    figure: Figure | None = None
    caption: str = ""
    tables: tuple[Table, ...] = ()

    @property
    def headline(self) -> str:
        """The answer, in one or two sentences."""
        return " ".join(self._said[:HEADLINE])

    @property
    def remarks(self) -> str:
        """What else was seen; "" when that is nothing."""
        return " ".join(self._said[HEADLINE:])

    @property
    def sentences(self) -> str:
        """All of it."""
        return " ".join(self._said)

    @property
    def _said(self) -> list[str]:
        return [one.strip() for one in self.said if one.strip()]


def one_seed(seeds: int) -> str:
    """The remark on a finding that rests on one seed; "" with more."""
    if seeds > 1:
        return ""
    return (
        "Every arm is one adapter of one seed: a difference that is told is one of these adapters, "
        "and need not be one of the way their pairs were chosen."
    )


def not_run(name: str, title: str, reason: str) -> Finding:
    """Make the answer to a question whose arms could not be trained."""
    return Finding(name, title, (f"Not run: {reason}.",))


def write_finding(finding: Finding, folder: Path) -> None:
    """Write NAME.png and .pdf, captions.json, tables in three forms, shown.json, finding.json."""
    folder.mkdir(parents=True, exist_ok=True)
    if finding.figure is not None:
        style.save(finding.figure, folder, finding.name)
        write_json(folder / "captions.json", {finding.name: finding.caption})
    for table in finding.tables:
        write(table, folder)
    write_json(folder / "shown.json", [shown(table) for table in finding.tables])
    write_json(
        folder / "finding.json",
        {"name": finding.title, "finding": finding.headline, "remarks": finding.remarks},
    )


def joined(findings: Sequence[Finding]) -> str:
    """All findings as Markdown, for a terminal or a pull request."""
    parts = [(f"## {one.title}", one.headline, one.remarks) for one in findings]
    return "\n\n".join(text for part in parts for text in part if text) + "\n"
