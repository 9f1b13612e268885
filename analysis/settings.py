"""What the figures and tables may be told: one small record, from the parameters ``figures``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Settings of every interval and figure.

    ``bootstrap``: resamples; ``seed``: of the resampling; ``small_shift``: shift share (0..1) under
    which a shift counts as small; ``small_change``: change of a measure (0..1) that counts as
    none; ``first_positions``: token positions that sets share when their shifts are compared.
    """

    bootstrap: int
    seed: int
    small_shift: float
    small_change: float
    first_positions: int
