"""The figure of other abilities: shares to the left, changes against the base to the right."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from analysis import style
from analysis.ablations.abilities_measures import TITLE_OF_BASE, Adapter, Line, Measured
from analysis.stats import Interval

HALF_TICK = 0.42  # of a line's height


def draw(lines: list[Line], found: list[Adapter], results: dict[str, Measured]) -> Figure:
    """Draw a line for each set, with a marker for the base and for each adapter."""
    recipes = list(dict.fromkeys(adapter.recipe for adapter in found))
    algorithms = list(dict.fromkeys(adapter.algorithm for adapter in found))
    slots = len(found) + 1
    figure = style.figure(style.TEXT, 0.75 + len(lines) * (0.16 + 0.085 * slots))
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=[1.25, 1])
    step = 0.7 / slots
    for y, line in enumerate(lines):
        one = results[line.key]
        if line.chance is not None:
            left.plot(
                [line.chance] * 2, [y - HALF_TICK, y + HALF_TICK], color=style.MUTED, lw=0.9,
                ls=(0, (1.5, 1.2)), zorder=1,
            )  # fmt: skip
        top = y - step * (slots - 1) / 2
        if one.base is not None:
            _point(left, one.base, top, "D", style.BASE_COLOUR, style.BASE_COLOUR)
        for place, adapter in enumerate(found, 1):
            look = (
                style.marker(adapter.algorithm, algorithms),
                style.colour(adapter.recipe, recipes),
                style.face(adapter.recipe, recipes),
            )
            if adapter.name in one.levels:
                _point(left, one.levels[adapter.name], top + place * step, *look)
            if adapter.name in one.changes:
                _point(right, one.changes[adapter.name], top + (place - 0.5) * step, *look)
    for axes in (left, right):
        for border in range(1, len(lines)):
            # What has no right answer stands apart.
            apart = lines[border].bias
            colour = style.MUTED if apart else style.FAINT
            axes.axhline(border - 0.5, color=colour, lw=0.7 if apart else 0.4, zorder=0)
        axes.grid(axis="x")
        axes.tick_params(axis="y", length=0, labelleft=axes is left)
        axes.spines["left"].set_visible(False)
    right.axvline(0, color=style.BASE_COLOUR, lw=0.8, zorder=1)
    left.set_yticks(range(len(lines)), [_label(line) for line in lines])
    left.set_ylim(len(lines) - 0.5, -0.5)
    style.percent_axis(left.xaxis, 5)
    style.percent_axis(right.xaxis, 5, signed=True)
    left.set_xlabel("right option likeliest (%)")
    right.set_xlabel("adapter − base (points)")
    _key(figure, found, recipes, algorithms)
    return figure


def _label(line: Line) -> str:
    if line.bias:
        return f"{line.title}\n(stereotype likelier; best: 50)"
    return line.title


def _point(axes: Axes, found: Interval, y: float, marker: str, colour: str, face: str) -> None:
    if found.known:
        axes.plot([found.low, found.high], [y, y], color=colour, lw=1.0, zorder=2)
    axes.plot(
        found.estimate, y, ls="none", marker=marker, ms=3.8, mec=colour, mfc=face, mew=1.0, zorder=3
    )


def _key(figure: Figure, found: list[Adapter], recipes: list[str], algorithms: list[str]) -> None:
    base = Line2D(
        [], [], ls="none", marker="D", ms=3.8, color=style.BASE_COLOUR, label=TITLE_OF_BASE
    )
    guess = Line2D([], [], color=style.MUTED, lw=0.9, ls=(0, (1.5, 1.2)), label="guessing")
    handles = [base]
    for adapter in found:
        handles.append(
            Line2D(
                [], [], ls="none", ms=3.8, mew=1.0, label=adapter.title,
                marker=style.marker(adapter.algorithm, algorithms),
                mec=style.colour(adapter.recipe, recipes),
                mfc=style.face(adapter.recipe, recipes),
            )
        )  # fmt: skip
    handles.append(guess)
    figure.legend(handles=handles, loc="outside upper right", ncols=min(len(handles), 6))
