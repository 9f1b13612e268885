"""What a run of this size could have seen, and what the paper's gain would need.

From the paired spread of the run itself: the standard deviation between entities (with all that
their few items and texts add), and between seeds where there are several. A difference is "seen"
with power 0.8 by a two-sided test at 5 %, without any correction for the number of tests.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import stats as scipy_stats

from analysis import samples
from analysis.crossed import BOOTSTRAP, MIN_MOVED, infer
from analysis.load import Results
from analysis.measures import EvaluationSet, main_measures, recipe_pairs
from analysis.settings import Settings
from apeft.rng import keyed

ALPHA, POWER = 0.05, 0.8
GAIN = 0.0345  # the paper's average gain, read as points
MOST = 100_000  # beyond this nobody plans


@dataclass(frozen=True)
class Power:
    """One set's power for apeft - general.

    ``moved``: entities that changed at all; ``spread``: paired standard deviation between entities,
    0..1; ``seed_spread``: between seeds, None with one seed; ``smallest``: difference that this run
    could have seen; ``entities_needed`` and ``seeds_needed``: for the paper's gain, each supposing
    plenty of the other; None where not known, and with no spread at all. Where too few entities of
    the set or of a class moved to tell a spread, none of the last five is known.
    """

    entities: int
    seeds: int
    moved: int
    spread: float | None
    seed_spread: float | None
    smallest: float | None
    entities_needed: int | None
    seeds_needed: int | None


def power(
    results: Results, where: EvaluationSet, algorithms: list[str], settings: Settings
) -> Power | None:
    """Power of apeft - general on a set, averaged over algorithms; None: nothing to learn from."""
    found = [
        samples.paired(results, cell, other, where, main_measures(where)[0])
        for cell, other in recipe_pairs(results)
        if cell.algorithm in algorithms
    ]
    there = [sample.in_points() for sample in found if sample is not None]
    if not there or not set.intersection(*(set(one.seeds) for one in there)):
        return None
    one = infer(
        samples.average(there),
        resamples=settings.bootstrap,
        rng=keyed(settings.seed, "power", where.name),
    )
    if not one.known:
        return None
    if one.method != BOOTSTRAP or one.moved < MIN_MOVED:
        return Power(one.entities, one.seeds, one.moved, *[None] * 5)
    spread = one.se_entities * math.sqrt(one.entities)
    by_seed = None if one.seeds == 1 else one.se_seeds * math.sqrt(one.seeds)
    return Power(
        entities=one.entities,
        seeds=one.seeds,
        moved=one.moved,
        spread=spread,
        seed_spread=by_seed,
        smallest=_factor(one.df) * one.se,
        entities_needed=needed(spread),
        seeds_needed=None if by_seed is None else needed(by_seed),
    )


def _factor(df: float) -> float:
    """Standard errors between zero and a difference that is seen with power ``POWER``."""
    return float(scipy_stats.t.ppf(1 - ALPHA / 2, df) + scipy_stats.t.ppf(POWER, df))


def needed(spread: float, gain: float = GAIN) -> int | None:
    """Fewest units of this spread with which a gain is seen; None: no spread, or over ``MOST``."""
    if not spread > 0:
        return None
    low, high = 2, MOST
    if _factor(high - 1) * spread / math.sqrt(high) > gain:
        return None
    while low < high:
        middle = (low + high) // 2
        if _factor(middle - 1) * spread / math.sqrt(middle) <= gain:
            high = middle
        else:
            low = middle + 1
    return low
