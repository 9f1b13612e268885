"""Learning rates of the optimizer steps: a warm-up, then a schedule; no step has rate 0.

The schedules of transformers begin a warm-up with rate 0, so that of six steps five would train.
"""

from __future__ import annotations

import math
from typing import Literal

Schedule = Literal["constant", "linear", "cosine"]


def rate_share(done: int, *, steps: int, warmup: int, schedule: Schedule) -> float:
    """Share of the peak that the learning rate has at the step after ``done`` steps.

    Step t of the warm-up (from 1) has t / (warmup + 1); the step after it has the peak, and the
    last of all what comes before the schedule's zero.
    """
    if done < warmup:
        return (done + 1) / (warmup + 1)
    past = (done - warmup) / max(1, steps - warmup)
    if schedule == "linear":
        return 1 - past
    return (1 + math.cos(math.pi * past)) / 2 if schedule == "cosine" else 1.0
