"""Heat maps of an adapter's updates by layer and module, and of what each part is worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure

from analysis import style
from analysis.sample import Floats
from analysis.stats import Interval

MODULES = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
# Each runs from light to dark alone, so that it reads the same in grey.
BLUE = LinearSegmentedColormap.from_list("where_blue", ["#f1f5f8", "#5b9bc4", "#0b3a5d"])
RED = LinearSegmentedColormap.from_list("where_red", ["#fbf3ea", "#e08a3c", "#6a1713"])
NUMBERED = 40  # most layers whose cells have room for a number
TICK_EVERY = 5


def module_order(name: str) -> tuple[int, str]:
    """Modules in the order in which a block applies them, others after them by name."""
    return (MODULES.index(name) if name in MODULES else len(MODULES), name)


def draw(means: pd.DataFrame, lost: Mapping[str, Interval]) -> Figure:
    """Draw a: relative norms, b: effective ranks, c: margin lost by layer and by module.

    Args:
        means: ``layer``, ``module``, ``relative``, ``effective_rank``, one row a weight.
        lost: margin lost (nats) by part ("layer 3", "module q_proj").
    """
    if means.empty:
        return style.nothing("the adapter changes no weight inside the model's layers")
    layers = list(range(int(means["layer"].min()), int(means["layer"].max()) + 1))
    modules = sorted(set(means["module"]), key=module_order)
    figure = style.figure(style.TEXT, 1.35 + 0.26 * len(modules), between=0.04)
    grid = figure.subplots(
        3,
        3,
        width_ratios=[1, 0.012, 0.085],
        height_ratios=[len(modules), len(modules), 3.6],
    )
    a, b, by_layer = grid[:, 0]
    relative = _table(means, "relative", layers, modules) * 100
    ranks = _table(means, "effective_rank", layers, modules)
    _map(figure, a, grid[0][1], relative, Normalize(0, _top(relative)))
    low = float(np.nanmin(ranks)) if np.isfinite(ranks).any() else 0.0
    _map(figure, b, grid[1][1], ranks, Normalize(low, _top(ranks, low)))
    for axes, letter, what in (
        (a, "a", "norm of the update, % of the weight's"),
        (b, "b", "effective rank of the update"),
    ):
        axes.set_yticks(range(len(modules)), modules)
        _head(axes, letter, what)
        _layer_ticks(axes, layers, labels=False)

    scale = _scale(lost)
    strip = [lost.get(f"layer {layer}") for layer in layers]
    made = _strip(by_layer, strip, scale, upright=len(layers) <= NUMBERED)
    _head(by_layer, "c", "margin lost without a layer or a module (nats)")
    by_layer.set_yticks([0], ["one layer off"])
    _layer_ticks(by_layer, layers, labels=True)
    by_layer.set_xlabel("layer")
    figure.colorbar(made, cax=grid[2][1]).ax.tick_params(labelsize=style.SMALL, length=1.5)
    _modules_strip(grid[1][2], [lost.get(f"module {name}") for name in modules], scale)
    grid[0][2].set_axis_off()
    grid[2][2].set_axis_off()
    return figure


def _table(means: pd.DataFrame, column: str, layers: list[int], modules: list[str]) -> Floats:
    """Modules down, layers across; NaN where the adapter has no such weight."""
    wide = means.pivot(index="module", columns="layer", values=column)
    return wide.reindex(index=modules, columns=layers).to_numpy(dtype=np.float64)


def _top(values: Floats, low: float = 0.0) -> float:
    top = float(np.nanmax(values)) if np.isfinite(values).any() else low
    return top if top > low else low + 1.0


def _map(figure: Figure, axes: Axes, bar: Axes, values: Floats, scale: Normalize) -> None:
    shades = BLUE.with_extremes(bad="white")
    made = axes.imshow(values, cmap=shades, norm=scale, aspect="auto", interpolation="nearest")
    figure.colorbar(made, cax=bar).ax.tick_params(labelsize=style.SMALL, length=1.5)
    _frame(axes)


def _scale(lost: Mapping[str, Interval]) -> Normalize:
    """From the lowest change (at most zero) to the highest (at least zero)."""
    found = [one.estimate for one in lost.values() if np.isfinite(one.estimate)]
    low, high = min([0.0, *found]), max([0.0, *found])
    return Normalize(low, high if high > low else low + 1.0)


def _strip(axes: Axes, parts: list[Interval | None], scale: Normalize, *, upright: bool) -> Any:
    values = np.array([[np.nan if one is None else one.estimate for one in parts]])
    shades = RED.with_extremes(bad="white")
    made = axes.imshow(values, cmap=shades, norm=scale, aspect="auto", interpolation="nearest")
    if upright:
        for place, one in enumerate(parts):
            _number(axes, place, 0, one, scale, rotation=90)
    _frame(axes)
    return made


def _modules_strip(axes: Axes, parts: list[Interval | None], scale: Normalize) -> None:
    """Beside the rows of b, whose module names it shares."""
    values = np.array([[np.nan if one is None else one.estimate] for one in parts])
    shades = RED.with_extremes(bad="white")
    axes.imshow(values, cmap=shades, norm=scale, aspect="auto", interpolation="nearest")
    for place, one in enumerate(parts):
        _number(axes, 0, place, one, scale, rotation=0)
    axes.set_title("c  one module off", loc="right", pad=3)
    axes.set_xticks([])
    axes.set_yticks([])
    _frame(axes)


def _number(
    axes: Axes, x: int, y: int, found: Interval | None, scale: Normalize, *, rotation: int
) -> None:
    if found is None or not np.isfinite(found.estimate):
        return
    dark = float(scale(found.estimate)) > 0.6
    axes.text(
        x,
        y,
        _short(found.estimate),
        rotation=rotation,
        ha="center",
        va="center",
        fontsize=style.SMALL - 0.7,
        fontweight="bold" if found.excludes_zero else "normal",
        color="white" if dark else style.INK,
    )


def _short(value: float) -> str:
    text = f"{value:+.3f}" if abs(value) < 10 else f"{value:+.1f}"
    return text.replace("-", "−")


def _head(axes: Axes, letter: str, what: str) -> None:
    axes.set_title(f"{letter}  {what}", loc="left", pad=3)


def _layer_ticks(axes: Axes, layers: list[int], *, labels: bool) -> None:
    places = [place for place, layer in enumerate(layers) if layer % TICK_EVERY == 0]
    axes.set_xticks(places, [str(layers[place]) for place in places])
    axes.tick_params(axis="x", labelbottom=labels)


def _frame(axes: Axes) -> None:
    axes.tick_params(length=1.5)
    for side in axes.spines.values():
        side.set_visible(False)
