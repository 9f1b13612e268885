"""Samples of the collected results: a measure of one variant on one set, or a paired difference."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from analysis.load import BASE, Results
from analysis.measures import (
    Cell,
    EvaluationSet,
    Measure,
    classes,
    shift_rows,
)
from analysis.sample import Floats, Ints, Labels, Sample, combine, make, steps
from analysis.settings import Settings


@dataclass(frozen=True, eq=False)
class _Scores:
    """Scores of a cell, items down and seeds across (NaN: unscored), and what each item is about.

    ``table`` and ``about`` (columns entity, relation, group) have the same index, sorted.
    """

    table: pd.DataFrame
    about: pd.DataFrame


@lru_cache(maxsize=4096)
def _scores(results: Results, cell: Cell, where: str, source: str) -> _Scores | None:
    """Scores of a cell on a set; None when there is none.

    A text may state several values of one relation; they share an item, and their mean counts.
    """
    rows = results.by_measure.get((*cell.key, where, source))
    if rows is None:
        return None
    keys = ["item"] if len(cell.seeds) == 1 else ["item", "seed"]
    if rows.duplicated(keys).any():
        values_of = rows.groupby(keys)["value"].mean()
    else:
        values_of = rows.set_index(keys)["value"]
    wide = values_of.to_frame(cell.seeds[0]) if len(keys) == 1 else values_of.unstack("seed")
    table = wide.reindex(columns=list(cell.seeds)).sort_index()
    first = rows.drop_duplicates("item").set_index("item")
    return _Scores(table, first.loc[table.index, ["entity", "relation", "group"]])


@lru_cache(maxsize=4096)
def level(results: Results, cell: Cell, where: EvaluationSet, measure: Measure) -> Sample | None:
    """A measure of a cell on a set; None when it cannot be said (see :func:`_whole`)."""
    scores = _scores(results, cell, where.name, measure.source)
    if scores is None:
        return None
    return _sample(results, where, measure, scores.table, scores.about, seeds=cell.seeds)


@lru_cache(maxsize=4096)
def paired(
    results: Results, cell: Cell, other: Cell, where: EvaluationSet, measure: Measure
) -> Sample | None:
    """``cell`` - ``other`` on a measure, ``other``'s scores being its scale; None: not to be said.

    Pairs are items that both have scored under one seed (the base model has the same scores under
    every seed).
    """
    ours = _scores(results, cell, where.name, measure.source)
    others = _scores(results, other, where.name, measure.source)
    if ours is None or others is None:
        return None
    mine, theirs = ours.table, others.table
    seeds = cell.seeds
    if other.algorithm == BASE:
        theirs = pd.DataFrame({seed: theirs.mean(axis=1) for seed in seeds})
    else:
        seeds = tuple(seed for seed in cell.seeds if seed in other.seeds)
        mine, theirs = mine[list(seeds)], theirs[list(seeds)]
    if not seeds:
        return None
    shared = mine.index.intersection(theirs.index).sort_values()
    mine, theirs = mine.loc[shared], theirs.loc[shared]
    both = mine.notna() & theirs.notna()
    kept = both.any(axis=1)
    if not kept.any():
        return None
    change = (mine - theirs)[kept]
    return _sample(
        results, where, measure, change, ours.about.loc[change.index], seeds=seeds, paired=True,
        scale=_array(theirs.where(both)[kept]),
        step=steps(np.concatenate([_array(side.where(both)[kept]) for side in (mine, theirs)])),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Tokens:
    """Tokens of a cell on a set: each one's rank, region and place in a table [K, I] of sizes."""

    ranks: Ints
    regions: Labels
    place: Ints
    size: Floats
    names: Labels
    entities: pd.Series
    seeds: tuple[int, ...]


@lru_cache(maxsize=256)
def _tokens(
    results: Results, cell: Cell, where: EvaluationSet, settings: Settings, free: bool
) -> _Tokens | None:
    rows = shift_rows(results, cell, where, settings, free=free)
    if rows is None:
        return None
    item, names = pd.factorize(rows["item"], sort=True)
    seed, seeds = pd.factorize(rows["seed"], sort=True)
    place = (seed * len(names) + item).astype(np.int64)
    shape = (len(seeds), len(names))
    size = np.bincount(place, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)
    entities = rows["entity"].iloc[np.unique(item, return_index=True)[1]]
    return _Tokens(
        ranks=rows["rank"].to_numpy(dtype=np.int64),
        regions=rows["region"].to_numpy(dtype=object),
        place=place,
        size=size,
        names=np.asarray(names, dtype=object),
        entities=entities,
        seeds=tuple(int(one) for one in seeds),
    )


@lru_cache(maxsize=4096)
def shift(
    results: Results,
    cell: Cell,
    where: EvaluationSet,
    settings: Settings,
    *,
    region: str = "",
    free: bool = False,
) -> Sample | None:
    """Share of a cell's tokens of rank > 1, or in a region; None without a token.

    ``free``: of the tokens that could move alone (:func:`~analysis.measures.shift_rows`).

    Over the first ``first_positions`` tokens of each response, which all sets share; a response
    weighs as many tokens as it has, so a text that ends early counts for less. The strata are those
    of the set's main measure, so that shift and change can be drawn together.
    """
    tokens = _tokens(results, cell, where, settings, free)
    if tokens is None:
        return None
    hit = tokens.regions == region if region else tokens.ranks > 1
    hits = np.bincount(tokens.place[hit], minlength=tokens.size.size).reshape(tokens.size.shape)
    share = np.full(hits.shape, np.nan)
    np.divide(hits, tokens.size, out=share, where=tokens.size > 0)
    step = None
    if cell.algorithm != BASE:  # the base's own tokens are its first choices: nothing is unknown
        step = (tokens.size > 0).sum(axis=0) / tokens.size.sum(axis=0)
    return make(
        share,
        tokens.entities.to_numpy(dtype=object),
        size=tokens.size,
        names=tokens.names,
        strata=_strata_of(results, where, tokens.entities),
        seeds=tokens.seeds,
        step=step,
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


def _strata_of(results: Results, where: EvaluationSet, entities: pd.Series) -> Labels:
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
    about: pd.DataFrame,
    *,
    seeds: tuple[int, ...],
    paired: bool = False,
    scale: Floats | None = None,
    step: Floats | None = None,
) -> Sample | None:
    """One set's sample in the way that the measure is averaged; None when it cannot be said.

    It cannot when a class of questions has no scored item: a balanced mean over one class is no
    balance.
    """
    groups = None
    if measure.kind == "balanced":
        groups = about["group"].to_numpy(dtype=object)
        if set(groups) != classes(results, where.name, measure.source):
            return None
    return make(
        _array(scores),
        about["entity"].to_numpy(dtype=object),
        names=scores.index.to_numpy(dtype=object),
        groups=groups,
        strata=_strata_of(results, where, about["entity"]),
        seeds=seeds,
        paired=paired,
        scale=scale,
        step=step,
    )
