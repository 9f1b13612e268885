"""A table and its three forms: CSV for machines, Markdown for reading, LaTeX for the paper."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.crossed import PARTLY
from analysis.stats import STILL, Interval

NOTHING = "–"
PART = "‡"  # a part of this interval is a floor
_TEX = {
    **{"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"},
    **{"&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}"},
    **{
        "–": "--",
        "−": "$-$",
        "␣": r"\textvisiblespace{}",
        "†": r"\dag{}",
        "‡": r"\ddag{}",
        "<": "$<$",
    },
    **{">": "$>$", "|": "$|$", "Δ": r"$\Delta$"},
}


@dataclass(frozen=True)
class Section:
    """A part of the readable forms under a heading of its own; every cell is display text."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Table:
    """``data`` is the CSV (raw numbers, shares in 0..1), ``sections`` are what people read."""

    name: str
    caption: str
    data: pd.DataFrame
    sections: tuple[Section, ...]


def plain(name: str, caption: str, data: pd.DataFrame) -> Table:
    """Make a table whose readable form is its data, numbers at four significant digits."""
    rows = tuple(tuple(show(value) for value in row) for row in data.itertuples(index=False))
    columns = tuple(str(column).replace("_", " ") for column in data.columns)
    return Table(name, caption, data, (Section("", columns, rows),))


def show(value: Any) -> str:
    """Display form of a raw cell; a missing one is a dash, never a zero."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return NOTHING
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else f"{value:.4g}"
    return str(value)


def percent(found: Interval | None, *, signed: bool = False, stars: bool = False) -> str:
    """Show an estimate with its interval in per cent, as "62.1 [55.0, 68.9]".

    With ``stars`` an interval that excludes zero carries an asterisk (unadjusted: it is a pointer,
    not a verdict).
    """
    if found is None or not math.isfinite(found.estimate):
        return NOTHING
    if found.still:
        return STILL
    sign = "+" if signed else ""

    def form(share: float) -> str:
        text = f"{100 * share:{sign}.1f}"
        return "0.0" if float(text) == 0 else text.replace("-", "−")

    star = "*" if stars and found.excludes_zero else ""
    if found.few_moved:
        half = max(found.high - found.estimate, found.estimate - found.low)
        return f"{form(found.estimate)} (floor ±{100 * half:.1f})"
    if not found.known:
        return form(found.estimate)
    part = PART if found.method == PARTLY else ""
    return f"{form(found.estimate)}{star} [{form(found.low)}, {form(found.high)}]{part}"


def amount(found: Interval | None) -> str:
    """Show an amount with its interval, as "0.123 [0.045, 0.201]"."""
    if found is None or not math.isfinite(found.estimate):
        return NOTHING
    ends = f" [{found.low:.3f}, {found.high:.3f}]" if found.known else ""
    return f"{found.estimate:.3f}{ends}".replace("-", "−")


def points(share: float | None) -> str:
    """Show a difference of shares in points, as "+1.5"; none is a dash."""
    return NOTHING if share is None else f"{100 * share:+.1f}".replace("-", "−")


def numbers(found: Interval | None, prefix: str = "") -> dict[str, Any]:
    """Raw columns of an interval for the CSV; empty when there is none."""
    keys = ("estimate", "low", "high", "items", "entities", "interval")
    if found is None:
        return {prefix + key: None for key in keys}
    cells = (found.estimate, found.low, found.high, found.items, found.entities, found.method)
    return {prefix + key: cell for key, cell in zip(keys, cells, strict=True)}


def visible(token: str) -> str:
    """A token with its blanks made visible: "␣" for a space, escapes for control characters."""
    return "".join(
        "␣" if char == " " else char if char.isprintable() else ascii(char)[1:-1] for char in token
    )


def write(table: Table, folder: Path) -> None:
    """Write ``name``.csv, .md and .tex."""
    text = table.data.to_csv(index=False, lineterminator="\n", float_format="%.9g")
    (folder / f"{table.name}.csv").write_text(text, encoding="utf-8")
    (folder / f"{table.name}.md").write_text(markdown(table), encoding="utf-8")
    (folder / f"{table.name}.tex").write_text(latex(table), encoding="utf-8")


def shown(table: Table) -> dict[str, Any]:
    """What people read of a table, as plain data: the report's form of it."""
    sections = [
        {"heading": part.heading, "columns": part.columns, "rows": part.rows}
        for part in table.sections
    ]
    return {"name": table.name, "caption": table.caption, "sections": sections}


def markdown(table: Table) -> str:
    """GitHub-flavoured Markdown; cells may be model text, so nothing in them is markup."""
    parts = [_markdown_text(table.caption)]
    for section in table.sections:
        lines = [f"**{_markdown_text(section.heading)}**", ""] if section.heading else []
        lines.append("| " + " | ".join(map(_markdown_text, section.columns)) + " |")
        lines.append("|" + "---|" * len(section.columns))
        lines += ["| " + " | ".join(map(_markdown_text, row)) + " |" for row in section.rows]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _markdown_text(text: str) -> str:
    for char in "\\|`*_[]":
        text = text.replace(char, "\\" + char)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", " ")


def latex(table: Table) -> str:
    """A ``table*`` with booktabs rules, one block of rows per section."""
    most = max(len(section.columns) for section in table.sections)
    body = []
    for section in table.sections:
        if section.heading:
            body.append(
                rf"\midrule\multicolumn{{{most}}}{{l}}{{\textbf{{{tex(section.heading)}}}}}\\"
            )
        for row in (section.columns, *section.rows):
            cells = [tex(cell) for cell in row] + [""] * (most - len(row))
            body.append(" & ".join(cells) + r" \\")
            if row is section.columns:
                body.append(r"\midrule")
    first = 1 if body and body[0].startswith(r"\midrule") else 0
    if first:
        body[0] = body[0].removeprefix(r"\midrule")
    return "\n".join(
        [
            r"% needs \usepackage{booktabs}",
            r"\begin{table*}",
            r"\centering\scriptsize\setlength{\tabcolsep}{3pt}",
            rf"\begin{{tabular}}{{l{'r' * (most - 1)}}}",
            r"\toprule",
            *body,
            r"\bottomrule",
            r"\end{tabular}",
            rf"\caption{{{tex(table.caption)}}}",
            rf"\label{{tab:{table.name.replace('_', '-')}}}",
            r"\end{table*}",
            "",
        ]
    )


def tex(text: str) -> str:
    """Escape for LaTeX; letters that plain fonts lack become their code points."""
    return "".join(
        _TEX.get(char, char if ord(char) < 0x180 else f"U+{ord(char):04X}") for char in text
    ).replace("\n", " ")
