"""One look for every figure, and bytes that depend on the figure alone.

Colours come from the colour-blind safe sets of Okabe & Ito and are ordered by luminance, so that
they stay apart in greyscale; recipes also differ by fill and line style, algorithms by marker.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

COLUMN = 3.4  # inches: one column of a two-column paper
TEXT = 7.0  # inches: the full text width
SMALL = 6.0  # points

INK, MUTED, FAINT = "#1a1a1a", "#6b6b6b", "#d5d5d5"
BASE_COLOUR, BASE_BAND = "#4d4d4d", "#e4e4e4"
REGION_COLOURS = {"unshifted": "#e3e9ef", "marginal": "#f0a33c", "shifted": "#7d1f1a"}
CLASS_COLOURS = {
    "unknown": "#cdcdcd",
    "potentially_known": "#f0a33c",
    "known": "#0b4f7d",
    "unscored": "#ffffff",
}
MARKERS = {"dpo": "o", "ipo": "s", "kto": "^", "cpo": "D", "rso": "v"}
SPARE_MARKERS = ("P", "X", "p", "h", "<", ">")
RECIPE_COLOURS = {"general": "#d98200", "apeft": "#0b4f7d"}
SPARE_COLOURS = ("#009e73", "#a3417c", "#56b4e9")
DASHES: dict[str, Any] = {"general": (0, (4, 1.6)), "apeft": "solid"}

RC: dict[str, Any] = {
    "font.family": "DejaVu Sans",  # shipped with Matplotlib: the same on every machine
    "font.size": 7.0,
    "axes.titlesize": 7.0,
    "axes.titleweight": "bold",
    "axes.titlepad": 4.0,
    "axes.labelsize": 7.0,
    "axes.linewidth": 0.6,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": "#e9e9e9",
    "grid.linewidth": 0.5,
    "xtick.labelsize": SMALL + 0.3,
    "ytick.labelsize": SMALL + 0.3,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.size": 2.2,
    "ytick.major.size": 2.2,
    "xtick.major.width": 0.5,
    "ytick.major.width": 0.5,
    "lines.linewidth": 1.1,
    "lines.markersize": 4.0,
    "hatch.linewidth": 0.5,
    "legend.frameon": False,
    "legend.fontsize": SMALL + 0.5,
    "text.usetex": False,
    "text.parse_math": False,
    "text.color": INK,
    "figure.dpi": 100,
    "savefig.dpi": 300,
    "pdf.fonttype": 42,
    "svg.hashsalt": "apeft",
    "path.simplify": True,
}

SET_TITLES = {
    "bio": "Biographies",
    "factscore": "FActScore people",
    "fava": "FAVA prompts",
    "countries": "Countries",
    "elements": "Elements",
    "freshqa-premise": "FreshQA premises",
    "falseqa": "FalseQA",
    "selfaware": "SelfAware",
    "kuq": "KUQ",
}
ROLE_TITLES = {
    "in domain": "in domain",
    "ood long-form": "OOD, long form",
    "false premise": "OOD, false premises",
    "known/unknown": "OOD, known/unknown",
}


@contextmanager
def applied() -> Iterator[None]:
    """Draw and save inside this context; nothing global changes outside it."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(RC)
        yield


def figure(width: float, height: float, *, between: float = 0.03) -> Figure:
    """Make an empty figure of that many inches, laid out by constraints, drawn by Agg."""
    layout = ConstrainedLayoutEngine(w_pad=0.03, h_pad=between, wspace=0.02, hspace=0.02)
    made = Figure(figsize=(width, height), layout=layout)
    FigureCanvasAgg(made)
    return made


def nothing(what: str) -> Figure:
    """Make the figure of results that are not there: it says so, instead of failing the rest."""
    made = figure(COLUMN, 0.8)
    made.text(0.5, 0.5, what, ha="center", va="center", color=MUTED)
    return made


def save(made: Figure, folder: Path, name: str) -> list[Path]:
    """Write ``name``.png and ``name``.pdf without dates, so that equal figures are equal bytes."""
    png, pdf = folder / f"{name}.png", folder / f"{name}.pdf"
    made.savefig(png, metadata={"Software": None})
    made.set_layout_engine("none")  # the layout is made: the PDF takes the very same one
    made.savefig(pdf, metadata={"CreationDate": None, "Creator": None, "Producer": None})
    return [png, pdf]


def algorithm(name: str) -> str:
    """An algorithm's display name."""
    return name.upper() if name in MARKERS else name


def recipe(name: str) -> str:
    """A recipe's display name."""
    return "APEFT" if name == "apeft" else name


def set_title(name: str) -> str:
    """A set's display name."""
    return SET_TITLES.get(name, name)


def role_title(role: str) -> str:
    """A role's display name."""
    return ROLE_TITLES.get(role, role)


def relation(name: str) -> str:
    """A relation's display name."""
    return name.replace("_", " ")


def colour(name: str, names: list[str]) -> str:
    """A recipe's colour; recipes that are not the paper's take spare ones in order."""
    if name in RECIPE_COLOURS:
        return RECIPE_COLOURS[name]
    spare = [other for other in names if other not in RECIPE_COLOURS]
    return SPARE_COLOURS[spare.index(name) % len(SPARE_COLOURS)]


def dashes(name: str) -> Any:
    """A recipe's line style."""
    return DASHES.get(name, (0, (1, 1.2)))


def marker(name: str, names: list[str]) -> str:
    """An algorithm's marker; unknown algorithms take spare ones in order."""
    if name in MARKERS:
        return MARKERS[name]
    spare = [other for other in names if other not in MARKERS]
    return SPARE_MARKERS[spare.index(name) % len(SPARE_MARKERS)]


def face(name: str, names: list[str]) -> str:
    """A recipe's marker fill: hollow for general pairs, else its colour."""
    return "white" if name == "general" else colour(name, names)


def title(axes: Axes, name: str, role: str = "") -> None:
    """Head a panel with a set's name in bold and its role below."""
    axes.set_title(set_title(name), pad=13 if role else 4)
    if role:
        axes.annotate(
            role_title(role),
            (0.5, 1.0),
            xytext=(0, 4),
            xycoords="axes fraction",
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=SMALL,
            color=MUTED,
        )


def percent_axis(axis: Any, ticks: int = 3, *, signed: bool = False) -> None:
    """Label an axis of shares in per cent with at most ``ticks`` + 1 round ticks."""

    def form(value: float, _: int) -> str:
        number = round(100 * value)
        return f"{number:+d}".replace("-", "\u2212") if signed and number else f"{number}"

    axis.set_major_locator(MaxNLocator(ticks, steps=[1, 2, 5, 10], min_n_ticks=2))
    axis.set_major_formatter(FuncFormatter(form))


def recipe_handles(names: list[str], *, lines: bool = False) -> list[Line2D]:
    """Key entries of recipes: line styles, or markers as in the scatter panels."""
    handles = []
    for name in names:
        shade = colour(name, names)
        look: dict[str, Any] = {"ls": dashes(name)}
        if not lines:
            look = {"ls": "none", "marker": "o", "mfc": face(name, names), "mec": shade}
        label = recipe(name) or "tuned elsewhere"  # a variant without a recipe of this study
        handles.append(Line2D([], [], color=shade, label=label, **look))
    return handles
