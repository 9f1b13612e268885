"""Shares and paired changes on the sets of other abilities, with intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from analysis import stats, style
from analysis.crossed import infer
from analysis.sample import Floats, Labels, Sample, make
from analysis.settings import Settings
from analysis.stats import Interval
from apeft.abilities.sets import CROWS, NO, SETS, YES
from apeft.records import Record
from apeft.rng import keyed

TITLE_OF_BASE = "base"
NO_TASKS: Mapping[str, Record] = MappingProxyType({})


@dataclass(frozen=True)
class Line:
    """One line of the table and the figure: a set, or one class of it.

    ``chance`` is None where nothing can be guessed, since text is generated.
    """

    name: str
    group: str
    title: str
    chance: float | None
    bias: bool
    balanced: bool

    @property
    def key(self) -> str:
        """Name that no other line has."""
        return f"{self.name}/{self.group}"


@dataclass(frozen=True)
class Adapter:
    """The adapters of one algorithm and recipe, one for each seed; ``name`` without the seed."""

    name: str
    algorithm: str
    recipe: str
    seeds: tuple[int, ...]

    @property
    def title(self) -> str:
        """Name for people."""
        return f"{style.algorithm(self.algorithm)} {style.recipe(self.recipe)}"


@dataclass(frozen=True)
class Measured:
    """A line's share of the base, of each adapter, and the adapters' changes against the base.

    Adapters with nothing scored have no entry; changes are over rows that both have scored.
    """

    base: Interval | None
    levels: dict[str, Interval]
    changes: dict[str, Interval]


def prepared(scores: pd.DataFrame) -> pd.DataFrame:
    """Scores of variants with the columns item, and recipe and seed out of the variants' names."""
    made = scores.rename(columns={} if "item" in scores else {"id": "item"})
    parts = {name: _parts(name) for name in made["variant"].unique()}
    made["recipe"] = [parts[name][0] for name in made["variant"]]
    made["seed"] = [parts[name][1] for name in made["variant"]]
    made["value"] = made["value"].astype(np.float64)
    return made


def _parts(variant: str) -> tuple[str, int]:
    """Recipe and seed of ALGORITHM-RECIPE-SEED; a recipe may have dashes, an algorithm has none."""
    if variant == "base":
        return "", 0
    name, _, seed = variant.rpartition("-")
    return name.partition("-")[2], int(seed)


def adapters(scores: pd.DataFrame) -> list[Adapter]:
    """Every adapter in the scores, in the order in which they come."""
    found = []
    tuned = scores[scores["variant"] != "base"]
    names = tuned.apply(_without_seed, axis=1) if len(tuned) else pd.Series(dtype=object)
    for name, rows in tuned.groupby(names, sort=False):
        recipe = str(rows["recipe"].iloc[0])
        algorithm = str(name).removesuffix(f"-{recipe}")
        seeds = tuple(sorted({int(seed) for seed in rows["seed"]}))
        found.append(Adapter(str(name), algorithm, recipe, seeds))
    return found


def _without_seed(row: pd.Series) -> str:
    return str(row["variant"]).removesuffix(f"-{int(row['seed'])}")


def measured_lines(scores: pd.DataFrame, tasks: Mapping[str, Record] = NO_TASKS) -> list[Line]:
    """Lines of which the base has something scored: lm-eval's tasks, the sets, their classes."""
    made = []
    for name, about in tasks.items():
        title = f"{about['task']} ({about['metric']})"
        line = Line(name, "", title, about["chance"], bias=False, balanced=False)
        if scored(scores, line)[1]:
            made.append(line)
    for one in SETS.values():
        for group in one.groups or ("",):
            title = f"{one.title} ({group})" if group else one.title
            line = Line(one.name, group, title, one.chance, one.name == CROWS, one.balanced)
            if scored(scores, line)[1]:
                made.append(line)
    return made


