"""What the base model knows: the share r of correct samples by relation, and the classes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from analysis import style
from analysis.detection import beyond_chance, relations
from analysis.figures import captions
from analysis.load import CLASSES, UNSCORED, Results
from analysis.settings import Settings
from apeft.guessing import LEVEL

NAME = "knowledge"
PER_ROW = 4
GUESSED = "guessed"  # potentially known, but right no more often than guessing would be
PARTS = ("unknown", GUESSED, "potentially_known", "known", UNSCORED)
BOX = {"fc": "white", "ec": "none", "pad": 0.6}
OPEN: dict[str, Any] = {"fc": "white", "ec": style.MUTED, "lw": 0.5, "ls": ":"}
FINE = 21  # up to so many samples a fact every value of r has its own bar, beyond it ten bins


def caption(results: Results, settings: Settings) -> str:
    """Return the figure's one-sentence caption."""
    table = results.detection
    samples = sorted({int(k) for k in table["k"]})
    k = " to ".join(str(one) for one in dict.fromkeys([*samples[:1], *samples[-1:]])) or "no"
    beyond, tested = beyond_chance(table)
    return (
        "Share r of correct samples of each fact by relation, and facts by class (unknown r = 0, "
        "potentially known 0 < r < 1, known r = 1, of the graded samples); "
        f"{beyond} of {tested} potentially known facts are right more often than their right "
        "value is given to other entities' questions of the relation (exact binomial test, one-"
        "sided at 5 %; the others are hatched) "
        f"(n = {len(table)} facts of {table['entity'].nunique()} entities, {k} samples each, "
        f"base model, one sampling seed, plain counts without intervals; {captions.CAUTION})."
    )


def draw(results: Results, settings: Settings) -> Figure:
    """Draw a histogram of r per relation, and below it the classes of every relation."""
    table = results.detection
    if table.empty:
        return style.nothing("no fact was asked")
    names = relations(table)
    rows = max(1, -(-len(names) // PER_ROW))
    low = 0.5 + 0.17 * max(len(names), 2)
    figure = style.figure(style.TEXT, 1.0 * rows + low + 0.3)
    upper, lower = figure.subfigures(2, 1, height_ratios=[1.0 * rows + 0.3, low], squeeze=False)[
        :, 0
    ]
    grid = upper.subplots(rows, PER_ROW, squeeze=False, sharex=True).ravel()
    for axes, name in zip(grid, names, strict=False):
        part = table[table["relation"] == name]
        _histogram(axes, part)
        axes.set_title(style.relation(name), fontweight="normal", pad=2)
    for number, axes in enumerate(grid):
        if number >= len(names):
            axes.set_axis_off()
            continue
        if number % PER_ROW == 0:
            axes.set_ylabel("facts")
        last = number + PER_ROW >= len(names)
        axes.tick_params(labelbottom=last)
        if last:
            axes.set_xlabel("r", labelpad=1)
    _classes(lower.subplots(), table, names)
    handles = [
        Patch(fc=style.CLASS_COLOURS[name], label=f"{name.replace('_', ' ')} ({meaning})")
        for name, meaning in zip(CLASSES, ("r = 0", "0 < r < 1", "r = 1"), strict=True)
    ]
    beyond, tested = beyond_chance(table)
    if beyond < tested:
        handles.insert(2, Patch(label="as guessing", **_look(GUESSED)))
    if (table["class"] == UNSCORED).any():
        handles.append(Patch(label="too few samples graded", **OPEN))
    upper.legend(handles=handles, loc="outside upper right", ncols=len(handles))
    return figure


def _histogram(axes: Axes, rows: pd.DataFrame) -> None:
    """Bars at r = 0, within (0, 1) and at r = 1, coloured as the classes that they make."""
    rows = rows[rows["r"].notna()]
    most = int(rows["k"].max()) if len(rows) else 1
    inner = max(most - 1, 1) if most <= FINE else 10
    r = rows["r"].to_numpy(dtype=np.float64)
    between = r[(r > 0) & (r < 1)]
    # r = c/k falls into inner bin floor(c/k * inner), one value each when inner = k - 1
    counts = np.bincount((between * inner).astype(int), minlength=inner)
    heights = [int((r == 0).sum()), *counts.tolist(), int((r == 1).sum())]
    colours = [style.CLASS_COLOURS[name] for name in CLASSES]
    shades = [colours[0], *[colours[1]] * inner, colours[2]]
    axes.bar(range(inner + 2), heights, width=0.86, color=shades, lw=0)
    axes.set_xticks([0, (inner + 1) / 2, inner + 1], ["0", "0.5", "1"])
    axes.set_xlim(-0.7, inner + 1.7)
    axes.locator_params(axis="y", nbins=3, integer=True)


def _look(kind: str) -> dict[str, Any]:
    if kind == UNSCORED:
        return OPEN
    if kind == GUESSED:
        return {"fc": "white", "ec": style.CLASS_COLOURS["potentially_known"], "lw": 0,
                "hatch": "////"}  # fmt: skip
    return {"fc": style.CLASS_COLOURS[kind], "lw": 0}


def _classes(axes: Axes, table: pd.DataFrame, names: list[str]) -> None:
    half, guessed = table["class"] == "potentially_known", table["p_guess"] > LEVEL
    part = table["class"].mask(half & guessed, GUESSED)
    counts = part.groupby([table["relation"], part]).size().unstack(fill_value=0)
    counts = counts.reindex(columns=list(PARTS), fill_value=0)
    widest = max(int(counts.sum(axis=1).max()), 1) if len(counts) else 1
    for y, name in enumerate(names):
        left = 0
        for kind in PARTS:
            size = int(counts[kind][name])
            if not size:
                continue
            axes.barh(y, size, left=left, height=0.78, **_look(kind))
            if size > 0.03 * widest:
                ink = "white" if kind == "known" else style.INK
                axes.text(
                    left + size / 2, y, str(size), ha="center", va="center", color=ink,
                    fontsize=style.SMALL, bbox=BOX if kind == GUESSED else None,
                )  # fmt: skip
            left += size
    axes.set_yticks(range(len(names)), [style.relation(name) for name in names])
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlim(0, widest * 1.01)
    axes.set_xlabel("facts")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
