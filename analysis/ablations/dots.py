"""The figure of contrasts between arms: dots with intervals, sets across."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis import style
from analysis.ablations.arms import Contrast, contrast
from analysis.load import Results
from analysis.measures import Measure, evaluation_sets, main_measures
from analysis.settings import Settings
from analysis.stats import Interval

# Of a group of contrasts: colour, marker and fill; the second is hollow.
LOOKS = (("#0b4f7d", "o", "#0b4f7d"), ("#d98200", "s", "white"), ("#4d4d4d", "^", "#4d4d4d"))


def dots(results: Results, contrasts: Sequence[Contrast], settings: Settings) -> Figure:
    """Draw contrasts down, sets across: the main measure above, the one without a floor below."""
    sets = evaluation_sets(results)
    places, y = [], 0.0
    for number, one in enumerate(contrasts):
        y += 0 if number == 0 else 1.0 if contrasts[number - 1].group == one.group else 1.6
        places.append(y)
    width = style.TEXT if len(sets) > 2 else style.COLUMN * 1.3
    figure = style.figure(width, 0.75 + 2 * (0.42 + 0.13 * max(y + 1, 3)), between=0.05)
    grid = figure.subplots(2, len(sets), squeeze=False, sharey=True)
    for column, where in enumerate(sets):
        measures = main_measures(where)
        for axes, measure in zip(grid[:, column], (measures[0], measures[-1]), strict=True):
            found = [contrast(results, one, where, measure, settings) for one in contrasts]
            _panel(axes, measure, contrasts, found, places)
            axes.tick_params(labelleft=column == 0)
        style.title(grid[0][column], where.name, where.role)
    grid[0][0].set_yticks(places, [one.label for one in contrasts])
    grid[0][0].set_ylim(y + 0.6, -0.6)
    figure.supxlabel("difference in points", fontsize=style.RC["axes.labelsize"])
    return figure


def _panel(
    axes: Axes,
    measure: Measure,
    contrasts: Sequence[Contrast],
    found: Sequence[Interval | None],
    places: Sequence[float],
) -> None:
    axes.axvline(0, color=style.BASE_COLOUR, lw=0.8, zorder=1)
    for number, (one, estimate, y) in enumerate(zip(contrasts, found, places, strict=True)):
        if number and contrasts[number - 1].group != one.group:
            axes.axhline((places[number - 1] + y) / 2, color=style.FAINT, lw=0.6, zorder=0)
        if estimate is not None:
            point(axes, estimate, y, one.group, collapsed=one.cell.collapsed)
    axes.set_xlabel(measure.label, linespacing=1.05, labelpad=1.5)
    style.percent_axis(axes.xaxis, signed=True)
    axes.grid(axis="x")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    if not any(found):
        axes.set_xticks([])
        axes.text(0.5, 0.5, "nothing scored", transform=axes.transAxes, ha="center", va="center")


def point(axes: Axes, found: Interval, y: float, look: int, *, collapsed: bool = False) -> None:
    """Draw an estimate with its interval across at height ``y`` in one of ``LOOKS``."""
    colour, marker, face = LOOKS[look % len(LOOKS)]
    if found.known:
        axes.plot([found.low, found.high], [y, y], color=colour, lw=1.0, zorder=2)
    axes.plot(
        found.estimate, y, ls="none", marker=marker, ms=4.2, mec=colour, mfc=face, mew=1.0, zorder=3
    )
    if collapsed:
        end = found.high if found.known else found.estimate
        axes.annotate(
            "†", (end, y), xytext=(2, 0), textcoords="offset points", va="center",
            fontsize=style.SMALL,
        )  # fmt: skip
