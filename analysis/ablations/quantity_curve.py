"""The curve of a set of pairs: change from the base at each size, and where more stops helping."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.ablations.arms import Contrast, Scope, change
from analysis.load import Results
from analysis.measures import Cell, base_cell
from analysis.settings import Settings
from analysis.stats import Interval


@dataclass(frozen=True)
class Point:
    """One size of a set: change from the base, and the whole set's lead over it (whole - size).

    ``percent``: of the set's pairs; ``pairs``: how many, None when not on record; ``read``: how
    many different ones the steps read; ``lead`` is None for the whole set itself.
    """

    percent: int
    pairs: int | None
    read: int | None
    change: Interval | None
    lead: Interval | None


def sizes(found: Mapping[str, Cell], name: str) -> dict[int, Cell]:
    """Cells of a set by per cent of its pairs, rising; {} without the whole set."""
    if name not in found:
        return {}
    by_size = {100: found[name]}
    for arm, cell in found.items():
        part = re.fullmatch(rf"quantity-{re.escape(name)}-(\d+)", arm)
        if part:
            by_size[int(part[1])] = cell
    return dict(sorted(by_size.items()))


def curve(
    results: Results, by_size: Mapping[int, Cell], scope: Scope, settings: Settings
) -> list[Point]:
    """Every size of a set within a scope."""
    base, whole = base_cell(results), by_size[100]
    points = []
    for size, cell in by_size.items():
        moved = change(results, Contrast("", cell, base), scope, settings)
        lead = None
        if size != 100:
            lead = change(results, Contrast("", whole, cell), scope, settings)
        points.append(Point(size, *_pairs(results, cell), moved, lead))
    return points


def enough(point: Point, settings: Settings) -> bool:
    """Whether the whole set adds less than a small change to this size, by its interval."""
    return point.lead is not None and point.lead.known and point.lead.high < settings.small_change


def stops(points: Sequence[Point], settings: Settings) -> int | None:
    """Smallest size (per cent) from which on more helps no longer; None when none is reached.

    A size counts only if every larger one has enough as well.
    """
    found = None
    for one in sorted((one for one in points if one.percent != 100), key=lambda one: -one.percent):
        if not enough(one, settings):
            break
        found = one.percent
    return found


def _pairs(results: Results, cell: Cell) -> tuple[int | None, int | None]:
    """Pairs of a cell's set, and how many different ones of them were read."""
    rows = results.training
    mine = rows[(rows["algorithm"] == cell.algorithm) & (rows["recipe"] == cell.recipe)]
    pairs = (mine["pairs_general"] + mine["pairs_atomic"]).dropna()
    if pairs.empty:
        return None, None
    size, seen = round(float(pairs.mean())), mine["pairs_seen"].dropna()
    return size, size if seen.empty else min(size, round(float(seen.mean())))
