"""Quality of general pairs: parts of them from the smallest gap of scores to the largest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from analysis import style
from analysis.ablations.arms import (
    NO_REASONS,
    NOTHING_SCORED,
    Contrast,
    arms,
    basis,
    change,
    change_table,
    label,
    missing,
    scopes,
    single,
    sorted_out,
    without,
)
from analysis.ablations.finding import Finding, not_run
from analysis.load import Results
from analysis.measures import base_cell
from analysis.settings import Settings
from analysis.stats import Interval

NAME, TITLE = "quality", "Quality of general pairs"
NARROW, WIDE, ALL = "gap-narrow", "gap-wide", "general"
COLOURS = {True: style.RECIPE_COLOURS["general"], False: style.RECIPE_COLOURS["apeft"]}


@dataclass(frozen=True)
class Part:
    """Pairs of one arm: their mean gap in points, and the change from the base in a scope."""

    arm: str
    gap: float
    change: Interval


def finding(
    results: Results,
    gaps: Mapping[str, float | None],
    settings: Settings,
    *,
    reasons: Mapping[str, str] = NO_REASONS,
) -> Finding:
    """Set pairs with a wide gap against those with a narrow one, and each part against all pairs.

    Args:
        results: of all arms.
        gaps: mean gap of scores of each arm's general pairs, in 0..1.
        settings: of the intervals.
        reasons: why an arm was not trained.
    """
    found, base = arms(results), base_cell(results)
    middle = sorted(arm for arm in {*found, *reasons} if arm.startswith("gap-middle"))
    parts = [NARROW, *middle, WIDE]
    absent = missing([*parts, ALL], found, reasons)
    if NARROW not in found or WIDE not in found:
        why = f"it needs the narrowest and the widest part; missing: {absent}"
        return not_run(NAME, TITLE, why)
    there = [arm for arm in (*parts, ALL) if arm in found]
    against_base = [Contrast(label(arm), found[arm], base) for arm in there]
    pairs = [(WIDE, NARROW)] + [(arm, ALL) for arm in there if arm != ALL and ALL in found]
    between = [
        Contrast(f"{label(one)} − {label(other)}", found[one], found[other], 1)
        for one, other in pairs
    ]
    sentences = []
    for scope in scopes(results)[:2]:
        told = [(one.label, change(results, one, scope, settings)) for one in between]
        where = scope.heading
        sentences.append(f"{where}: {sorted_out(told)}.")
    curves = {
        scope.name: [
            Part(arm, 100 * gap, moved)
            for arm, one in zip(there, against_base, strict=True)
            if (moved := change(results, one, scope, settings)) is not None
            and (gap := gaps.get(arm)) is not None
        ]
        for scope in scopes(results)
    }
    caption = (
        f"Change from the base model against the mean gap of scores within the pairs, after "
        f"tuning on each of {len(parts)} equal parts of the general pairs by that gap (circles) "
        f"and on all of them (square); equally many steps, so a pair of a part is read "
        f"{len(parts)} times as often as one of all. Test facts: right value ranked first; out of "
        f"domain is the mean of the sets' main measures {basis(results, settings)}."
    )
    table = change_table(
        "quality_changes",
        "Parts of the general pairs by score gap, against the base model and one another.",
        results,
        [*against_base, *between],
        settings,
    )
    figure = _draw(curves) if curves else style.nothing("nothing scored")
    said = (
        *(sentences or [NOTHING_SCORED]),
        single(results),
        without(absent),
    )
    return Finding(NAME, TITLE, said, figure, caption, (table,))


def _draw(curves: Mapping[str, Sequence[Part]]) -> Figure:
    """A panel for each scope: gap across, change up; the parts joined, all pairs apart."""
    figure = style.figure(style.TEXT * 0.3 * len(curves), 2.2, between=0.06)
    grid = figure.subplots(1, len(curves), squeeze=False, sharex=True)[0]
    for axes, (scope, parts) in zip(grid, curves.items(), strict=True):
        axes.axhline(0, color=style.BASE_COLOUR, lw=0.8, zorder=1)
        joined = [one for one in parts if one.arm != ALL]
        axes.plot(
            [one.gap for one in joined], [one.change.estimate for one in joined],
            color=COLOURS[False], lw=0.9, zorder=2,
        )  # fmt: skip
        for one in parts:
            whole = one.arm == ALL
            if one.change.known:
                axes.plot([one.gap] * 2, [one.change.low, one.change.high],
                          color=COLOURS[whole], lw=0.8, zorder=2)  # fmt: skip
            axes.plot(
                one.gap, one.change.estimate, ls="none", marker="s" if whole else "o", ms=4.2,
                mec=COLOURS[whole], mfc="white" if whole else COLOURS[whole], mew=1.0, zorder=3,
            )  # fmt: skip
        axes.margins(x=0.12)
        axes.grid(axis="y")
        style.percent_axis(axes.yaxis, 4, signed=True)
        axes.set_title(scope)
        axes.set_xlabel("mean gap (points)")
    grid[0].set_ylabel("change (points)")
    handles = [
        Line2D([], [], color=COLOURS[whole], ls="none" if whole else "solid",
               marker="s" if whole else "o", mfc="white" if whole else COLOURS[whole], ms=4.2,
               label=told)
        for whole, told in ((False, "parts by gap"), (True, "all general pairs"))
    ]  # fmt: skip
    figure.legend(handles=handles, loc="outside upper right", ncols=2)
    return figure
