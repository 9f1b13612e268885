"""What atomic preferences add to general ones: apeft − general of every algorithm on every set."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import blended_transform_factory

from analysis import omission, style
from analysis.estimates import difference
from analysis.figures import captions
from analysis.load import Results
from analysis.measures import (
    Cell,
    EvaluationSet,
    evaluation_sets,
    main_measures,
    paper_measure,
    recipe_pairs,
)
from analysis.omission import BY_OMISSION
from analysis.settings import Settings
from analysis.stats import Interval
from analysis.tables.write import percent

NAME = "gains"
ROW = 0.16  # inches of a line
BESIDE = 0.42  # lines from a gain by the first measure down to that by the paper's
GAP = 0.5  # lines between the sets
NUMBERS = 1.03  # where the numbers begin, in widths of the axes


@dataclass(frozen=True)
class Gain:
    """apeft − general of one algorithm on one set, in 0..1; None when no item of both is scored.

    ``found`` is of the set's first measure, ``paper`` of the paper's where that is another one, and
    ``note`` what is to be said of it.
    """

    cell: Cell
    other: Cell
    found: Interval | None
    paper: Interval | None = None
    note: str = ""

    @property
    def name(self) -> str:
        """The algorithm, with a dagger when either of the two variants is collapsed."""
        flagged = self.cell.collapsed or self.other.collapsed
        return style.algorithm(self.cell.algorithm) + (" †" if flagged else "")

    @property
    def told(self) -> str:
        """Estimate and interval in points, as printed beside the line."""
        if self.found is None:
            return "not measured"
        return percent(self.found, signed=True) + (" ‡" if self.note else "")


def caption(results: Results, settings: Settings) -> str:
    """Return the figure's one-sentence caption."""
    noted = any(
        one.note for where in evaluation_sets(results) for one in gains(results, where, settings)
    )
    return (
        "Atomic preference gains by algorithm: apeft − general in points on the first main measure "
        "of each set (filled, with its numbers: the share right) and on the paper's (hollow: "
        "FActScore, or balanced accuracy for questions), paired by item, to the right of zero "
        f"where the atomic pairs help{f'; ‡ by the paper: {BY_OMISSION}' if noted else ''} "
        f"({captions.sizes(results)}; {captions.seeds(results)}; {captions.intervals(settings)}, "
        f"unadjusted; {captions.flags(results)}{captions.CAUTION})."
    )


def gains(results: Results, where: EvaluationSet, settings: Settings) -> list[Gain]:
    """One gain for each algorithm that has both recipes."""
    first, paper = main_measures(where)[0], paper_measure(where)
    return [
        Gain(
            cell,
            other,
            difference(results, cell, other, where, first, settings),
            None if paper == first else difference(results, cell, other, where, paper, settings),
            omission.told(results, cell, other, where, paper, settings),
        )
        for cell, other in recipe_pairs(results)
    ]


def draw(results: Results, settings: Settings) -> Figure:
    """Draw one line for each set and algorithm below one another, the numbers to the right."""
    if not recipe_pairs(results):
        return style.nothing("no algorithm was tuned with both recipes")
    found = {where: gains(results, where, settings) for where in evaluation_sets(results)}
    if not any(one.found for group in found.values() for one in group):
        return style.nothing("no item of both recipes is scored")
    algorithms = list(dict.fromkeys(cell.algorithm for cell, _ in recipe_pairs(results)))
    lines = sum(len(group) + 1 + GAP for group in found.values()) - GAP
    figure = style.figure(style.COLUMN, 0.45 + ROW * lines)
    axes = figure.subplots()
    axes.axvline(0, color=style.BASE_COLOUR, lw=0.8, zorder=1)
    ticks: list[tuple[float, str]] = []
    y = 0.0
    for where, group in found.items():
        _heading(axes, where, y)
        for one in group:
            y += 1
            ticks.append((y, one.name))
            _line(axes, one, y, algorithms)
        y += 1 + GAP
    axes.set_yticks([place for place, _ in ticks], [name for _, name in ticks])
    axes.set_ylim(lines - 0.4, -0.6)
    axes.set_xlabel("apeft − general (points)", labelpad=1.5)
    style.percent_axis(axes.xaxis, 4, signed=True)
    axes.grid(axis="x")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    return figure


def _heading(axes: Axes, where: EvaluationSet, y: float) -> None:
    """Head a set's lines with its name in bold and its measure and role behind."""
    across = blended_transform_factory(axes.transAxes, axes.transData)
    name = axes.text(0, y, style.set_title(where.name), transform=across, va="center")
    name.set(fontweight="bold", bbox={"fc": "white", "ec": "none", "pad": 0.6})
    axes.annotate(
        f"{main_measures(where)[0].short}, {style.role_title(where.role)}", (1, 0), xycoords=name,
        xytext=(4, 0), textcoords="offset points", va="bottom", fontsize=style.SMALL,
        color=style.MUTED, bbox={"fc": "white", "ec": "none", "pad": 0.6},
    )  # fmt: skip


def _line(axes: Axes, one: Gain, y: float, algorithms: list[str]) -> None:
    colour = style.RECIPE_COLOURS["apeft"]
    across = blended_transform_factory(axes.transAxes, axes.transData)
    numbers = axes.text(NUMBERS, y, one.told, transform=across, fontsize=style.SMALL)
    numbers.set_verticalalignment("center_baseline")
    marker = style.marker(one.cell.algorithm, algorithms)
    for found, place, face in ((one.found, y, colour), (one.paper, y + BESIDE, "white")):
        if found is None:
            continue
        if found.known:
            axes.plot([found.low, found.high], [place, place], color=colour, lw=0.8, zorder=2)
        axes.plot(
            found.estimate, place, ls="none", marker=marker, ms=3.6, mec=colour, mfc=face, mew=0.8,
            zorder=3,
        )  # fmt: skip
