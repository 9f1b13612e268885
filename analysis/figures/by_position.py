"""Where in a response the tuned models leave the base model: curves over token positions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis import style
from analysis.figures import captions
from analysis.load import Results
from analysis.measures import evaluation_sets, labels, tuned_cells, values
from analysis.settings import Settings
from analysis.stats import cluster_curve
from apeft.rng import keyed


@dataclass(frozen=True)
class Curve:
    """What is drawn: the mean of ``values`` (rows of shift.csv to one number each, NaN: none).

    ``key`` names the resampling's draws, ``label`` the axis; ``share`` tells that values are in
    0..1 and shown in per cent; ``width``: how many positions are pooled, drawn as a step.
    """

    key: str
    label: str
    values: Callable[[pd.DataFrame], pd.Series]
    share: bool = False
    width: int = 1


def reach(results: Results, settings: Settings) -> str:
    """Words of a caption: how far the curves go, and what they rest on."""
    return (
        "of the variants' own responses, up to the position that half of the "
        f"responses reach; the dotted line ends the first {settings.first_positions} positions "
        f"over which sets are compared ({captions.sizes(results, 'shift')}; "
        f"{captions.seeds(results)}, pooled; pointwise {captions.by_entity(settings)}; "
        f"{captions.CAUTION})."
    )


def draw(results: Results, curve: Curve, settings: Settings) -> Figure:
    """Draw algorithms down and sets across one line per recipe.

    Shares have one scale in all panels, other curves one for each algorithm.
    """
    present = {where for _, _, where in results.shift_of}
    sets = [one for one in evaluation_sets(results) if one.name in present]
    shown = [
        c
        for c in tuned_cells(results)
        if any((*c.key, one.name) in results.shift_of for one in sets)
    ]
    if not shown:
        return style.nothing("no token was looked up in the base model")
    algorithms = list(dict.fromkeys(cell.algorithm for cell in shown))
    recipes = list(dict.fromkeys(cell.recipe for cell in shown))
    figure = style.figure(
        style.TEXT if len(sets) > 2 else style.COLUMN, 0.8 + 0.78 * len(algorithms)
    )
    grid = figure.subplots(
        len(algorithms),
        len(sets),
        squeeze=False,
        sharex="col",
        sharey="all" if curve.share else "row",
    )
    for cell in shown:
        for column, where in enumerate(sets):
            rows = results.shift_of.get((*cell.key, where.name))
            if rows is not None:
                axes = grid[algorithms.index(cell.algorithm)][column]
                rng = keyed(settings.seed, curve.key, where.name)
                _line(axes, rows, curve, cell.recipe, recipes, settings, rng)
    for row, name in enumerate(algorithms):
        for column, where in enumerate(sets):
            _dress(grid[row][column], curve, settings)
            if row == 0:
                style.title(grid[row][column], where.name, where.role)
        grid[row][0].set_ylabel(f"{style.algorithm(name)}\n{curve.label}")
    for axes in grid[-1]:
        axes.set_xlabel("token position")
    figure.legend(
        handles=style.recipe_handles(recipes, lines=True), loc="outside upper right", ncols=4
    )
    return figure


def _line(
    axes: Axes,
    rows: pd.DataFrame,
    curve: Curve,
    recipe: str,
    recipes: list[str],
    settings: Settings,
    rng: np.random.Generator,
) -> None:
    rows = rows.assign(value=curve.values(rows))
    rows = rows[rows["value"].notna()]
    if rows.empty:
        return
    positions = rows["position"].to_numpy(dtype=np.int64)
    reached = np.bincount(positions)
    length = int(np.flatnonzero(reached >= reached.max() / 2).max()) + 1
    kept = rows[positions < length]
    mean, low, high = cluster_curve(
        values(kept),
        positions[positions < length] // curve.width,
        labels(kept, "entity"),
        resamples=settings.bootstrap,
        rng=rng,
    )
    colour, where = style.colour(recipe, recipes), np.arange(length, dtype=np.float64)
    if curve.width == 1:
        axes.fill_between(where, low, high, color=colour, alpha=0.18, lw=0)
        axes.plot(where, mean, color=colour, ls=style.dashes(recipe), lw=1.0)
        return
    # A step covers its positions, each from half before it to half behind it.
    where = np.minimum(np.arange(len(mean) + 1) * curve.width, length) - 0.5
    mean, low, high = (np.append(one, one[-1]) for one in (mean, low, high))
    axes.fill_between(where, low, high, color=colour, alpha=0.18, lw=0, step="post")
    axes.plot(where, mean, color=colour, ls=style.dashes(recipe), lw=1.0, drawstyle="steps-post")


def _dress(axes: Axes, curve: Curve, settings: Settings) -> None:
    axes.axvline(settings.first_positions - 0.5, color=style.MUTED, lw=0.6, ls=(0, (1, 1.5)))
    axes.set_ylim(bottom=0)
    axes.set_xlim(left=0)
    axes.grid(axis="y")
    if curve.share:
        style.percent_axis(axes.yaxis, 4)
    else:
        axes.yaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10], min_n_ticks=3))
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    if not axes.lines[:-1]:
        axes.text(
            0.5, 0.5, "not measured", transform=axes.transAxes, ha="center", fontsize=style.SMALL
        )
