"""Unshifted, marginal and shifted tokens of every variant, in domain beside out of domain."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from analysis import style
from analysis.estimates import shift_share
from analysis.figures import captions
from analysis.load import REGIONS, Results
from analysis.measures import Cell, EvaluationSet, cells, evaluation_sets, marginal_rank
from analysis.settings import Settings

NAME = "shift_shares"
HATCHES = {"unshifted": "", "marginal": "", "shifted": "//////"}


def caption(results: Results, settings: Settings) -> str:
    """Return the figure's one-sentence caption."""
    return (
        "Share of each variant's own tokens that the base model ranks first (unshifted), just "
        f"below (marginal: rank 2 to {marginal_rank(results)}) or lower (shifted) over the first "
        f"{settings.first_positions} positions of a response; the number is that of rank > 1 in "
        f"per cent and the line its interval ({captions.sizes(results, 'shift')}; "
        f"{captions.seeds(results)}, pooled; {captions.intervals(settings)}; {captions.CAUTION})."
    )


def draw(results: Results, settings: Settings) -> Figure:
    """Draw one column per set with a stacked bar per variant."""
    present = {where for _, _, where in results.shift_of}
    sets = [one for one in evaluation_sets(results) if one.name in present]
    if not sets:
        return style.nothing("no token was looked up in the base model")
    rows = [
        cell
        for cell in cells(results)
        if any((*cell.key, one.name) in results.shift_of for one in sets)
    ]
    width = style.TEXT if len(sets) > 2 else style.COLUMN
    figure = style.figure(width, 0.95 + 0.15 * max(len(rows), 4))
    places = _places(rows)
    grid = figure.subplots(1, len(sets), squeeze=False, sharey=True)[0]
    for axes, where in zip(grid, sets, strict=True):
        for cell, y in zip(rows, places, strict=True):
            _bar(axes, results, settings, where, cell, y)
        style.title(axes, where.name, where.role)
        axes.set_xlim(0, 1.14)
        axes.set_xlabel("tokens (%)")
        axes.set_xticks([0, 0.5, 1], ["0", "50", "100"])
        axes.tick_params(axis="y", length=0, labelleft=axes is grid[0])
        axes.spines["left"].set_visible(False)
        axes.spines["bottom"].set_bounds(0, 1)
    grid[0].set_yticks(places, [_label(cell) for cell in rows])
    grid[0].set_ylim(max(places, default=0) + 0.6, -0.6)
    handles = [
        Patch(fc=style.REGION_COLOURS[name], ec="white", hatch=HATCHES[name], label=name, lw=0)
        for name in REGIONS
    ]
    figure.legend(handles=handles, loc="outside upper right", ncols=3)
    return figure


def _label(cell: Cell) -> str:
    return " ".join(
        part for part in (style.algorithm(cell.algorithm), style.recipe(cell.recipe)) if part
    )


def _places(rows: list[Cell]) -> list[float]:
    """Bar positions: the recipes of one algorithm stand together, algorithms apart."""
    places: list[float] = []
    for number, cell in enumerate(rows):
        if number == 0:
            places.append(0.0)
        else:
            apart = rows[number - 1].algorithm != cell.algorithm
            places.append(places[-1] + (1.35 if apart else 0.95))
    return places


def _bar(
    axes: Axes, results: Results, settings: Settings, where: EvaluationSet, cell: Cell, y: float
) -> None:
    share = shift_share(results, cell, where, settings)
    if share is None:
        axes.text(0.02, y, "not measured", va="center", fontsize=style.SMALL, color=style.MUTED)
        return
    left = 0.0
    for region in REGIONS:
        part = shift_share(results, cell, where, settings, region=region)
        size = part.estimate if part is not None else 0.0
        axes.barh(
            y,
            size,
            left=left,
            height=0.8,
            color=style.REGION_COLOURS[region],
            hatch=HATCHES[region],
            ec="white",
            lw=0,
        )
        left += size
    if share.known:
        ends = [1 - share.high, 1 - share.low]
        axes.plot(ends, [y, y], color="white", lw=2.0, solid_capstyle="butt")
        axes.plot(ends, [y, y], color=style.INK, lw=0.8, solid_capstyle="butt")
    number = f"{100 * share.estimate:.0f}"
    axes.text(1.03, y, number, va="center", fontsize=style.SMALL, clip_on=False)
