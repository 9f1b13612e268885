"""Sharpening against knowing: r of a tuned model beside the base at the temperature that matches.

Sampling an untrained model at a lower temperature makes right answers more frequent, too. So an
adapter's r is set against the base model's at the temperature at which the base's answers have the
adapter's entropy (found between the temperatures at which the base was sampled). What is left of
a gain there is not owed to a sharper distribution.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis import stats
from analysis.load import Results
from analysis.measures import Cell, base_cell, labels
from analysis.sample import Floats
from analysis.settings import Settings
from analysis.stats import Interval
from apeft.rng import keyed


@dataclass(frozen=True)
class Sharpening:
    """One cell's r on one set, beside the base's.

    ``entropy`` and ``base_entropy``: mean surprisal of sampled answers (nats an answer), at the
    main temperature; None when the sampler told no log-probabilities. ``temperature``: at which
    the base's entropy equals the cell's; None when that lies outside the temperatures at which the
    base was sampled, or an entropy is not known. ``r``, ``base_r`` and ``matched_r``: of the cell,
    of the base at the main and at the matching temperature, over the same ``facts``; ``gain``:
    r - matched_r, paired by fact, resampled by entity. ``left_out``: facts of the set on which
    nothing here rests, since one of these numbers is not known for them.
    """

    entropy: float | None = None
    base_entropy: float | None = None
    temperature: float | None = None
    r: float | None = None
    base_r: float | None = None
    matched_r: float | None = None
    gain: Interval | None = None
    facts: int = 0
    left_out: int = 0


def sharpening(results: Results, cell: Cell, where: str, settings: Settings) -> Sharpening | None:
    """Set a cell's answers on a set against the base's; None when the set has no answers at all.

    Facts whose r is unscored for the cell, or for the base at any temperature, are left out, so
    that every number rests on the same facts. So are facts without a log-probability, unless no
    fact has one on either side: then r is compared and nothing is matched.
    """
    mine = _answers(results, cell, where)
    theirs = _answers(results, base_cell(results), where)
    if mine.empty or theirs.empty:
        return None
    main = float(mine["temperature"].iloc[0])
    own = mine.groupby("item")[["r", "surprisal"]].mean()
    base_r = theirs.pivot(index="item", columns="temperature", values="r")
    base_s = theirs.pivot(index="item", columns="temperature", values="surprisal")
    asked = own.index.union(base_r.index)
    scored = own.index[own["r"].notna()].intersection(base_r.dropna().index).sort_values()
    told = scored.intersection(own["surprisal"].dropna().index)
    told = told.intersection(base_s.dropna().index)
    known = own["surprisal"].notna().any() and base_s.notna().all(axis=1).any()
    kept = told if known else scored
    if kept.empty or main not in base_r:
        return Sharpening(left_out=len(asked))
    left_out = len(asked) - len(kept)
    if not known:
        return Sharpening(
            r=float(own.loc[kept, "r"].mean()),
            base_r=float(base_r.loc[kept, main].mean()),
            facts=len(kept),
            left_out=left_out,
        )
    own, base_r, base_s = own.loc[kept], base_r.loc[kept], base_s.loc[kept]
    temperatures = base_r.columns.to_numpy(dtype=np.float64)
    entropies = base_s.mean().to_numpy(dtype=np.float64)
    entropy = float(own["surprisal"].mean())
    temperature = matching(temperatures, entropies, entropy)
    matched, gain = None, None
    if temperature is not None:
        at = between(temperatures, base_r.to_numpy(dtype=np.float64), temperature)
        entities = mine.drop_duplicates("item").set_index("item").loc[kept]
        matched = float(at.mean())
        gain = stats.cluster_mean(
            own["r"].to_numpy(dtype=np.float64) - at,
            labels(entities, "entity"),
            resamples=settings.bootstrap,
            rng=keyed(settings.seed, "sharpening", where),
        )
    return Sharpening(
        entropy=entropy,
        base_entropy=float(base_s[main].mean()),
        temperature=temperature,
        r=float(own["r"].mean()),
        base_r=float(base_r[main].mean()),
        matched_r=matched,
        gain=gain,
        facts=len(kept),
        left_out=left_out,
    )


def _answers(results: Results, cell: Cell, where: str) -> pd.DataFrame:
    rows = results.answers
    chosen = (rows["algorithm"] == cell.algorithm) & (rows["recipe"] == cell.recipe)
    return rows[chosen & (rows["set"] == where)]


def matching(temperatures: Floats, entropies: Floats, wanted: float) -> float | None:
    """Temperature at which the base has the wanted entropy, linear between measured ones.

    Args:
        temperatures: rising [T].
        entropies: mean entropy at each [T]; a fall (sampling noise) counts as standing still.
        wanted: entropy of the tuned model.

    Returns:
        None when ``wanted`` lies outside the measured entropies: nothing is extrapolated.
    """
    rising = np.maximum.accumulate(entropies)
    if not rising[0] <= wanted <= rising[-1]:
        return None
    return float(np.interp(wanted, rising, temperatures))


def between(temperatures: Floats, values: Floats, temperature: float) -> Floats:
    """Each fact's value [N] at a temperature, linear between its columns of ``values`` [N, T]."""
    upper = int(np.searchsorted(temperatures, temperature))
    if temperatures[upper] == temperature:
        return values[:, upper]
    low, high = temperatures[upper - 1], temperatures[upper]
    share = (temperature - low) / (high - low)
    between: Floats = (1 - share) * values[:, upper - 1] + share * values[:, upper]
    return between
