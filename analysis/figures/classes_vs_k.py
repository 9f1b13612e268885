"""How the classes of facts move with k, the number of samples of each."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from analysis import style
from analysis.detection import ALL, KINDS, expected, of_relation, parameter, relations, shares_at
from analysis.figures import captions
from analysis.load import Results
from analysis.sample import Floats
from analysis.settings import Settings

NAME = "classes_vs_k"
PER_ROW = 4
UPWARDS = ("known", "potentially_known", "unknown", "unscored")  # dark below, light above
LOOK: dict[str, dict[str, Any]] = {
    name: {"fc": style.CLASS_COLOURS[name], "ec": "white", "lw": 0.5} for name in UPWARDS[:3]
} | {"unscored": {"fc": "white", "ec": style.MUTED, "lw": 0.3, "hatch": "////"}}
TALL = 0.12  # share of a panel's height that a label needs
LETTER = 0.036  # share of a panel's width that a letter of it takes


def caption(results: Results, settings: Settings) -> str:
    """Return the figure's one-sentence caption."""
    table = results.detection
    entities, larger = table["entity"].nunique(), int(parameter(results, "detect.larger_k"))
    return (
        "Share of facts in each class by the number of samples of each fact, averaged over all "
        "subsets of its samples (from below: known, potentially known, unknown, and hatched too "
        f"few samples scored), and as a bar what the fitted model expects of {larger} scored "
        f"samples (n = {len(table)} facts of {entities} entities, base model, one sampling seed, "
        f"intervals in the table of the same name; {captions.CAUTION})."
    )


def draw(results: Results, settings: Settings) -> Figure:
    """Draw a panel of stacked shares for all facts and for each relation."""
    table = results.detection
    if table.empty:
        return style.nothing("no fact was asked")
    names = [ALL, *relations(table)]
    rows = -(-len(names) // PER_ROW)
    figure = style.figure(style.TEXT, 0.35 + 1.25 * rows)
    grid = figure.subplots(rows, PER_ROW, squeeze=False, sharex=True, sharey=True).ravel()
    named: set[str] = set()
    for number, axes in enumerate(grid):
        if number >= len(names):
            axes.set_axis_off()
            continue
        part = of_relation(table, names[number])
        named |= _panel(axes, part, results)
        name = style.relation(names[number])
        axes.set_title(f"{name} (n = {len(part)})", fontweight="normal", pad=3)
        if number % PER_ROW == 0:
            axes.set_ylabel("facts (%)")
        last = number + PER_ROW >= len(names)
        axes.tick_params(labelbottom=last)
        if last:
            axes.set_xlabel("samples of a fact (bar: model)", labelpad=1)
    nameless = [name for name in UPWARDS[:3] if name not in named]  # too thin in every panel
    if nameless:
        keys = [Patch(label=name.replace("_", " "), **LOOK[name]) for name in nameless]
        figure.legend(handles=keys, loc="outside upper right", ncols=len(keys))
    return figure


def _panel(axes: Axes, table: pd.DataFrame, results: Results) -> set[str]:
    """Draw one panel; return the classes whose name stands in it."""
    k, larger = int(table["k"].max()), int(parameter(results, "detect.larger_k"))
    min_scored = parameter(results, "detect.min_scored")
    steps = np.arange(1, k + 1)
    means = np.array([shares_at(table, int(step), min_scored).mean(axis=0) for step in steps])
    order = [KINDS.index(name) for name in UPWARDS]
    shares, later = means[:, order], expected(table).mean(axis=0)[order]
    tops = np.cumsum(shares, axis=1)
    ends = np.cumsum(later)
    place, width = k + max(1.0, 0.14 * k), max(0.6, 0.1 * k)
    span = (place + width - 1 + 0.02 * k) / (k - 1)  # of the panel, in widths of the areas
    named = set()
    for row, name in enumerate(UPWARDS):
        if shares[:, row].any():
            axes.fill_between(steps, tops[:, row] - shares[:, row], tops[:, row], **LOOK[name])
            if _label(axes, name, steps, shares[:, row], tops[:, row], span):
                named.add(name)
        if later[row] > 0:
            axes.bar(place, later[row], bottom=ends[row] - later[row], width=width, **LOOK[name])
    middle = [(k + 1) // 2] if k > 4 else []
    ticks = [1, *middle, k, place]
    axes.set_xticks(ticks, [*(str(tick) for tick in ticks[:-1]), str(larger)])
    axes.set_xlim(1 - 0.02 * k, place + width)
    axes.set_ylim(0, 1)
    style.percent_axis(axes.yaxis, 2)
    return named


def _label(axes: Axes, name: str, steps: Any, shares: Floats, tops: Floats, span: float) -> bool:
    """Name an area where there is most room for its name, if there is enough."""
    half = min(0.5, LETTER * len(name) / 2 * span)  # of the areas' width, as are the places
    x = (steps - 1) / (steps[-1] - 1)
    best, room, height = 0.0, 0.0, 0.0
    for middle in sorted(np.linspace(half, 1 - half, 25), key=lambda place: abs(place - 0.5)):
        under = middle + half * np.linspace(-1, 1, 9)
        top = np.interp(under, x, tops).min()
        bottom = np.interp(under, x, tops - shares).max()
        if top - bottom > room + 0.02:  # a little more room is not worth leaving the middle
            best, room, height = float(middle), float(top - bottom), float(top + bottom) / 2
    if room < TALL:
        return False
    ink = "white" if name == "known" else style.INK
    box = {"fc": "white", "ec": "none", "pad": 0.6} if name == "unscored" else None
    axes.text(
        1 + best * (steps[-1] - 1), height, name.replace("_", " "), ha="center", va="center",
        fontsize=style.SMALL, color=ink, bbox=box,
    )  # fmt: skip
    return True
