"""Quantity: each set of pairs followed by itself, and the size at which more stops helping.

All sizes are trained for equally many steps, so a smaller set is seen more often: what is told is
the worth of further *different* pairs. A set larger than all steps together is not read whole, and
the number that was read is told. More stops helping at the smallest size from which on the
whole set's lead over it, and over every larger one, lies below ``settings.small_change`` with its
interval.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from analysis import style
from analysis.ablations.arms import (
    NO_REASONS,
    Scope,
    arms,
    basis,
    label,
    missing,
    scopes,
    single,
    told,
    without,
)
from analysis.ablations.finding import Finding, not_run
from analysis.ablations.quantity_curve import Point, curve, enough, sizes, stops
from analysis.load import Results
from analysis.settings import Settings
from analysis.tables.write import NOTHING, Section, Table, numbers, percent, show

NAME, TITLE = "quantity", "Quantity of pairs"
SETS = ("general", "atomic", "apeft")
LINES = (
    ("#0b4f7d", "solid", "o"),
    ("#d98200", (0, (4, 1.6)), "s"),
    ("#a3417c", (0, (1, 1.2)), "^"),
)


def finding(
    models: Mapping[str, Results],
    settings: Settings,
    *,
    reasons: Mapping[str, str] = NO_REASONS,
) -> Finding:
    """Follow each set of pairs over its sizes, for one model or several.

    Args:
        models: results by the model's name; the first is this run's, which the sentences are on.
        settings: of the intervals; ``small_change`` decides where more stops helping.
        reasons: why an arm of the first model was not trained.
    """
    first = next(iter(models.values()))
    if not scopes(first):
        return not_run(NAME, TITLE, "nothing was scored")
    curves: dict[tuple[str, str, str], list[Point]] = {}
    for model, results in models.items():
        for name in SETS:
            by_size = sizes(arms(results), name)
            if len(by_size) > 1:
                for scope in scopes(results):
                    curves[model, name, scope.name] = curve(results, by_size, scope, settings)
    found = arms(first)
    wanted = [
        f"{name} in parts" if name in found else name
        for name in SETS
        if len(sizes(found, name)) < 2
    ]
    parts = [arm for arm in reasons if arm.startswith("quantity-")]
    absent = missing([*wanted, *parts], {}, reasons)
    if not any(key[0] == next(iter(models)) for key in curves):
        return not_run(NAME, TITLE, f"no set was trained on in parts; missing: {absent}")
    sentences = [  # of further models the first scope alone; the table has all of it
        _sentence(curves, model, scope, settings)
        for number, model in enumerate(models)
        for scope in scopes(first)[: 1 if number else 2]
    ]
    sentences = [one for one in sentences if one]
    if len(models) == 1:
        sentences = [one.split(": ", 1)[1] for one in sentences]
    names = [name for name in SETS if any(key[1] == name for key in curves)]
    several = f" of {len(models)} models" if len(models) > 1 else ""
    caption = (
        f"Change from the base model{several} against the share of a set's pairs that was trained "
        "on, at equally many steps (a smaller set is seen more often), for each set by itself; "
        "filled points are sizes to which the whole set adds less than "
        f"{100 * settings.small_change:g} points, by its interval (and the whole set itself); "
        f"out of domain is the mean of the sets' main measures {basis(first, settings)}."
    )
    table = _table(curves, first, settings)
    figure = _draw(curves, list(models), names, first, settings)
    return Finding(
        NAME,
        TITLE,
        (*sentences, _unread(curves), single(first), without(absent)),
        figure,
        caption,
        (table,),
    )


def _sentence(
    curves: Mapping[tuple[str, str, str], list[Point]], model: str, scope: Scope, settings: Settings
) -> str:
    """One sentence on a scope, which begins with the model's name and a colon."""
    parts = []
    for name in SETS:
        points = curves.get((model, name, scope.name))
        if points is None:
            continue
        size = stops(points, settings)
        if size is not None:
            lead = next(one.lead for one in points if one.percent == size)
            parts.append(f"{label(name)} from {size} % on (lead of the whole set: {told(lead)})")
        else:
            last = points[-2]
            parts.append(
                f"{label(name)} not reached (lead of the whole set over {last.percent} %: "
                f"{told(last.lead)})"
            )
    where = scope.heading
    return f"{model}: {where}, more pairs stop helping: {', '.join(parts)}." if parts else ""


def _told(point: Point) -> str:
    """Pairs of a set, and how many of them were read when not all were."""
    if point.pairs == point.read:
        return show(point.pairs)
    return f"{show(point.pairs)} ({show(point.read)} read)"


