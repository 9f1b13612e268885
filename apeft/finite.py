"""Measures that may not be finite, as after a training that diverged: NaN, and null in records."""

from __future__ import annotations

import math
from typing import TypeGuard


def finite(value: float | None) -> TypeGuard[float]:
    """Whether a measure is a number: neither NaN nor infinite, nor the null that records make."""
    return value is not None and math.isfinite(value)


def told(value: float | None, form: str) -> str:
    """A measure in words, by a format specification ("0.12" or "not finite")."""
    return f"{value:{form}}" if finite(value) else "not finite"
