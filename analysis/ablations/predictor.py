"""r before as a predictor of what a fact gains: disjoint samples, ranks, and their interval.

If the samples that put a fact at r = 0 were also its baseline, it could only rise: regression to
the mean. So r as predictor (and the fact's class) comes from a fact's even samples, and r as
baseline from its odd ones. The samples of all variants share their noise (sample i of a question
is drawn by the same random numbers), so a tuned model's even samples are no fresh look either: its
r is taken from its odd samples alone. Margins are scored, not sampled, and have no noise to share.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis import samples
from analysis.crossed import MIN_ENTITIES, infer, stratified_counts
from analysis.load import BASE, Results
from analysis.measures import Cell, Measure, base_cell, evaluation_sets, labels
from analysis.sample import Floats, Ints, Labels, make
from analysis.settings import Settings
from analysis.stats import Interval, interval
from apeft.detection import classify
from apeft.intervals import LEVEL
from apeft.records import Record
from apeft.rng import keyed

MARGIN = Measure("margin", "Margin", "margin", "margin", "mean")
R = Measure("r", "r", "r", "r", "mean")


@dataclass(frozen=True, eq=False)
class Gains:
    """What facts gained in one cell over the base.

    Attributes:
        values: tuned - base of K seeds on N facts [K, N]; NaN is unscored.
        names: of the facts [N].
        entities: of each fact [N].
        sets: of each fact [N].
        relations: of each fact [N].
        r: r before, of the base's even samples [N].
        kinds: class of each fact by the same samples [N].
        seeds: [K].
    """

    values: Floats
    names: Labels
    entities: Labels
    sets: Labels
    relations: Labels
    r: Floats
    kinds: Labels
    seeds: tuple[int, ...]

    def of(self, kept: np.ndarray) -> Gains:
        """The facts of a mask [N]."""
        return Gains(
            self.values[:, kept], self.names[kept], self.entities[kept], self.sets[kept],
            self.relations[kept], self.r[kept], self.kinds[kept], self.seeds,
        )  # fmt: skip


def halves(answers: Iterable[Record], variant: str, min_scored: float) -> pd.DataFrame:
    """Split a variant's graded samples of each fact in two.

    Args:
        answers: rows of out/grade/answers.jsonl; those of other variants and other temperatures
            than the main one are passed over. A row without ``variant`` is the base's.
        variant: whose.
        min_scored: share of a half's samples that must be scored for a class.

    Returns:
        By fact, sorted: ``entity``, ``set``, ``relation``; ``even`` and ``odd``, the share of right
        ones among the scored samples 0, 2, 4, … and 1, 3, 5, … (NaN: none is scored); ``class`` by
        the even ones, "unscored" where too few are scored.
    """
    rows = []
    for row in answers:
        if row.get("variant", BASE) != variant or not row.get("main", True):
            continue
        verdicts = [sample["correct"] for sample in row["samples"]]
        even = verdicts[::2]
        right, scored = even.count(True), len(even) - even.count(None)
        kind = classify(right, scored, len(even), min_scored)
        rows.append(
            {name: row[name] for name in ("fact", "entity", "set", "relation")}
            | {"even": _share(even), "odd": _share(verdicts[1::2]), "class": kind}
        )
    columns = ["fact", "entity", "set", "relation", "even", "odd", "class"]
    table = pd.DataFrame(rows, columns=columns).set_index("fact").sort_index()
    return table.astype({"even": "float64", "odd": "float64"})


def _share(verdicts: Sequence[bool | None]) -> float:
    scored = [one for one in verdicts if one is not None]
    return sum(scored) / len(scored) if scored else math.nan


def gains(results: Results, cell: Cell, asked: pd.DataFrame, measure: Measure) -> Gains | None:
    """Change of a scored measure of the test facts that have r before; None without any."""
    parts, names = [], []
    for where in evaluation_sets(results):
        if where.asks:
            continue
        sample = samples.paired(results, cell, base_cell(results), where, measure)
        if sample is not None and sample.seeds == cell.seeds:
            parts.append(np.where(sample.size > 0, sample.values, np.nan))
            names.append(sample.names)
    if not parts:
        return None
    every = pd.DataFrame(np.concatenate(parts, axis=1).T, index=np.concatenate(names))
    return _joined(every, asked, cell.seeds)


def r_gains(
    results: Results, cell: Cell, asked: pd.DataFrame, answers: Sequence[Record], min_scored: float
) -> Gains | None:
    """Change of r, both sides by odd samples; None when the cell's own answers are not given."""
    rows = results.items[["variant", "algorithm", "recipe", "seed"]].drop_duplicates()
    mine = rows[(rows["algorithm"] == cell.algorithm) & (rows["recipe"] == cell.recipe)]
    names = dict(zip(mine["seed"], mine["variant"], strict=True))
    columns = {}
    for seed in cell.seeds:
        tuned = halves(answers, str(names[seed]), min_scored)
        columns[seed] = tuned["odd"].reindex(asked.index) - asked["odd"]
    every = pd.DataFrame(columns)
    return None if every.isna().all(axis=None) else _joined(every, asked, cell.seeds)


def _joined(every: pd.DataFrame, asked: pd.DataFrame, seeds: tuple[int, ...]) -> Gains | None:
    known = asked[asked["even"].notna()]
    shared = known.index.intersection(every.index[every.notna().any(axis=1)]).sort_values()
    if shared.empty:
        return None
    about = known.loc[shared]
    return Gains(
        every.loc[shared].to_numpy(dtype=np.float64).T,
        np.array(list(shared), dtype=object),
        labels(about, "entity"),
        labels(about, "set"),
        labels(about, "relation"),
        about["even"].to_numpy(dtype=np.float64),
        labels(about, "class"),
        seeds,
    )