def _unread(curves: Mapping[tuple[str, str, str], list[Point]]) -> str:
    """Name the sizes that were not read whole, whose curve is flatter than it would be."""
    cut = {
        f"{label(name)} at {one.percent} %, {_told(one)}": None
        for (_, name, _), points in curves.items()
        for one in points
        if one.pairs != one.read
    }
    return f"Larger than all steps together: {', '.join(cut)}." if cut else ""


def _table(
    curves: Mapping[tuple[str, str, str], list[Point]], results: Results, settings: Settings
) -> Table:
    data: list[dict[str, Any]] = []
    rows = []
    for (model, name, scope), points in curves.items():
        size = stops(points, settings)
        for one in points:
            data.append(
                {"model": model, "pairs_of": name, "scope": scope, "percent": one.percent}
                | {
                    "pairs": one.pairs,
                    "pairs_read": one.read,
                    "enough": enough(one, settings),
                    "stops_at": size,
                }
                | numbers(one.change, "change:")
                | numbers(one.lead, "lead:")
            )
            told_size = NOTHING if one.percent != 100 else f"{size} %" if size else "not reached"
            rows.append(
                (model, label(name), scope, f"{one.percent} %", _told(one),
                 percent(one.change, signed=True, stars=True),
                 percent(one.lead, signed=True, stars=True), told_size)
            )  # fmt: skip
    columns = (
        "model", "set", "where", "size", "pairs", "change from base", "lead of the whole set",
        "more stops helping at",
    )  # fmt: skip
    caption = (
        "Sizes of each set of pairs at equally many steps: change from the base model and the "
        "whole set's lead over each size, in points; more stops helping at the smallest size to "
        f"which, as to every larger one, the whole set adds less than "
        f"{100 * settings.small_change:g} points, by its interval; an asterisk marks an interval "
        f"without zero {basis(results, settings)}."
    )
    return Table(
        "quantity_curves", caption, pd.DataFrame(data), (Section("", columns, tuple(rows)),)
    )


def _draw(
    curves: Mapping[tuple[str, str, str], list[Point]],
    models: list[str],
    names: list[str],
    results: Results,
    settings: Settings,
) -> Figure:
    """Sets of pairs across, scopes down, a line for each model."""
    across = scopes(results)
    figure = style.figure(style.TEXT, 0.5 + 1.15 * len(across), between=0.05)
    grid = figure.subplots(len(across), len(names), squeeze=False, sharey="row", sharex=True)
    for line, scope in enumerate(across):
        for column, name in enumerate(names):
            axes = grid[line][column]
            axes.axhline(0, color=style.BASE_COLOUR, lw=0.8, zorder=1)
            for number, model in enumerate(models):
                points = curves.get((model, name, scope.name), [])
                dodge = 2.2 * (number - (len(models) - 1) / 2)
                _line(axes, points, dodge, LINES[number % len(LINES)], settings)
            axes.grid(axis="y")
            style.percent_axis(axes.yaxis, 4, signed=True)
            axes.set_xticks([25, 50, 75, 100])
            if line == 0:
                axes.set_title(f"{label(name)} pairs")
            if line == len(across) - 1:
                axes.set_xlabel("pairs of the set (%)")
        grid[line][0].set_ylabel(f"{scope.name}\n(points)")
    figure.align_ylabels(list(grid[:, 0]))
    handles = [
        Line2D([], [], color=colour, ls=dashes, marker=marker, ms=3.6, label=model)
        for model, (colour, dashes, marker) in zip(models, LINES, strict=False)
    ]
    shade: dict[str, Any] = {"ls": "none", "marker": "o", "mec": style.INK, "ms": 3.6}
    handles = handles if len(models) > 1 else []
    handles += [
        Line2D([], [], mfc=style.INK, label="more adds little, or whole set", **shade),
        Line2D([], [], mfc="white", label="more may still help", **shade),
    ]
    figure.legend(handles=handles, loc="outside upper right", ncols=len(handles))
    return figure


def _line(
    axes: Axes,
    points: Sequence[Point],
    dodge: float,
    look: tuple[str, Any, str],
    settings: Settings,
) -> None:
    colour, dashes, marker = look
    there = [(one, one.change) for one in points if one.change is not None]
    places = [one.percent + dodge for one, _ in there]
    axes.plot(
        places, [found.estimate for _, found in there], color=colour, ls=dashes, lw=0.9, zorder=2
    )
    for (one, found), x in zip(there, places, strict=True):
        if found.known:
            axes.plot([x, x], [found.low, found.high], color=colour, lw=0.8, zorder=2)
        full = one.percent == 100 or enough(one, settings)
        axes.plot(
            x, found.estimate, ls="none", marker=marker, ms=4.0, mec=colour, mew=0.9,
            mfc=colour if full else "white", zorder=3,
        )  # fmt: skip
