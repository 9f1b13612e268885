"""What each part of an update is worth: the margin that is lost with it switched off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.ablations import where_figure
from analysis.crossed import infer
from analysis.sample import Floats, Sample, make
from analysis.settings import Settings
from analysis.stats import Interval, interval
from apeft.rng import keyed

NONE, ALL = "none", "all"  # switched off: nothing, and the whole update


@dataclass(frozen=True)
class Effect:
    """What switching a part off costs.

    ``lost``: mean margin (nats) with the whole update minus without the part; ``share``: that as a
    share of what the whole update gains, None where that gain is not seen to be above zero.
    """

    part: str
    lost: Interval
    share: Interval | None


def seeded(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with a column ``seed``; without variants, all are of one."""
    if "seed" in rows:
        return rows
    if "variant" not in rows:
        return rows.assign(seed=0)
    return rows.assign(seed=rows["variant"].str.rpartition("-")[2].astype("int64"))


def part_effects(margins: pd.DataFrame, settings: Settings) -> list[Effect]:
    """The whole update's gain first (part "all"), then each layer's and module's.

    ``margins`` has a column ``seed``.
    """
    tables = {
        str(part): group.pivot(index="fact", columns="seed", values="margin")
        for part, group in margins.groupby("part", sort=True)
    }
    about = margins.drop_duplicates("fact").set_index("fact").sort_index()
    gain = _change(tables, ALL, about)
    whole = _interval(_sample(gain, about), settings)
    defined = whole.known and whole.low > 0
    effects = [Effect(ALL, whole, None)]
    for part in sorted(set(tables) - {NONE, ALL}, key=_part_order):
        change = _change(tables, part, about)
        share = None
        if defined:
            share = _interval(_sample(change, about, scale=gain), settings)
        effects.append(Effect(part, _interval(_sample(change, about), settings), share))
    return effects


def _change(tables: dict[str, pd.DataFrame], off: str, about: pd.DataFrame) -> pd.DataFrame:
    """Margin with the whole update minus without a part: facts down, seeds across."""
    full = tables[NONE].reindex(about.index)
    return full - tables[off].reindex(index=about.index, columns=full.columns)


def _sample(change: pd.DataFrame, about: pd.DataFrame, scale: pd.DataFrame | None = None) -> Sample:
    """Changes of facts as a paired sample, resampled by entity within its set."""
    return make(
        _array(change),
        about["entity"].to_numpy(dtype=object),
        names=about.index.to_numpy(dtype=object),
        strata=about["set"].to_numpy(dtype=object),
        seeds=tuple(int(seed) for seed in change.columns),
        paired=True,
        scale=None if scale is None else _array(scale.where(change.notna())),
    )


def _array(table: pd.DataFrame) -> Floats:
    return table.to_numpy(dtype=np.float64).T


def _interval(sample: Sample, settings: Settings) -> Interval:
    # One generator for all parts: each is resampled with the same entities.
    rng = keyed(settings.seed, "where")
    return interval(infer(sample, resamples=settings.bootstrap, rng=rng))


def _part_order(part: str) -> tuple[bool, int, tuple[int, str]]:
    kind, _, name = part.partition(" ")
    if kind == "layer":
        return (False, int(name), (0, ""))
    return (True, 0, where_figure.module_order(name))
