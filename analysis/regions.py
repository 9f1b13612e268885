"""Under- and over-alignment: where shift and change lie together, and how probably.

The shift share is that of tokens of rank > 1 among those that could move (``Settings.sure``).
Under-alignment: it is below ``small_shift``, and the main measure gains less than ``small_change``
(a loss is no gain); it is said of adapters that have learned alone (:mod:`analysis.learned`).
Over-alignment: the shift share reaches ``small_shift`` and the measure falls by more than
``small_change``. Both borders are parameters, since the paper prints none. Shift and change of one
draw rest on the same entities and seeds, so a probability is the share of draws within the region:
that a gain is not significant makes it in no way probable to be none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis import samples
from analysis.crossed import Inference, infer, seed_counts, stratified_counts
from analysis.load import Results
from analysis.measures import Cell, EvaluationSet, base_cell, main_measures, shift_rows
from analysis.sample import Sample
from analysis.settings import Settings
from analysis.stats import SHARE
from apeft.rng import keyed

STILL = "no token could move"


@dataclass(frozen=True)
class Alignment:
    """Shift and change of variants on sets, and the probability of each region.

    ``no_gain``: that the gain is below ``small_change``, whatever the shift. The probabilities are
    None where no interval can be given.
    """

    shift: Inference
    change: Inference
    under: float | None
    over: float | None
    no_gain: float | None


def can_move(results: Results, cell: Cell, where: EvaluationSet, settings: Settings) -> bool:
    """Whether any token that was looked up could move; True when none was looked up."""
    if shift_rows(results, cell, where, settings) is None:
        return True
    return shift_rows(results, cell, where, settings, free=True) is not None


def alignment(
    results: Results,
    where: list[tuple[Cell, EvaluationSet]],
    settings: Settings,
    *,
    over_seeds: bool = False,
) -> Alignment | None:
    """Shift and change from the base, averaged over variants on sets; None when not measured.

    ``over_seeds`` takes the variants' seeds as they are, and draws entities alone.
    """
    shifts, changes = [], []
    for cell, one in where:
        moved = samples.shift(results, cell, one, settings, free=True)
        gained = samples.paired(results, cell, base_cell(results), one, main_measures(one)[0])
        if moved is not None and gained is not None:
            shifts.append(moved)
            changes.append(gained.in_points())
    if not shifts:
        return None
    shared = [s for s in shifts[0].seeds if all(s in one.seeds for one in (*shifts, *changes))]
    if not shared:
        return None
    both = [samples.average([one.of_seeds(shared) for one in side]) for side in (shifts, changes)]
    if over_seeds:
        both = [one.over_seeds() for one in both]
    key = ["regions", *sorted({one.name for _, one in where})]
    rng = keyed(settings.seed, *key)
    counts = _together(both, settings.bootstrap, rng)
    seeds = seed_counts(len(both[0].seeds), settings.bootstrap, rng)
    shift, change = (
        infer(one, resamples=settings.bootstrap, rng=rng, bounds=bounds, drawn=(drawn, seeds))
        for one, bounds, drawn in zip(both, (SHARE, None), counts, strict=True)
    )
    if not shift.known or not change.known or len(shift.draws) != len(change.draws):
        return Alignment(shift, change, None, None, None)
    small, border = shift.draws < settings.small_shift, settings.small_change
    return Alignment(
        shift,
        change,
        under=float(np.mean(small & (change.draws < border))),
        over=float(np.mean(~small & (change.draws < -border))),
        no_gain=float(np.mean(change.draws < border)),
    )


def _together(both: list[Sample], resamples: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Counts of each sample's clusters, drawn once for all clusters that either has."""
    names = np.unique(np.concatenate([one.clusters[1] for one in both]).astype(str))
    strata = np.array([name.partition("\x1f")[0] for name in names])
    _, stratum = np.unique(strata, return_inverse=True)
    counts = stratified_counts(stratum, resamples, rng)
    return [counts[:, np.searchsorted(names, one.clusters[1].astype(str))] for one in both]
