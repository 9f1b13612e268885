"""Has an adapter learned what it was trained on? Asked before its failures are given a name.

A shift that is small because nothing was learned is no under-alignment. An adapter has learned when
one of two intervals lies above zero: that of its margin on the pairs of validation people, or that
of its gain over the base in domain. Both are measured anyway, and neither looks at sets out of
domain. An adapter that is the base bit for bit has neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from analysis import samples
from analysis.crossed import infer
from analysis.load import Results
from analysis.measures import ROLES, Cell, base_cell, evaluation_sets, main_measures
from analysis.sample import Sample, make
from analysis.settings import Settings
from analysis.stats import Interval, interval
from apeft.rng import keyed

MARGIN = "margin"


@dataclass(frozen=True)
class Learning:
    """Margin on validation pairs (nats) and gain in domain (0..1); None: not measured."""

    margin: Interval | None
    gain: Interval | None

    @property
    def done(self) -> bool:
        """Whether either lies above zero with its whole interval."""
        found = [one for one in (self.margin, self.gain) if one is not None]
        return any(one.known and one.low > 0 for one in found)


@lru_cache(maxsize=1024)
def learning(results: Results, cell: Cell, settings: Settings, *, over_seeds: bool) -> Learning:
    """What says whether a cell has learned; ``over_seeds`` takes its seeds as they are.

    Else seeds are drawn as well. A cell without validation pairs (a model of one's own) is judged
    by its gain in domain alone.
    """
    home = [one for one in evaluation_sets(results) if one.role == ROLES[0]]
    gains = [
        sample.in_points()
        for where in home
        if (sample := samples.paired(results, cell, base_cell(results), where,
                                     main_measures(where)[0])) is not None
    ]  # fmt: skip
    gain = samples.average(gains) if gains else None

    def found(sample: Sample | None, key: str) -> Interval | None:
        if sample is None:
            return None
        one = sample.over_seeds() if over_seeds else sample
        rng = keyed(settings.seed, "learned", key)
        return interval(infer(one, resamples=settings.bootstrap, rng=rng))

    return Learning(found(_margins(results, cell), MARGIN), found(gain, "gain"))


def _margins(results: Results, cell: Cell) -> Sample | None:
    """Margins of a cell's validation pairs after the last step, items by seeds."""
    table = results.validation
    rows = table[
        (table["algorithm"] == cell.algorithm)
        & (table["recipe"] == cell.recipe)
        & (table["measure"] == MARGIN)
    ]
    if rows["value"].notna().sum() == 0:
        return None
    wide = rows.pivot(index="item", columns="seed", values="value").sort_index()
    about = rows.drop_duplicates("item").set_index("item").loc[wide.index, "entity"]
    return make(
        wide.to_numpy(dtype=np.float64).T,
        about.to_numpy(dtype=object),
        names=pd.Index(wide.index).to_numpy(dtype=object),
        seeds=tuple(int(seed) for seed in wide.columns),
    )
