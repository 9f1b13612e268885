"""How far a variant moved from the base model against what it gained, with the paper's regions.

Under-alignment: the shift is small and the measure does not gain, of an adapter that has learned.
Over-alignment: the shift is large and the measure falls. Both borders are parameters, since the
paper prints none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from numpy.typing import NDArray

from analysis import style
from analysis.estimates import difference, shift_share
from analysis.figures import captions
from analysis.learned import learning
from analysis.load import Results
from analysis.measures import (
    Cell,
    EvaluationSet,
    base_cell,
    evaluation_sets,
    main_measures,
    tuned_cells,
)
from analysis.regions import STILL, can_move
from analysis.settings import Settings
from analysis.stats import Interval

NAME = "shift_vs_factuality"
UNDER, OVER = "#c6d6e4", "#f6dcd3"
FAINT = 0.35  # of a sign whose adapter has not learned
COLUMNS = 3
TICKS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0)


@dataclass(frozen=True)
class Point:
    """One variant on one set: shift share, change against the base, whether it has learned."""

    cell: Cell
    shift: Interval
    change: Interval
    learned: bool


def caption(results: Results, settings: Settings) -> str:
    """Return the figure's one-sentence caption."""
    return (
        f"Share of tokens of rank > 1 among those that could move ({captions.free(settings)}; "
        f"first {settings.first_positions} positions) against the change of the main measure from "
        "the base model (the share right; paired by item), with "
        f"regions of under-alignment (shift below {100 * settings.small_shift:g} %, gain below "
        f"{100 * settings.small_change:g} points, of adapters that have learned: a faint sign has "
        "not) and over-alignment (shift at or above it, "
        f"change below -{100 * settings.small_change:g} points) ({captions.sizes(results)}; "
        f"{captions.seeds(results)}; {captions.intervals(settings)}; "
        f"{captions.flags(results)}{captions.CAUTION})."
    )


def points(results: Results, where: EvaluationSet, settings: Settings) -> list[Point]:
    """Every tuned variant that has both a shift share and a paired change on a set."""
    base, measure = base_cell(results), main_measures(where)[0]
    found = []
    for cell in tuned_cells(results):
        shift = shift_share(results, cell, where, settings, free=True)
        change = difference(results, cell, base, where, measure, settings)
        if shift is not None and change is not None:
            known = learning(results, cell, settings, over_seeds=True).done
            found.append(Point(cell, shift, change, known))
    return found


