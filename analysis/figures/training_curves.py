"""Training curves: loss, preference accuracy, margin, log-probabilities and KL of every variant."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from analysis import style
from analysis.figures import captions
from analysis.load import Results
from analysis.measures import ALGORITHMS, RECIPES
from analysis.settings import Settings

NAME = "training_curves"


@dataclass(frozen=True)
class Row:
    """A row of panels: measures drawn as lines, and validation measures drawn as points."""

    label: str
    lines: tuple[str, ...]
    points: tuple[str, ...] = ()


ROWS = (
    Row("loss", ("loss",)),
    Row("preference\naccuracy", ("accuracy",), ("validation_accuracy",)),
    # Not one row: the reward is the trainer's own (times β, of a step's pairs), a gain is in nats.
    Row("reward\nmargin", ("margin",)),
    Row("margin of gains\n(nats)", (), ("validation_margin",)),
    Row("log p of\nresponse (nats)", ("logp_chosen", "logp_rejected")),
    Row("KL from\nbase (nats)", ("kl",)),
)


def caption(results: Results, settings: Settings) -> str:
    """Return the figure's one-sentence caption."""
    return (
        "Training of every algorithm by recipe: thin lines are seeds, thick lines their mean, "
        "points validation pairs; a reward is the trainer's own, a gain the log-probability over "
        "the reference's; of the two log p curves of a recipe the faint one is the rejected "
        f"response (n = {results.curves['variant'].nunique()} runs; "
        f"{captions.seeds(results)}; no intervals; {captions.CAUTION})."
    )


def draw(results: Results, settings: Settings) -> Figure:
    """Draw measures down, algorithms across."""
    curves = results.curves[results.curves["value"].notna()]
    measured = set(curves["measure"])
    rows = [row for row in ROWS if measured & {*row.lines, *row.points}]
    if not rows:
        return style.nothing("no training was logged")
    algorithms = _ordered(curves["algorithm"], ALGORITHMS)
    recipes = _ordered(curves["recipe"], RECIPES)
    width = style.TEXT if len(algorithms) > 2 else style.COLUMN * 1.3
    figure = style.figure(width, 0.55 + 0.95 * len(rows))
    grid = figure.subplots(len(rows), len(algorithms), squeeze=False, sharex="col")
    for number, row in enumerate(rows):
        for column, algorithm in enumerate(algorithms):
            axes = grid[number][column]
            _panel(axes, curves[curves["algorithm"] == algorithm], row, recipes)
            if number == 0:
                axes.set_title(style.algorithm(algorithm))
            if number == len(rows) - 1:
                axes.set_xlabel("optimizer step")
        grid[number][0].set_ylabel(row.label)
    figure.align_ylabels(list(grid[:, 0]))
    handles = style.recipe_handles(recipes, lines=True)
    if any(measured & set(row.points) for row in rows):
        handles.append(
            Line2D([], [], ls="none", marker="o", ms=3, color=style.INK, label="validation")
        )
    if "logp_rejected" in measured:
        handles.append(Line2D([], [], color=style.INK, alpha=0.4, label="rejected"))
    figure.legend(handles=handles, loc="outside upper right", ncols=len(handles))
    return figure


def _ordered(values: pd.Series, order: tuple[str, ...]) -> list[str]:
    found = set(values)
    return [name for name in order if name in found] + sorted(found - set(order))


def _panel(axes: Axes, rows: pd.DataFrame, row: Row, recipes: list[str]) -> None:
    for recipe in recipes:
        mine = rows[rows["recipe"] == recipe]
        colour = style.colour(recipe, recipes)
        for measure in row.lines:
            faint = 0.4 if measure == "logp_rejected" else 1.0
            one = mine[mine["measure"] == measure]
            by_seed = one.pivot_table(index="step", columns="seed", values="value", sort=True)
            if by_seed.shape[1] > 1:
                for seed in by_seed:
                    axes.plot(
                        by_seed.index, by_seed[seed], color=colour, lw=0.4, alpha=0.45 * faint
                    )
            if by_seed.shape[1]:
                mean = by_seed.mean(axis=1)
                axes.plot(mean.index, mean, color=colour, alpha=faint, ls=style.dashes(recipe))
        for measure in row.points:
            mean = mine[mine["measure"] == measure].groupby("step")["value"].mean()
            axes.plot(
                mean.index, mean, ls="none", marker="o", ms=3.2, mec=colour, mew=0.9,
                mfc=style.face(recipe, recipes), zorder=4,
            )  # fmt: skip
    axes.grid(axis="y")
    axes.locator_params(axis="y", nbins=4)
    axes.ticklabel_format(axis="y", useOffset=False)  # a loss is read as it stands
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    if not axes.lines:
        axes.set_yticks([])
        axes.text(
            0.5, 0.5, "not logged", transform=axes.transAxes, ha="center", fontsize=style.SMALL
        )
