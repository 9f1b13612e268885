"""Shift of each adapter on its own text beside that on reference texts, by set."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis import style
from analysis.stats import Interval

Key = tuple[str, str, str]  # adapter, set, text
MARKERS = {"own": "o", "lead": "s", "facts": "^"}
ROWS = (("differs", "other first choice (%)"), ("kl_tuned_base", "KL(tuned || base) (nats)"))


def draw(
    estimates: Mapping[tuple[Key, str], Interval | None], recipes: Mapping[str, str]
) -> Figure:
    """Draw sets across, measures down, and in each panel a row for each adapter and text.

    Args:
        estimates: by (adapter, set, text) and measure.
        recipes: recipe of each adapter, for its colour.
    """
    keys = list(dict.fromkeys(key for key, _ in estimates))
    sets = list(dict.fromkeys(where for _, where, _ in keys))
    adapters = list(dict.fromkeys(adapter for adapter, _, _ in keys))
    lines = [
        (adapter, text)
        for adapter in adapters
        for text in MARKERS
        if any(key[0] == adapter and key[2] == text for key in keys)
    ]
    width = style.TEXT if len(sets) > 1 else style.COLUMN
    figure = style.figure(width, 0.6 + len(ROWS) * (0.42 + 0.14 * len(lines)), between=0.05)
    grid = figure.subplots(len(ROWS), len(sets), squeeze=False, sharey=True, sharex="row")
    names = list(dict.fromkeys(recipes[adapter] for adapter in adapters))
    for row, (measure, label) in enumerate(ROWS):
        for column, where in enumerate(sets):
            axes = grid[row][column]
            for place, (adapter, text) in enumerate(lines):
                found = estimates.get(((adapter, where, text), measure))
                _point(axes, found, place, style.colour(recipes[adapter], names), text)
            _dress(axes, lines)
            axes.set_xlabel(label, labelpad=1.5)
            axes.set_xlim(left=0)
            if measure == "differs":
                style.percent_axis(axes.xaxis)
            else:
                axes.xaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10], min_n_ticks=2))
            axes.tick_params(labelleft=column == 0)
            if row == 0:
                style.title(axes, where)
    grid[0][0].set_yticks(range(len(lines)), [f"{adapter}, {text}" for adapter, text in lines])
    grid[0][0].set_ylim(len(lines) - 0.5, -0.5)
    return figure


def _point(axes: Axes, found: Interval | None, y: int, colour: str, text: str) -> None:
    if found is None:
        axes.text(0.02, y, "no such text", transform=axes.get_yaxis_transform(), va="center",
                  fontsize=style.SMALL, color=style.MUTED)  # fmt: skip
        return
    if found.known:
        axes.plot([found.low, found.high], [y, y], color=colour, lw=1.0, zorder=2)
    fill = colour if text == "own" else "white"
    axes.plot(found.estimate, y, ls="none", marker=MARKERS[text], ms=4.2, mec=colour, mfc=fill,
              mew=1.0, zorder=3, clip_on=False)  # fmt: skip


def _dress(axes: Axes, lines: list[tuple[str, str]]) -> None:
    axes.grid(axis="x")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    for border in range(1, len(lines)):
        if lines[border][0] != lines[border - 1][0]:
            axes.axhline(border - 0.5, color=style.FAINT, lw=0.4, zorder=0)
