"""Under- and over-alignment: where shift and change lie together, and how probably.

Under-alignment: the shift share is below ``small_shift`` and the main measure stays within ±
``small_change``, since only an equivalence says that nothing changed (a loss at a small shift is
neither region). Over-alignment: the shift share reaches ``small_shift`` and the measure falls by
more than ``small_change``. Both borders are parameters, since the paper prints none. Shift and
change of one draw rest on the same entities and seeds, so a probability is the share of draws
within the region: that a change is not significant makes it in no way probable to be none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis import samples
from analysis.crossed import Inference, infer, stratified_counts
from analysis.load import Results
from analysis.measures import Cell, EvaluationSet, base_cell, main_measures
from analysis.sample import Sample
from analysis.settings import Settings
from analysis.stats import SHARE
from apeft.rng import keyed


@dataclass(frozen=True)
class Alignment:
    """Shift and change of variants on sets, and the probability of each region.

    ``no_change``: that the change lies within ± ``small_change``, whatever the shift. The
    probabilities are None where no interval can be given.
    """

    shift: Inference
    change: Inference
    under: float | None
    over: float | None
    no_change: float | None


def alignment(
    results: Results, where: list[tuple[Cell, EvaluationSet]], settings: Settings
) -> Alignment | None:
    """Shift and change from the base, averaged over variants on sets; None when not measured."""
    shifts, changes = [], []
    for cell, one in where:
        shift = samples.shift(results, cell, one, settings)
        change = samples.paired(results, cell, base_cell(results), one, main_measures(one)[0])
        if shift is not None and change is not None:
            shifts.append(shift)
            changes.append(change.in_points())
    if not shifts:
        return None
    shared = [s for s in shifts[0].seeds if all(s in one.seeds for one in (*shifts, *changes))]
    if not shared:
        return None
    shift, change = (samples.average([one.of_seeds(shared) for one in both])
                     for both in (shifts, changes))  # fmt: skip
    key = ["regions", *sorted({one.name for _, one in where})]
    counts = _together([shift, change], settings.bootstrap, keyed(settings.seed, *key, "entities"))
    # The same generator for both: each draws its seeds first, so they draw the same ones.
    first = infer(
        shift,
        resamples=settings.bootstrap,
        rng=keyed(settings.seed, *key),
        bounds=SHARE,
        drawn=counts[0],
    )
    second = infer(
        change, resamples=settings.bootstrap, rng=keyed(settings.seed, *key), drawn=counts[1]
    )
    if not first.known or len(first.draws) != len(second.draws):
        return Alignment(first, second, None, None, None)
    small, border = first.draws < settings.small_shift, settings.small_change
    return Alignment(
        first,
        second,
        under=float(np.mean(small & (np.abs(second.draws) <= border))),
        over=float(np.mean(~small & (second.draws < -border))),
        no_change=float(np.mean(np.abs(second.draws) <= border)),
    )


def _together(both: list[Sample], resamples: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Counts of each sample's clusters, drawn once for all clusters that either has."""
    names = np.unique(np.concatenate([one.clusters[1] for one in both]).astype(str))
    strata = np.array([name.partition("\x1f")[0] for name in names])
    _, stratum = np.unique(strata, return_inverse=True)
    counts = stratified_counts(stratum, resamples, rng)
    return [counts[:, np.searchsorted(names, one.clusters[1].astype(str))] for one in both]