def draw(results: Results, settings: Settings) -> Figure:
    """Draw one panel per set on common axes, and the key in the last cell."""
    sets = evaluation_sets(results)
    found = {where: points(results, where, settings) for where in sets}
    rows = -(-(len(sets) + 1) // COLUMNS)
    figure = style.figure(style.TEXT, 0.2 + 2.05 * rows)
    grid = figure.subplots(rows, COLUMNS, squeeze=False).ravel()
    limits = _limits([one for group in found.values() for one in group], settings)
    recipes = list(dict.fromkeys(cell.recipe for cell in tuned_cells(results)))
    algorithms = list(dict.fromkeys(cell.algorithm for cell in tuned_cells(results)))
    for number, where in enumerate(sets):
        axes = grid[number]
        _regions(axes, limits, settings)
        for one in found[where]:
            _point(axes, one, recipes, algorithms)
        if not found[where]:
            axes.text(
                0.5, 0.6, _why(results, where, settings), transform=axes.transAxes, ha="center"
            )
        style.title(axes, where.name, where.role)
        below = number + COLUMNS >= len(sets)
        axes.tick_params(labelleft=number % COLUMNS == 0, labelbottom=below)
        if below:
            axes.set_xlabel("shift share (% of tokens, √ scale)")
        if number % COLUMNS == 0:
            axes.set_ylabel("change from base (points)")
    for axes in grid[len(sets) :]:
        axes.set_axis_off()
    _key(grid[len(sets)], recipes, algorithms)
    return figure


def _why(results: Results, where: EvaluationSet, settings: Settings) -> str:
    """Why a set has no point."""
    seen = [cell for cell in tuned_cells(results) if can_move(results, cell, where, settings)]
    return "not measured" if seen else STILL


def _limits(found: list[Point], settings: Settings) -> tuple[float, float, float]:
    """Largest x, lowest and highest y of the common axes, with a strip for the regions' names."""
    xs, ys = [2.4 * settings.small_shift], [-3 * settings.small_change, 3 * settings.small_change]
    for one in found:
        xs.append(one.shift.high if one.shift.known else one.shift.estimate)
        ys += [one.change.low, one.change.high] if one.change.known else [one.change.estimate]
    span = max(ys) - min(ys)
    return min(1.05 * max(xs), 1.0), min(ys) - 0.2 * span, max(ys) + 0.06 * span


def _root(share: NDArray[np.float64] | float) -> NDArray[np.float64]:
    return np.sqrt(np.maximum(share, 0.0))


def _regions(axes: Axes, limits: tuple[float, float, float], settings: Settings) -> None:
    right, low, high = limits
    small, change = settings.small_shift, settings.small_change
    axes.add_patch(Rectangle((0, low), small, change - low, fc=UNDER, lw=0, zorder=0))
    axes.add_patch(Rectangle((small, low), right - small, -change - low, fc=OVER, lw=0, zorder=0))
    axes.axhline(0, color=style.MUTED, lw=0.6, zorder=1)
    # Shares crowd near zero and one variant may be far out: a square root keeps both readable.
    axes.set_xscale("function", functions=(_root, np.square))
    axes.set_xlim(0, right)
    axes.set_ylim(low, high)
    ticks = [tick for tick in TICKS if (tick <= right and tick >= 0.02 * right) or tick == 0]
    axes.set_xticks(ticks, [f"{100 * tick:g}" for tick in ticks])
    style.percent_axis(axes.yaxis, 4, signed=True)
    border = float(_root(small / right))
    for left, room, name, ink in (
        (0.0, border, "under-alignment", "#33506b"),
        (border, 1 - border, "over-alignment", "#7d1f1a"),
    ):
        if room < 0.28:  # too narrow for half of the name: the key still tells the region
            continue
        axes.text(
            left + room / 2, 0.02, name if room > 0.45 else name.replace("-", "-\n"), ha="center",
            va="bottom", transform=axes.transAxes, color=ink, fontsize=style.SMALL,
            fontstyle="italic", linespacing=1.0,
        )  # fmt: skip


def _point(axes: Axes, one: Point, recipes: list[str], algorithms: list[str]) -> None:
    colour = style.colour(one.cell.recipe, recipes)
    x, y = one.shift.estimate, one.change.estimate
    if one.shift.known:
        axes.plot([one.shift.low, one.shift.high], [y, y], color=colour, lw=0.6, alpha=0.6)
    if one.change.known:
        axes.plot([x, x], [one.change.low, one.change.high], color=colour, lw=0.6, alpha=0.6)
    axes.plot(
        x,
        y,
        ls="none",
        marker=style.marker(one.cell.algorithm, algorithms),
        ms=4.5,
        mec=colour,
        mfc=style.face(one.cell.recipe, recipes),
        mew=0.9,
        zorder=4,
        clip_on=False,
        alpha=1.0 if one.learned else FAINT,
    )
    if one.cell.collapsed:
        axes.annotate(
            "†", (x, y), xytext=(4, 3), textcoords="offset points", fontsize=style.SMALL, zorder=5
        )


def _key(axes: Axes, recipes: list[str], algorithms: list[str]) -> None:
    shapes = [
        Line2D([], [], ls="none", marker=style.marker(name, algorithms), mec=style.INK,
               mfc=style.FAINT, label=style.algorithm(name))
        for name in algorithms
    ]  # fmt: skip
    regions = [
        Patch(fc=UNDER, label="under-alignment:\nsmall shift, no gain"),
        Patch(fc=OVER, label="over-alignment:\nlarge shift, loss"),
    ]
    handles = [*shapes, *style.recipe_handles(recipes), *regions]
    axes.legend(handles=handles, loc="center", ncols=2, handletextpad=0.6, labelspacing=0.8)
