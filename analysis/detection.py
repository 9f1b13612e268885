"""How the classes of facts depend on the number of samples that is drawn of each.

Of the k samples of a fact, any k' are as good a measurement with a smaller k. So the class at k'
is averaged over all subsets of k' samples, which needs no drawing: how many of them are scored,
and how many of those are right, follows the hypergeometric law. Beyond k nothing is measured; what
the model of :mod:`apeft.certainty` expects there is shown apart.
"""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
from scipy.stats import hypergeom

from analysis import stats
from analysis.load import CLASSES, UNSCORED, Results
from analysis.measures import labels
from analysis.sample import Floats
from analysis.settings import Settings
from analysis.stats import Interval
from apeft.detection import needed
from apeft.guessing import LEVEL
from apeft.rng import keyed

KINDS = (*CLASSES, UNSCORED)
ALL = "all relations"


def parameter(results: Results, key: str) -> float:
    """A number among the collected parameters."""
    rows = results.parameters
    return float(json.loads(rows.loc[rows["key"] == key, "value"].iloc[0]))


def beyond_chance(table: pd.DataFrame) -> tuple[int, int]:
    """Potentially known facts: how many are right more often than guessing, of how many tested."""
    tested = table.loc[table["class"] == "potentially_known", "p_guess"].dropna()
    return int((tested <= LEVEL).sum()), len(tested)


def relations(table: pd.DataFrame) -> list[str]:
    """Every relation, that with the largest share of potentially known facts first."""
    half = (table["class"] == "potentially_known").groupby(table["relation"]).mean()
    return sorted(half.index, key=lambda name: (-half[name], name))


def of_relation(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Facts of a relation, or every fact for ``ALL``."""
    return table if name == ALL else table[table["relation"] == name]


def class_shares(correct: int, scored: int, k: int, fewer: int, min_scored: float) -> Floats:
    """Probability of each class [4], in the order of ``KINDS``, of ``fewer`` of k samples.

    Args:
        correct: right samples among the ``scored`` ones.
        scored: scored samples among the k.
        k: samples of the fact.
        fewer: size of the subset, drawn without replacement.
        min_scored: share of a fact's samples that must be scored, here of ``fewer``.
    """
    j = np.arange(needed(fewer, min_scored), fewer + 1)
    enough = hypergeom.pmf(j, k, scored, fewer)
    possible = enough > 0  # of j scored ones, none right, or all; j above `scored` cannot be
    j, enough = j[possible], enough[possible]
    unknown = float(enough @ hypergeom.pmf(0, scored, correct, j)) if len(j) else 0.0
    known = float(enough @ hypergeom.pmf(j, scored, correct, j)) if len(j) else 0.0
    half = float(enough.sum()) - unknown - known
    return np.array([unknown, half, known, 1 - enough.sum()])


def shares_at(table: pd.DataFrame, fewer: int, min_scored: float) -> Floats:
    """Class probabilities of each fact at ``fewer`` samples: [N, 4] in the order of ``KINDS``."""
    known: dict[tuple[int, int, int], Floats] = {}
    rows = []
    for correct, unscored, k in zip(table["correct"], table["unscored"], table["k"], strict=True):
        key = int(correct), int(k - unscored), int(k)
        if key not in known:
            known[key] = class_shares(*key, fewer, min_scored)
        rows.append(known[key])
    return np.array(rows, dtype=np.float64)


def expected(table: pd.DataFrame) -> Floats:
    """Class probabilities of each fact [N, 4] once `detect.larger_k` samples are scored.

    By p_wrong: an unknown or a known fact becomes potentially known or stays what it is. Unscored
    facts are left as they are.
    """
    at_k = (table["class"].to_numpy()[:, None] == np.array(KINDS)[None, :]).astype(np.float64)
    wrong = table["p_wrong"].fillna(0.0).to_numpy(dtype=np.float64)[:, None]
    moved: Floats = at_k * (1 - wrong)
    moved[:, KINDS.index("potentially_known")] += (at_k * wrong).sum(axis=1)
    return moved


def mean_shares(
    shares: Floats, table: pd.DataFrame, settings: Settings, *key: str | int
) -> list[Interval]:
    """Share of each class over facts, with an interval that resamples entities."""
    entities = labels(table, "entity")
    return [
        stats.cluster_mean(
            shares[:, column],
            entities,
            resamples=settings.bootstrap,
            rng=keyed(settings.seed, "classes", *key),  # the same resamples for every class
        )
        for column in range(len(KINDS))
    ]
