"""Rates with intervals from the counts of a judge's agreement with labels."""

from __future__ import annotations

from typing import Any

from scipy.special import betaincinv

from apeft.intervals import LEVEL, jeffreys


def f1_interval(hits: int, misses: int, false: int, level: float = LEVEL) -> tuple[float, float]:
    """Credible interval of F1 (Goutte & Gaussier 2005, with Jeffreys' weights of a half).

    F1 = 2X / (1 + X) with X ~ Beta(hits + 1/2, misses + false + 1), and it rises with X, so its
    quantiles are those of X.
    """
    tail = (1 - level) / 2
    low, high = (betaincinv(hits + 0.5, misses + false + 1.0, q) for q in (tail, 1 - tail))
    return float(2 * low / (1 + low)), float(2 * high / (1 + high))


def rates(hits: int, misses: int, false: int) -> dict[str, Any]:
    """Precision, recall and F1 with 95 % intervals; null where there is nothing to divide by."""
    made: dict[str, Any] = {}
    for name, whole in (("precision", hits + false), ("recall", hits + misses)):
        made[name] = _rounded((hits / whole, *jeffreys(hits, whole))) if whole else None
    whole = 2 * hits + misses + false
    made["f1"] = _rounded((2 * hits / whole, *f1_interval(hits, misses, false))) if whole else None
    return made


def _rounded(numbers: tuple[float, ...]) -> list[float]:
    return [round(number, 4) for number in numbers]
