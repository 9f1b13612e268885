"""What the figures and tables may be told: one small record, from the parameters ``figures``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Settings of every interval and figure.

    ``bootstrap``: resamples; ``seed``: of the resampling; ``small_shift``: share (0..1) of tokens
    of rank > 1 among those that could move, under which a shift counts as small; ``small_change``:
    change of a measure (0..1) that counts as none; ``first_positions``: token positions that sets
    share when their shifts are compared; ``sure``: a token could move where the probability of the
    base's first choice is below this.
    """

    bootstrap: int
    seed: int
    small_shift: float
    small_change: float
    first_positions: int
    sure: float = 0.9
