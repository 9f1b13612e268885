"""Other numbers that stand near the right result of a sum (ours)."""

from __future__ import annotations

import re
from decimal import Decimal

import numpy as np

NUMBER = re.compile(r"(\d+(?:\.\d+)?)(?: +\D+)?")
LEAST = 5  # steps in either direction at least
SHARE = 0.3  # and as many as this share of the number itself


def number_of(answer: str) -> str | None:
    """The number of an answer like "9 apples"; None for times, ratios, names, several numbers."""
    found = NUMBER.fullmatch(answer.strip())
    return found[1] if found else None


def near(number: str, others: int, generator: np.random.Generator) -> list[str]:
    """Draw ``others`` different numbers within five steps (or 30 %) of ``number``.

    A step is the place of the number's last digit that is not 0, and none of the others is
    rounder: that 40 is rounder than 38 must not tell which one is right. None is below 0.
    """
    decimals = len(number.partition(".")[2])
    whole, exponent = int(number.replace(".", "")), -decimals
    while whole and whole % 10 == 0:
        whole, exponent = whole // 10, exponent + 1
    reach = max(LEAST, round(SHARE * whole))
    pool = [
        whole + sign * step
        for step in range(1, reach + 1)
        for sign in (-1, 1)
        if whole + sign * step > 0 and (whole + sign * step) % 10
    ]
    drawn = generator.choice(sorted(pool), size=others, replace=False)
    return [f"{Decimal(int(one)).scaleb(exponent):.{decimals}f}" for one in drawn]
