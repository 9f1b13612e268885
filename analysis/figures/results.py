"""In-domain and out-of-domain results of every algorithm and recipe against the base model."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from analysis import style
from analysis.estimates import estimate
from analysis.figures import captions
from analysis.load import Results
from analysis.measures import (
    Cell,
    EvaluationSet,
    Measure,
    base_cell,
    evaluation_sets,
    main_measures,
    tuned_cells,
)
from analysis.settings import Settings
from analysis.stats import Interval

NAME = "results"


def caption(results: Results, settings: Settings) -> str:
    """Return the figure's one-sentence caption."""
    return (
        "Results of each algorithm by recipe in domain and out of domain, with the base model as "
        f"line and band ({captions.sizes(results)}; {captions.seeds(results)}, averaged per item; "
        f"{captions.intervals(settings)}, Jeffreys where a class has fewer than 30 items or one "
        "score; "
        f"{captions.flags(results)}{captions.CAUTION})."
    )


def draw(results: Results, settings: Settings) -> Figure:
    """Draw one column per set and one row per measure; algorithms down, measure across."""
    sets = evaluation_sets(results)
    tuned = tuned_cells(results)
    algorithms = list(dict.fromkeys(cell.algorithm for cell in tuned))
    recipes = list(dict.fromkeys(cell.recipe for cell in tuned))
    rows = max(len(_drawn(one)) for one in sets)
    height = 0.75 + rows * (0.42 + 0.13 * max(len(tuned), 3))
    width = style.TEXT if len(sets) > 2 else style.COLUMN
    figure = style.figure(width, height, between=0.05)
    grid = figure.subplots(rows, len(sets), squeeze=False, sharey=True)
    for column, where in enumerate(sets):
        measures = _drawn(where)
        for row in range(rows):
            axes = grid[row][column]
            if row >= len(measures):
                axes.set_axis_off()
                continue
            _panel(axes, results, settings, where, measures[row], algorithms, recipes)
            if row == 0:
                style.title(axes, where.name, where.role)
            axes.tick_params(labelleft=column == 0)
    grid[0][0].set_yticks(range(len(algorithms)), [style.algorithm(one) for one in algorithms])
    grid[0][0].set_ylim(len(algorithms) - 0.5, -0.5)
    _key(figure, recipes)
    return figure


def _drawn(where: EvaluationSet) -> list[Measure]:
    """The main measures without those that the table alone has room for."""
    return [one for one in main_measures(where) if one.key not in ("omitted", "abstains", "f1")]


def _panel(
    axes: Axes,
    results: Results,
    settings: Settings,
    where: EvaluationSet,
    measure: Measure,
    algorithms: list[str],
    recipes: list[str],
) -> None:
    base = estimate(results, base_cell(results), where, measure, settings)
    if base is not None:
        if base.known:
            axes.axvspan(base.low, base.high, color=style.BASE_BAND, lw=0, zorder=0)
        axes.axvline(base.estimate, color=style.BASE_COLOUR, lw=0.8, zorder=1)
    step = 0.5 / max(len(recipes), 2)
    drawn = base is not None
    for cell in tuned_cells(results):
        found = estimate(results, cell, where, measure, settings)
        if found is None:
            continue
        drawn = True
        offset = (recipes.index(cell.recipe) - (len(recipes) - 1) / 2) * step
        _point(axes, found, algorithms.index(cell.algorithm) + offset, cell, recipes)
    axes.set_xlabel(measure.label + " (%)", linespacing=1.05, labelpad=1.5)
    style.percent_axis(axes.xaxis)
    axes.grid(axis="x")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    for border in range(1, len(algorithms)):
        axes.axhline(border - 0.5, color=style.FAINT, lw=0.4, zorder=0)
    if not drawn:
        axes.set_xticks([])
        axes.text(0.5, 0.5, "nothing scored", transform=axes.transAxes, ha="center", va="center")


def _point(axes: Axes, found: Interval, y: float, cell: Cell, recipes: list[str]) -> None:
    colour = style.colour(cell.recipe, recipes)
    if found.known:
        axes.plot([found.low, found.high], [y, y], color=colour, lw=1.0, zorder=2)
    axes.plot(
        found.estimate,
        y,
        ls="none",
        marker="o",
        ms=4.2,
        mec=colour,
        mfc=style.face(cell.recipe, recipes),
        mew=1.0,
        zorder=3,
    )
    if cell.collapsed:
        axes.annotate(
            "†",
            (found.high if found.known else found.estimate, y),
            xytext=(2, 0),
            textcoords="offset points",
            va="center",
            fontsize=style.SMALL,
        )


def _key(figure: Figure, recipes: list[str]) -> None:
    base: list[Line2D | Patch] = [
        Line2D([], [], color=style.BASE_COLOUR, lw=0.8, label="base"),
        Patch(color=style.BASE_BAND, label="base, 95 %"),
    ]
    handles = [*style.recipe_handles(recipes), *base]
    figure.legend(handles=handles, loc="outside upper right", ncols=len(handles))