def mean(found: Gains, settings: Settings, *key: str) -> Interval | None:
    """Mean gain with its interval, by entities crossed with seeds; None without a fact."""
    if not len(found.names):
        return None
    sample = make(found.values, found.entities, names=found.names, seeds=found.seeds, paired=True)
    rng = keyed(settings.seed, "gain", *key)
    return interval(infer(sample, resamples=settings.bootstrap, rng=rng))


def rank_correlation(
    x: Floats, y: Floats, groups: Ints | None = None, weights: Floats | None = None
) -> Floats:
    """Spearman's rank correlation of x and y [N], for each row of weights [D, N] -> [D].

    Ranks are mid-ranks. With ``groups`` (numbers [N]) they are taken within each group and centred
    (divided by its size, so that large groups do not outweigh by their ranks' range): the
    correlation that is left within relations, since relations differ in r and in what they gain. A
    group in which x or y is one value tells nothing of it and is left out. A weight is how often an
    item was drawn (default: once); SciPy's has none, and ranking every resample anew is slow.
    NaN where one of x and y does not vary.
    """
    groups = np.zeros(len(x), dtype=np.int64) if groups is None else groups
    weights = np.ones((1, len(x))) if weights is None else weights
    ranks = [_ranks(values, groups, weights) for values in (x, y)]
    member = np.zeros((len(x), int(groups.max()) + 1))
    member[np.arange(len(x)), groups] = 1.0
    varies = np.minimum(*((weights * rank**2) @ member for rank in ranks)) > 1e-12
    a, b = (rank * varies[:, groups] for rank in ranks)
    spread = np.sqrt((weights * a**2).sum(axis=1) * (weights * b**2).sum(axis=1))
    top = (weights * a * b).sum(axis=1)
    ratio: Floats = np.divide(top, spread, out=np.full_like(top, np.nan), where=spread > 0)
    return ratio


def _ranks(values: Floats, groups: Ints, weights: Floats) -> Floats:
    """Mid-ranks of weighted items within groups, centred, as parts of the group's weight [D, N]."""
    _, level = np.unique(values, return_inverse=True)
    _, starts, tied, times = np.unique(
        groups * len(values) + level, return_index=True, return_inverse=True, return_counts=True
    )
    order = np.argsort(tied, kind="stable")
    amount = np.add.reduceat(weights[:, order], np.cumsum(times) - times, axis=1)  # of ties [D, T]
    group = groups[starts]
    first = np.searchsorted(group, group)  # of the tied ones: the lowest in the same group
    below = np.cumsum(amount, axis=1) - amount
    within = below - below[:, first]
    last = np.searchsorted(group, group, side="right") - 1
    whole = below[:, last] + amount[:, last] - below[:, first]
    centred = within + (amount - whole) / 2  # mid-rank within + (amount + 1) / 2 - (whole + 1) / 2
    made = np.divide(centred, whole, out=np.zeros_like(centred), where=whole > 0)
    return np.asarray(made[:, tied], dtype=np.float64)


def correlation(
    found: Gains, settings: Settings, *key: str, within: bool = False
) -> Interval | None:
    """Rank correlation of r before with the gain, resampled by entity and by seed.

    A fact's gain is its mean over the seeds. Percentile interval (Efron & Tibshirani 1993, §13.3):
    resamples in which nothing varies are left out.

    Args:
        found: the gains.
        settings: of the resampling.
        key: what the resampling is keyed by.
        within: within relations (see :func:`rank_correlation`).
    """
    if not len(found.names):
        return None
    groups = None
    if within:
        _, groups = np.unique(found.relations.astype(str), return_inverse=True)
    estimate = float(rank_correlation(found.r, _over_seeds(found.values), groups)[0])
    clusters, owner = np.unique(found.entities.astype(str), return_inverse=True)
    nothing = Interval(estimate, math.nan, math.nan, len(found.names), len(clusters), "none")
    if len(clusters) < MIN_ENTITIES or math.isnan(estimate):
        return nothing
    rng = keyed(settings.seed, "rank correlation", *key)
    counts = stratified_counts(np.zeros(len(clusters), dtype=np.int64), settings.bootstrap, rng)
    seeds = len(found.seeds)
    drawn = rng.multinomial(seeds, np.full(seeds, 1 / seeds), size=settings.bootstrap)
    draws = np.empty(settings.bootstrap)
    for chosen in np.unique(drawn, axis=0):
        rows = (drawn == chosen).all(axis=1)
        gained = _over_seeds(np.repeat(found.values, chosen, axis=0))
        weights = counts[rows][:, owner] * np.isfinite(gained)
        draws[rows] = rank_correlation(found.r, np.nan_to_num(gained), groups, weights)
    kept = draws[np.isfinite(draws)]
    if not kept.size:
        return nothing
    low, high = np.quantile(kept, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(estimate, float(low), float(high), len(found.names), len(clusters), "bootstrap")


def _over_seeds(values: Floats) -> Floats:
    """Mean of each fact [N] over the seeds that scored it [K, N]; NaN where none did."""
    scored = np.isfinite(values)
    count = scored.sum(axis=0)
    total = np.where(scored, values, 0.0).sum(axis=0)
    mean: Floats = np.divide(total, count, out=np.full(values.shape[1], np.nan), where=count > 0)
    return mean
