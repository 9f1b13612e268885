"""Intervals of a rate that rests on few trials."""

from __future__ import annotations

import math

LEVEL = 0.95


def jeffreys(right: float, total: int, level: float = LEVEL) -> tuple[float, float]:
    """Jeffreys interval of right/total: quantiles of Beta(right + 1/2, wrong + 1/2).

    The posterior under the prior Beta(1/2, 1/2). As Brown, Cai & DasGupta (2001) advise, the lower
    end is 0 when nothing is right and the upper end 1 when nothing is wrong. ``right`` may be a
    fraction (an average over seeds).
    """
    from scipy.special import betaincinv

    if total == 0:
        return math.nan, math.nan
    tail = (1 - level) / 2
    low = 0.0 if right <= 0 else float(betaincinv(right + 0.5, total - right + 0.5, tail))
    high = 1.0 if right >= total else float(betaincinv(right + 0.5, total - right + 0.5, 1 - tail))
    return low, high
