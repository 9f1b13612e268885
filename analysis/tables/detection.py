"""What the base model knows, how sure each class is, and how classes move with k."""

from __future__ import annotations

import pandas as pd

from analysis import stats, style
from analysis.detection import (
    ALL,
    KINDS,
    beyond_chance,
    expected,
    mean_shares,
    of_relation,
    parameter,
    relations,
    shares_at,
)
from analysis.figures import captions
from analysis.load import Results
from analysis.measures import labels
from analysis.settings import Settings
from analysis.stats import Interval
from analysis.tables.write import NOTHING, Section, Table, numbers, percent
from apeft.rng import keyed

COLUMNS = (
    "relation", "facts", *(kind.replace("_", " ") for kind in KINDS), "mean r (%)",
    "95 % width of r", "unknown, P(wrong) (%)", "known, P(wrong) (%)", 
    "guess (%)", "beyond chance",
)  # fmt: skip


def detection(results: Results, settings: Settings) -> Table:
    """One row for each relation and one for all: classes, r, and the chance of a wrong class."""
    table = results.detection
    data, rows = [], []
    for name in [ALL, *relations(table)] if len(table) else []:
        part = of_relation(table, name)
        counts = {kind: int((part["class"] == kind).sum()) for kind in KINDS}
        r = _mean_r(part, name, settings)
        width = None if r is None else float((part["r_high"] - part["r_low"]).mean())
        wrong = {kind: _wrong(part, kind) for kind in ("unknown", "known")}
        beyond, tested = beyond_chance(part)
        guess = part["guess"].mean() if part["guess"].notna().any() else None
        data.append(
            {"relation": name, "facts": len(part), **counts}
            | {"beyond_chance": beyond, "tested_for_chance": tested, "guess": guess}
            | {**numbers(r, "r:"), "r_width": width}
            | {f"p_wrong:{kind}": value for kind, value in wrong.items()}
            | {"samples": int(part["k"].sum())}
        )
        rows.append(
            (
                style.relation(name),
                str(len(part)),
                *map(str, counts.values()),
                percent(r),
                NOTHING if width is None else f"{width:.2f}",
                *(NOTHING if value is None else f"{100 * value:.1f}" for value in wrong.values()),
                NOTHING if guess is None else f"{100 * guess:.1f}",
                f"{beyond} of {tested}" if tested else NOTHING,
            )
        )
    caption = (
        f"Facts that the base model was asked {_k(table)} times. r is the share of right "
        "ones among scored samples, over facts that have a class; the width is that of the 95 % "
        "Jeffreys interval of one fact's r (quantiles of Beta(right + 1/2, wrong + 1/2)), "
        "averaged; each fact's own is in out/detect/facts.jsonl. P(wrong) is the mean probability "
        f"that a fact's class would be another one once {_larger(results)} of its samples were "
        "scored (hierarchical beta-binomial model of each relation, apeft/certainty.py; "
        "potentially known facts: 0, since a right and a wrong sample were seen; the judge's own "
        "errors are not in it). Guess is the mean share of the other entities' answers to the "
        "relation's question that would be right for a fact; beyond chance are the potentially "
        "known facts that are right more often than that (exact one-sided binomial test at 5 %, "
        "each fact by itself), of those that could be tested "
        f"(n = {len(table)} facts of {table['entity'].nunique()} entities; one "
        f"sampling seed; {captions.intervals(settings)}; {captions.CAUTION})."
    )
    return Table("detection", caption, pd.DataFrame(data), (Section("", COLUMNS, tuple(rows)),))


def _mean_r(part: pd.DataFrame, name: str, settings: Settings) -> Interval | None:
    """Mean r over the facts that have a class."""
    scored = part[part["r"].notna()]
    if scored.empty:
        return None
    return stats.cluster_mean(
        scored["r"].to_numpy(dtype="float64"),
        labels(scored, "entity"),
        resamples=settings.bootstrap,
        rng=keyed(settings.seed, "detection", name),
    )


def _wrong(part: pd.DataFrame, kind: str) -> float | None:
    values = part.loc[part["class"] == kind, "p_wrong"]
    return None if values.empty else float(values.mean())


def classes_vs_k(results: Results, settings: Settings) -> Table:
    """Shares of the classes at every k' up to k (in what people read: at powers of two)."""
    table = results.detection
    data, rows = [], []
    min_scored = parameter(results, "detect.min_scored")
    for name in [ALL, *relations(table)] if len(table) else []:
        part = of_relation(table, name)
        k = int(part["k"].max())
        steps = [(str(fewer), shares_at(part, fewer, min_scored)) for fewer in range(1, k)]
        at_k = pd.get_dummies(part["class"]).reindex(columns=list(KINDS), fill_value=False)
        steps.append((str(k), at_k.to_numpy(dtype="float64")))
        steps.append((f"{_larger(results)} (expected)", expected(part)))
        for step, shares in steps:
            found = mean_shares(shares, part, settings, name)
            flat: dict[str, object] = {"relation": name, "k": step}
            for kind, interval in zip(KINDS, found, strict=True):
                flat |= numbers(interval, f"{kind}:")
            data.append(flat)
            if not step.isdigit() or int(step) == k or (int(step) & (int(step) - 1)) == 0:
                rows.append((style.relation(name), step, *map(percent, found)))
    caption = (
        "Share of facts in each class by the number of samples of a fact, averaged over all "
        "subsets of its samples (hypergeometric; no sample is drawn for it); the last row of a "
        "relation is what the model of P(wrong) expects once so many samples are scored, with "
        "unscored facts left as they are and the fitted model taken as given. All "
        "k are in the CSV "
        f"(shares in %; n = {len(table)} facts of "
        f"{table['entity'].nunique()} entities; one sampling seed; {captions.intervals(settings)}; "
        f"{captions.CAUTION})."
    )
    columns = ("relation", "k", *(kind.replace("_", " ") for kind in KINDS))
    sections = (Section("", columns, tuple(rows)),)
    return Table("classes_vs_k", caption, pd.DataFrame(data), sections)


def _k(table: pd.DataFrame) -> str:
    return str(int(table["k"].max())) if len(table) else "k"


def _larger(results: Results) -> int:
    return int(parameter(results, "detect.larger_k"))
