"""The page: a pure function from results to one self-contained HTML file.

Everything in it is text to Jinja, which escapes it; model text is never markup. What the browser of
responses reads is JSON in which ``<``, ``>``, ``&`` and ``'`` are escaped, so that no text can end
its script element, and the script builds the page from text nodes only. The content security policy
lets no other script run and nothing be loaded.

Facts of a run that change without changing a result (commit, device, seconds) and what is not in
DVC's graph are not in the page but in its slots: :func:`fill` puts them there.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from analysis.report.browser import Browser
from analysis.report.shifted import Sentence
from analysis.report.words import SIZE
from apeft.errors import UserError

TEMPLATES = Path(__file__).resolve().parent / "templates"
SLOTS = ("run", "ablations", "cost", "attributions")


@dataclass(frozen=True)
class Figure:
    """A drawn figure: PNG bytes and the caption below it."""

    name: str
    png: bytes
    caption: str

    @property
    def uri(self) -> str:
        """The picture as an address that needs no file."""
        return "data:image/png;base64," + base64.b64encode(self.png).decode()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, as the PNG's header tells them."""
        return int.from_bytes(self.png[16:20]), int.from_bytes(self.png[20:24])


@dataclass(frozen=True)
class Content:
    """Everything that the page shows and DVC's graph knows.

    ``run``: rows of (what, value) on model, seeds and counts; ``caution``: sentences on what a run
    of this size decides; ``tables``: as in ``reports/tables/shown.json``.
    """

    title: str
    run: Sequence[tuple[str, str]]
    caution: Sequence[str]
    tables: Sequence[Mapping[str, Any]]
    figures: Sequence[Figure]
    shifted: Sequence[tuple[str, Sequence[Sentence]]]  # by set
    browser: Browser
    titles: Mapping[str, str]  # of sets


@dataclass(frozen=True)
class Part:
    """A section of the page: its figures and tables by name; ``folded`` tables open on a click."""

    id: str
    title: str
    figures: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    folded: tuple[str, ...] = ()
    nothing: str = "Nothing of this was made in this run."


PARTS = (
    Part("results", "Main results", ("results", "gains"), ("main",), ("differences",)),
    Part("claims", "The paper's claims", (), ("claims",), ("claims_tests", "paper"),
         "No claims: this run has no table of verdicts on the paper's claims."),
    Part("power", "What this run could have seen", (), ("power",), (),
         "This run has no table of power."),
    Part("shift", "Token distribution shift", ("shift_shares", "shift_vs_factuality",
         "kl_by_position", "shift_by_position", "shift_by_class"), ("alignment",),
         ("shift", "shift_by_class", "shifted_tokens")),
    Part("judges", "How far the judges agree with labels", (), ("judges",)),
    Part("knowing", "Sharpening is not knowing", ("knowledge",),
         ("sharpening", "ranked", "short_long"),
         ("by_relation", "questions", "texts")),
    Part("training", "Training and validation", ("training_curves",),
         ("validation", "updates"), ("training",)),
)  # fmt: skip
ACCOUNTS = Part("accounts", "Parameters and counts", (), (), ("parameters", "counts", "unscored"))


def environment() -> jinja2.Environment:
    """Templates in which every value is escaped and a missing one is an error."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    # Letters stay letters: the page is UTF-8, and escapes would double the size of some texts.
    made.policies["json.dumps_kwargs"] = {
        "sort_keys": True,
        "ensure_ascii": False,
        "separators": (",", ":"),
        "allow_nan": False,
    }
    return made


def page(content: Content) -> str:
    """Render the page with empty slots."""
    tables = {table["name"]: table for table in content.tables}
    figures = {figure.name: figure for figure in content.figures}
    placed = {name for part in (*PARTS, ACCOUNTS) for name in (*part.tables, *part.folded)}
    drawn = {name for part in PARTS for name in part.figures}
    # What nobody has given a place is shown nevertheless.
    further = Part(
        "further",
        "Further figures and tables",
        tuple(name for name in figures if name not in drawn),
        (),
        tuple(name for name in tables if name not in placed),
    )
    script = (TEMPLATES / "page.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        environment()
        .get_template("page.html.j2")
        .render(
            content=content,
            size=SIZE,
            tables=tables,
            figures=figures,
            parts=PARTS,
            further=further,
            accounts=ACCOUNTS,
            slots={name: slot(name) for name in SLOTS},
            style=Markup((TEMPLATES / "page.css").read_text(encoding="utf-8")),
            script=Markup(script),
            script_hash=digest,
        )
    )


def slot(name: str) -> Markup:
    """The mark that :func:`fill` replaces; text cannot hold it, as its ``<`` would be escaped."""
    return Markup(f"<!-- slot: {name} -->")


def fill(html: str, slots: Mapping[str, str]) -> str:
    """Put rendered HTML into the page's slots; every slot must be there once."""
    for name in SLOTS:
        if html.count(slot(name)) != 1:
            raise UserError(
                f"the page has no place for {name!r}",
                where="out/report/page.html",
                fix="run `dvc repro --single-item --force report`",
            )
    for name in SLOTS:
        before, after = html.split(slot(name))
        # Joined, not added: Markup would escape what is added to it.
        html = "".join((before, slots[name], after))
    return html
