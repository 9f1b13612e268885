"""Samples of the shift on own and on reference text, by adapter, set and kind of text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis import style
from analysis.crossed import infer
from analysis.measures import KNOWN_SETS
from analysis.sample import Sample, combine, make
from analysis.settings import Settings
from analysis.stats import SHARE, Interval, interval
from apeft.rng import keyed

OWN, LEAD, FACTS = "own", "lead", "facts"
UNSURE = 0.5  # under this probability of its first choice, the base counts as unsure
DIFFERS, KL, KL_BACK = "differs", "kl_tuned_base", "kl_base_tuned"
WHERE_UNSURE, TOP, GAIN = "differs_unsure", "top_base", "logp_gain"
SHARES = (DIFFERS, WHERE_UNSURE, TOP)
MEASURES = (DIFFERS, WHERE_UNSURE, KL, KL_BACK, TOP, GAIN)
Key = tuple[str, str, str]  # adapter, set, text


@dataclass(frozen=True, eq=False)
class Measured:
    """Samples of every adapter, set, kind of text and measure, over one window of positions."""

    samples: Mapping[Key, Mapping[str, Sample]]
    tokens: Mapping[Key, int]
    settings: Settings

    def estimate(self, key: Key, measure: str) -> Interval | None:
        """A mean over positions with its interval by entity; None when nothing was measured."""
        sample = self.samples.get(key, {}).get(measure)
        return None if sample is None else self._interval(sample, measure, measure in SHARES)

    def difference(self, key: Key, other: Key, measure: str) -> Interval | None:
        """``key`` - ``other`` on a measure; an entity that both have is drawn once for both."""
        one, two = (self.samples.get(k, {}).get(measure) for k in (key, other))
        if one is None or two is None or not set(one.seeds) & set(two.seeds):
            return None
        return self._interval(combine([one, two], [1.0, -1.0]), f"{measure} difference", False)

    def _interval(self, sample: Sample, what: str, share: bool) -> Interval:
        rng = keyed(self.settings.seed, "reference_shift", what)
        bounds = SHARE if share else None
        found = infer(sample, resamples=self.settings.bootstrap, rng=rng, bounds=bounds)
        return interval(found)


def unified(reference: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """One row a position of either kind of text, with the adapter's name, recipe and seed."""
    names = ["variant", "algorithm", "recipe", "seed"]
    known = own[names].drop_duplicates("variant").set_index("variant")
    given = reference.assign(
        text=reference["reference"],
        differs=1.0 - reference["same_top"].astype(float),
        logp_gain=reference["logp_tuned"] - reference["logp_base"],
    )
    # An adapter that wrote nothing at all has no row of its own text to be known by.
    variants = given["variant"]
    given["algorithm"] = variants.map(known["algorithm"]).fillna("")
    given["recipe"] = variants.map(known["recipe"]).fillna(variants)
    given["seed"] = variants.map(known["seed"]).fillna(0).astype("int64")
    # A greedy text's token is the tuned model's first choice, so its rank tells the same.
    mine = own[own["variant"].isin(set(variants)) & own["set"].isin(set(given["set"]))]
    mine = mine.assign(text=OWN, differs=(mine["rank"] > 1).astype(float))
    columns = [
        *("algorithm", "recipe", "seed", "set", "entity", "item", "text", "position"),
        *(DIFFERS, KL, KL_BACK, TOP, GAIN),
    ]
    rows = pd.concat([part.reindex(columns=columns) for part in (mine, given)], ignore_index=True)
    several = rows.loc[rows["algorithm"] != "", "algorithm"].nunique() > 1
    rows["adapter"] = [
        f"{style.algorithm(a)} {style.recipe(r)}".strip() if several else style.recipe(r)
        for a, r in zip(rows["algorithm"], rows["recipe"], strict=True)
    ]
    return rows


def measured(tokens: pd.DataFrame, settings: Settings) -> Measured:
    """Samples of a window of positions; a text weighs as many tokens as it has there."""
    samples: dict[Key, dict[str, Sample]] = {}
    counts: dict[Key, int] = {}
    groups = {
        (str(adapter), str(name), str(text)): rows
        for (adapter, name, text), rows in tokens.groupby(["adapter", "set", "text"], sort=True)
    }
    for key in sorted(groups, key=_key_order):
        rows = groups[key]
        unsure = rows[rows[TOP] < UNSURE].assign(**{WHERE_UNSURE: lambda part: part[DIFFERS]})
        counts[key] = len(rows)
        samples[key] = {}
        for name in MEASURES:
            chosen = unsure if name == WHERE_UNSURE else rows
            chosen = chosen[chosen[name].notna()]
            if len(chosen):
                samples[key][name] = _sample(chosen, name)
    return Measured(samples, counts, settings)


def _sample(rows: pd.DataFrame, column: str) -> Sample:
    grouped = rows.groupby(["seed", "item"], sort=True)[column]
    means, sizes = grouped.mean().unstack("item"), grouped.count().unstack("item")
    about = rows.drop_duplicates("item").set_index("item").loc[means.columns]
    return make(
        means.to_numpy(dtype=np.float64),
        about["entity"].to_numpy(dtype=object),
        size=sizes.fillna(0).to_numpy(dtype=np.float64),
        names=means.columns.to_numpy(dtype=object),
        strata=about["set"].to_numpy(dtype=object),
        seeds=tuple(int(seed) for seed in means.index),
    )


def _key_order(key: Key) -> tuple[int, str, str, int, str]:
    adapter, where, text = key
    place = KNOWN_SETS.index(where) if where in KNOWN_SETS else len(KNOWN_SETS)
    kinds = (OWN, LEAD, FACTS)
    return (place, where, adapter, kinds.index(text) if text in kinds else len(kinds), text)
