"""Where in a response the tuned models leave the base model: KL divergence by token position."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis import style
from analysis.figures import captions
from analysis.load import Results
from analysis.measures import evaluation_sets, labels, tuned_cells
from analysis.settings import Settings
from analysis.stats import cluster_curve
from apeft.rng import keyed

NAME = "kl_by_position"
MEASURE = "kl_tuned_base"


def caption(results: Results, settings: Settings) -> str:
    """Return the figure's one-sentence caption."""
    return (
        "Mean KL(tuned || base) in nats at each position of the variants' own responses, up to "
        "the position that half of the responses reach; the dotted line ends the first "
        f"{settings.first_positions} positions over which sets are compared "
        f"({captions.sizes(results, 'shift')}; {captions.seeds(results)}, pooled; pointwise "
        f"{captions.intervals(settings)}; {captions.CAUTION})."
    )


def draw(results: Results, settings: Settings) -> Figure:
    """Draw algorithms down and sets across, one line per recipe."""
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
    grid = figure.subplots(len(algorithms), len(sets), squeeze=False, sharex="col", sharey="row")
    for cell in shown:
        for column, where in enumerate(sets):
            rows = results.shift_of.get((*cell.key, where.name))
            if rows is not None:
                axes = grid[algorithms.index(cell.algorithm)][column]
                rng = keyed(settings.seed, "kl", where.name)
                _line(axes, rows, cell.recipe, recipes, settings, rng)
    for row, name in enumerate(algorithms):
        for column, where in enumerate(sets):
            _dress(grid[row][column], settings)
            if row == 0:
                style.title(grid[row][column], where.name, where.role)
        grid[row][0].set_ylabel(f"{style.algorithm(name)}\nKL (nats)")
    for axes in grid[-1]:
        axes.set_xlabel("token position")
    figure.legend(
        handles=style.recipe_handles(recipes, lines=True), loc="outside upper right", ncols=4
    )
    return figure


def _line(
    axes: Axes,
    rows: pd.DataFrame,
    recipe: str,
    recipes: list[str],
    settings: Settings,
    rng: np.random.Generator,
) -> None:
    rows = rows[rows[MEASURE].notna()]
    if rows.empty:
        return
    positions = rows["position"].to_numpy(dtype=np.int64)
    reached = np.bincount(positions)
    length = int(np.flatnonzero(reached >= reached.max() / 2).max()) + 1
    kept = rows[positions < length]
    mean, low, high = cluster_curve(
        kept[MEASURE].to_numpy(dtype=np.float64),
        positions[positions < length],
        labels(kept, "entity"),
        resamples=settings.bootstrap,
        rng=rng,
    )
    colour, where = style.colour(recipe, recipes), np.arange(length)
    axes.fill_between(where, low, high, color=colour, alpha=0.18, lw=0)
    axes.plot(where, mean, color=colour, ls=style.dashes(recipe), lw=1.0)


def _dress(axes: Axes, settings: Settings) -> None:
    axes.axvline(settings.first_positions - 0.5, color=style.MUTED, lw=0.6, ls=(0, (1, 1.5)))
    axes.set_ylim(bottom=0)
    axes.set_xlim(left=0)
    axes.grid(axis="y")
    axes.yaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10], min_n_ticks=3))
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    if not axes.lines[:-1]:
        axes.text(
            0.5, 0.5, "not measured", transform=axes.transAxes, ha="center", fontsize=style.SMALL
        )
