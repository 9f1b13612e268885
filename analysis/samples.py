"""Samples of the collected results: a measure of one variant on one set, or a paired difference."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from analysis import stats
from analysis.load import BASE, Results
from analysis.measures import (
    Cell,
    EvaluationSet,
    Measure,
    base_mix,
    classes,
    shift_rows,
)
from analysis.sample import Floats, Sample, combine, make
from analysis.settings import Settings


@lru_cache(maxsize=4096)
def _scores(results: Results, cell: Cell, where: str, source: str) -> pd.DataFrame | None:
    """Scores of a cell, items down and seeds across (NaN: unscored); None when there is none.

    A text may state several values of one relation; they share an item, and their mean counts.
    """
    rows = results.by_measure.get((*cell.key, where, source))
    if rows is None:
        return None
    table = rows.pivot_table(index="item", columns="seed", values="value", aggfunc="mean")
    return table.reindex(columns=list(cell.seeds)).sort_index()


@lru_cache(maxsize=256)
def _about(results: Results, where: str, source: str) -> pd.DataFrame:
    """Entity, relation and class of every item of a measure on a set."""
    items = results.items
    rows = items[(items["set"] == where) & (items["measure"] == source)]
    return rows.drop_duplicates("item").set_index("item")[["entity", "relation", "group"]]


@lru_cache(maxsize=4096)
def level(results: Results, cell: Cell, where: EvaluationSet, measure: Measure) -> Sample | None:
    """A measure of a cell on a set; None when it cannot be said (see :func:`_whole`)."""
    scores = _scores(results, cell, where.name, measure.source)
    if scores is None:
        return None
    return _sample(results, where, measure, scores, seeds=cell.seeds)


@lru_cache(maxsize=4096)
def paired(
    results: Results, cell: Cell, other: Cell, where: EvaluationSet, measure: Measure
) -> Sample | None:
    """``cell`` - ``other`` on a measure, ``other``'s scores being its scale; None: not to be said.

    Pairs are items that both have scored under one seed (the base model has the same scores under
    every seed). For the fixed mix they are entities, whose two texts need not state the same
    facts: both mixes are kept as they are, over the relations that both state.
    """
    mine = _scores(results, cell, where.name, measure.source)
    theirs = _scores(results, other, where.name, measure.source)
    if mine is None or theirs is None:
        return None
    seeds = cell.seeds
    if other.algorithm == BASE:
        theirs = pd.DataFrame({seed: theirs.mean(axis=1) for seed in seeds})
    else:
        seeds = tuple(seed for seed in cell.seeds if seed in other.seeds)
        mine, theirs = mine[list(seeds)], theirs[list(seeds)]
    if not seeds:
        return None
    if measure.kind == "fixed mix":
        return _mixes(results, where, measure, (mine, theirs), seeds)
    shared = mine.index.intersection(theirs.index).sort_values()
    mine, theirs = mine.loc[shared], theirs.loc[shared]
    both = mine.notna() & theirs.notna()
    kept = both.any(axis=1)
    if not kept.any():
        return None
    change = (mine - theirs)[kept]
    return _sample(
        results, where, measure, change, seeds=seeds, paired=True,
        scale=_array(theirs.where(both)[kept]),
    )  # fmt: skip


@lru_cache(maxsize=4096)
def shift(
    results: Results, cell: Cell, where: EvaluationSet, settings: Settings, *, region: str = ""
) -> Sample | None:
    """Share of a cell's tokens in a region (default: marginal or shifted, 1 - unshifted).

    Over the first ``first_positions`` tokens of each response, which all sets share; a response
    weighs as many tokens as it has, so a text that ends early counts for less. The strata are those
    of the set's main measure, so that shift and change can be drawn together.
    """
    rows = shift_rows(results, cell, where, settings)
    if rows is None:
        return None
    hit = rows["region"] == region if region else rows["region"] != "unshifted"
    groups = rows.assign(hit=hit.astype(np.float64)).groupby(["item", "seed"])["hit"]
    seeds = sorted({int(seed) for seed in rows["seed"]})
    share = groups.mean().unstack("seed").reindex(columns=seeds).sort_index()
    size = groups.size().unstack("seed").reindex(columns=seeds).sort_index().fillna(0)
    entities = rows.drop_duplicates("item").set_index("item")["entity"].loc[share.index]
    return make(
        _array(share),
        entities.to_numpy(dtype=object),
        size=_array(size),
        names=share.index.to_numpy(dtype=object),
        strata=_strata_of(results, where, entities),
        seeds=tuple(seeds),
    )


def average(samples: list[Sample]) -> Sample:
    """The plain mean of samples of different variants or sets."""
    return combine(samples, [1 / len(samples)] * len(samples))


def _array(table: pd.DataFrame) -> Floats:
    return table.to_numpy(dtype=np.float64).T


@lru_cache(maxsize=256)
def _class_of(results: Results, where: str) -> dict[str, str]:
    """Class of each question of a set."""
    items = results.items
    rows = items[(items["set"] == where) & (items["group"] != "")].drop_duplicates("entity")
    return dict(zip(rows["entity"], rows["group"], strict=True))


def _strata_of(results: Results, where: EvaluationSet, entities: pd.Series) -> stats.Labels:
    """Stratum of each entity: the set, or for questions its class there."""
    if not where.asks:
        return np.full(len(entities), where.name, dtype=object)
    classes_of = _class_of(results, where.name)
    names = [f"{where.name}/{classes_of.get(entity, '')}" for entity in entities]
    return np.array(names, dtype=object)


def _sample(
    results: Results,
    where: EvaluationSet,
    measure: Measure,
    scores: pd.DataFrame,
    *,
    seeds: tuple[int, ...],
    paired: bool = False,
    scale: Floats | None = None,
) -> Sample | None:
    """One set's sample in the way that the measure is averaged; None when it cannot be said.

    It cannot when a class of questions has no scored item (a balanced mean over one class is no
    balance), or when no relation of the base model's mix is stated.
    """
    about = _about(results, where.name, measure.source).loc[scores.index]
    groups, weights = None, None
    if measure.kind == "balanced":
        groups = about["group"].to_numpy(dtype=object)
        if set(groups) != classes(results, where.name, measure.source):
            return None
    elif measure.kind == "fixed mix":
        groups = about["relation"].to_numpy(dtype=object)
        weights = base_mix(results, where.name)
        if not set(groups) & {name for name, share in weights.items() if share > 0}:
            return None
    return make(
        _array(scores),
        about["entity"].to_numpy(dtype=object),
        names=scores.index.to_numpy(dtype=object),
        groups=groups,
        weights=weights,
        strata=_strata_of(results, where, about["entity"]),
        seeds=seeds,
        paired=paired,
        scale=scale,
    )


def _mixes(
    results: Results,
    where: EvaluationSet,
    measure: Measure,
    sides: tuple[pd.DataFrame, pd.DataFrame],
    seeds: tuple[int, ...],
) -> Sample | None:
    """Difference of two fixed-mix scores over the relations that both state."""
    relation = _about(results, where.name, measure.source)["relation"]
    shared = set(relation.loc[sides[0].index]) & set(relation.loc[sides[1].index])
    kept = [side[relation.loc[side.index].isin(shared).to_numpy()] for side in sides]
    made = [_sample(results, where, measure, side, seeds=seeds) for side in kept if len(side)]
    if len(made) < 2 or made[0] is None or made[1] is None:
        return None
    return combine([made[0], made[1]], [1.0, -1.0], paired=True)