def scored(scores: pd.DataFrame, line: Line, adapter: Adapter | None = None) -> tuple[int, int]:
    """How many rows a line has for the base or an adapter (each seed's counted), and scored."""
    rows = _rows(scores, line)
    if adapter is None:
        rows = rows[rows["variant"] == "base"]
    else:
        rows = rows[rows["variant"].isin(_variants(adapter))]
    return len(rows), int(rows["value"].notna().sum())


def measure(scores: pd.DataFrame, line: Line, found: list[Adapter], settings: Settings) -> Measured:
    """Estimate a line for the base and every adapter."""
    rows = _rows(scores, line)
    class_of = rows.drop_duplicates("item").set_index("item")["group"]
    base = _wide(rows[rows["variant"] == "base"])
    levels: dict[str, Interval] = {}
    changes: dict[str, Interval] = {}
    for adapter in found:
        tuned = _wide(rows[rows["variant"].isin(_variants(adapter))])
        level = _level(tuned, class_of, line, settings)
        if level is not None:
            levels[adapter.name] = level
        change = _change(tuned, base, class_of, line, settings)
        if change is not None:
            changes[adapter.name] = change
    return Measured(_level(base, class_of, line, settings), levels, changes)


def _variants(adapter: Adapter) -> list[str]:
    return [f"{adapter.name}-{seed}" for seed in adapter.seeds]


def _rows(scores: pd.DataFrame, line: Line) -> pd.DataFrame:
    rows = scores[scores["set"] == line.name]
    return rows[rows["group"] == line.group] if line.group else rows


def _wide(rows: pd.DataFrame) -> pd.DataFrame:
    """Values with rows of the set down and seeds across, those without any score left out."""
    wide = rows.pivot(index="item", columns="seed", values="value").sort_index()
    return wide.astype(np.float64).dropna(how="all")


def _level(
    wide: pd.DataFrame, class_of: pd.Series, line: Line, settings: Settings
) -> Interval | None:
    sample = _sample(wide, class_of, line)
    if sample is None:
        return None
    # Not keyed by the variant: equal results then have equal intervals.
    rng = keyed(settings.seed, "abilities", line.key)
    if line.balanced:
        return stats.balanced_mean(sample, resamples=settings.bootstrap, rng=rng)
    if len(wide) < stats.SMALL:
        means = wide.mean(axis=1).to_numpy(dtype=np.float64)
        return stats.rate(means, _labels(wide), resamples=settings.bootstrap, rng=rng)
    return stats.share(sample, resamples=settings.bootstrap, rng=rng)


def _change(
    tuned: pd.DataFrame, base: pd.DataFrame, class_of: pd.Series, line: Line, settings: Settings
) -> Interval | None:
    """Adapter less base, over rows that both have scored; the base is the same for every seed."""
    apart = tuned.sub(base.mean(axis=1), axis=0).dropna(how="all")
    sample = _sample(apart, class_of, line, paired=True)
    if sample is None:
        return None
    rng = keyed(settings.seed, "abilities change", line.key)
    return stats.interval(infer(sample, resamples=settings.bootstrap, rng=rng))


def _sample(
    wide: pd.DataFrame, class_of: pd.Series, line: Line, *, paired: bool = False
) -> Sample | None:
    """A sample of the line, each row of the set its own cluster; None when it cannot be said.

    It cannot when nothing is scored, or when a class of a balanced set has no scored row.
    """
    if wide.empty:
        return None
    groups: Labels | None = None
    strata: Labels | str = line.key
    if line.balanced:
        groups = class_of.loc[wide.index].to_numpy(dtype=object)
        if set(groups) != {YES, NO}:
            return None
        strata = groups
    values: Floats = wide.to_numpy(dtype=np.float64).T
    seeds = tuple(int(seed) for seed in wide.columns)
    return make(
        values, _labels(wide), names=_labels(wide), groups=groups, strata=strata, seeds=seeds,
        paired=paired,
    )  # fmt: skip


def _labels(wide: pd.DataFrame) -> Labels:
    return wide.index.to_numpy(dtype=object)
