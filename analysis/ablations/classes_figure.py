"""The figure of :mod:`analysis.ablations.classes`: gain against r, and by class of fact."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from analysis import style
from analysis.ablations.predictor import Gains, mean
from analysis.load import CLASSES
from analysis.sample import Floats
from analysis.settings import Settings
from analysis.stats import Interval
from apeft.rng import keyed

FEW = 6  # up to so many different values of r each has its own mean, beyond it five bins
LOOKS = {  # colour, marker and fill by the class that was trained on
    "class-unknown": ("#7f7f7f", "s", "white"),
    "class-potentially-known": ("#d98200", "o", "#d98200"),
    "class-known": ("#0b4f7d", "^", "#0b4f7d"),
}

Followed = tuple[str, Gains | None, Gains | None]  # arm, gains in margin, gains in r


def bins(r: Floats) -> list[NDArray[np.bool_]]:
    """Masks [N] of the facts whose gains are averaged together, by rising r."""
    values = np.unique(r)
    if len(values) <= FEW:
        return [r == value for value in values]
    inner = [(r > 0) & (r < 1 / 3), (r >= 1 / 3) & (r <= 2 / 3), (r > 2 / 3) & (r < 1)]
    return [mask for mask in (r == 0, *inner, r == 1) if mask.any()]


def draw(followed: Sequence[Followed], settings: Settings) -> Figure:
    """Draw margin against r at the left, and beside it margin and r by class of fact."""
    if all(margin is None for _, margin, _ in followed):
        return style.nothing("no test fact was scored before and after")
    figure = style.figure(style.TEXT, 2.6)
    left, middle, right = figure.subplots(1, 3, width_ratios=[1.5, 1, 1])
    _against_r(left, followed, settings)
    _by_class(middle, [(name, margin) for name, margin, _ in followed], settings)
    _by_class(right, [(name, r) for name, _, r in followed], settings)
    middle.set_yticks(range(len(CLASSES)), [name.replace("_", "\n") for name in CLASSES])
    left.set_title("each test fact by r before")
    for axes in (middle, right):
        axes.set_title("mean by class before")
    middle.set_xlabel("change of margin (nats)")
    right.tick_params(labelleft=False)
    right.set_xlabel("change of r (points)")
    style.percent_axis(right.xaxis, signed=True)
    handles = [
        Line2D([], [], color=colour, marker=marker, mfc=fill, mec=colour, lw=1.0,
               label=f"trained on {name.removeprefix('class-').replace('-', ' ')} facts")
        for name, (colour, marker, fill) in LOOKS.items()
        if name in {arm for arm, _, _ in followed}
    ]  # fmt: skip
    figure.legend(handles=handles, loc="outside upper right", ncols=len(handles))
    return figure


def _against_r(axes: Axes, followed: Sequence[Followed], settings: Settings) -> None:
    axes.axhline(0, color=style.BASE_COLOUR, lw=0.8, zorder=1)
    edges: list[float] = [0.0]
    for number, (name, margin, _) in enumerate(followed):
        if margin is None:
            continue
        colour, marker, fill = LOOKS[name]
        dodge = 0.03 * (number - (len(followed) - 1) / 2)
        with np.errstate(invalid="ignore"):
            values = np.nanmean(margin.values, axis=0)
        jitter = keyed(settings.seed, "jitter", name).uniform(-0.012, 0.012, len(values))
        axes.plot(
            margin.r + dodge + jitter, values, ls="none", marker=".", ms=2.0, color=colour,
            alpha=0.35, mew=0, zorder=1,
        )  # fmt: skip
        places, heights = [], []
        for mask in bins(margin.r):
            found = mean(margin.of(mask), settings, "bin")
            if found is None:
                continue
            x = float(margin.r[mask].mean()) + dodge
            places.append(x)
            heights.append(found.estimate)
            if found.known:
                axes.plot([x, x], [found.low, found.high], color=colour, lw=1.0, zorder=3)
                edges += [found.low, found.high]
        axes.plot(
            places, heights, color=colour, lw=0.7, marker=marker, ms=4.0, mec=colour, mfc=fill,
            mew=0.9, zorder=4,
        )  # fmt: skip
        edges += [*np.quantile(values, [0.03, 0.97]), *heights]
    room = 0.06 * (max(edges) - min(edges) or 1.0)
    axes.set_ylim(min(edges) - room, max(edges) + room)
    axes.set_xlim(-0.08, 1.08)
    axes.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
    axes.set_xlabel("r before")
    axes.set_ylabel("change of margin (nats)")
    axes.grid(axis="y")


def _by_class(axes: Axes, followed: Sequence[tuple[str, Gains | None]], settings: Settings) -> None:
    axes.axvline(0, color=style.BASE_COLOUR, lw=0.8, zorder=1)
    for number, (name, found) in enumerate(followed):
        for row, kind in enumerate(CLASSES):
            part = None if found is None else mean(found.of(found.kinds == kind), settings, kind)
            if part is not None:
                _dot(axes, part, row + 0.22 * (number - (len(followed) - 1) / 2), name)
    for border in range(1, len(CLASSES)):
        axes.axhline(border - 0.5, color=style.FAINT, lw=0.6, zorder=0)
    axes.set_ylim(len(CLASSES) - 0.5, -0.5)
    axes.set_yticks(range(len(CLASSES)))
    axes.grid(axis="x")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.locator_params(axis="x", nbins=4)
    if all(found is None for _, found in followed):
        axes.text(0.5, 0.5, "not measured", transform=axes.transAxes, ha="center", va="center")


def _dot(axes: Axes, found: Interval, y: float, name: str) -> None:
    colour, marker, fill = LOOKS[name]
    if found.known:
        axes.plot([found.low, found.high], [y, y], color=colour, lw=1.0, zorder=2)
    axes.plot(
        found.estimate, y, ls="none", marker=marker, ms=4.2, mec=colour, mfc=fill, mew=1.0, zorder=3
    )
