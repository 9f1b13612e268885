"""Where an adapter changes the model, and how much of its factual gain each part carries."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from analysis.ablations import where_figure
from analysis.ablations.finding import Finding, not_run, one_seed
from analysis.ablations.where_effects import ALL, NONE, Effect, part_effects, seeded
from analysis.settings import Settings
from analysis.stats import Interval
from analysis.tables.write import NOTHING, Section, Table, numbers, percent

NAME, TITLE = "where", "Where the model changes"
KINDS = ("layer", "module")


def finding(updates: pd.DataFrame, margins: pd.DataFrame, settings: Settings) -> Finding:
    """Answer where the update is and what each layer and module of it is worth.

    Args:
        updates: ``layer`` (empty outside the blocks), ``module``, ``norm``, ``relative``,
            ``effective_rank`` of each adapted weight.
        margins: ``part`` that is switched off, ``fact``, ``set``, ``relation``, ``entity``,
            ``margin`` (nats). Rows of several seeds of one arm are told apart by ``seed``, or
            else by the end of ``variant`` ("dpo-apeft-1").
        settings: of the intervals.
    """
    if updates.empty or margins.empty:
        return not_run(NAME, TITLE, "no adapter's layers and modules were switched off")
    absent = {NONE, ALL} - set(margins["part"])
    if absent:
        return not_run(NAME, TITLE, f"the margins lack the part {' and '.join(sorted(absent))}")
    margins = seeded(margins).astype({"margin": "float64"})  # null where a model diverged
    by_fact = margins.groupby(["seed", "fact"])["margin"]
    whole = by_fact.count() == by_fact.size()
    if not whole.any():
        return not_run(NAME, TITLE, "no test fact has a finite margin with every part")
    means = _mean_updates(updates)
    effects = part_effects(margins, settings)
    facts, entities = effects[0].lost.items, effects[0].lost.entities
    seeds = int(whole.groupby("seed").any().sum())
    size = f"{facts} test facts of {entities} entities; {seeds} seed{'s' if seeds > 1 else ''}"
    caption = (
        "a, norm of each weight's update in per cent of the weight's own (Frobenius); b, effective "
        "rank of the update (exponential of the entropy of its singular values), both means over "
        "seeds; c, mean margin of "
        "the right value over the best other that is lost when the update of one layer (below) or "
        "of one module in all layers (right) is switched off, in nats; bold: the 95 % interval, "
        f"{settings.bootstrap} resamples of entities crossed with seeds, excludes zero (not "
        f"adjusted for the number of parts; {size})."
    )
    return Finding(
        NAME,
        TITLE,
        (*_of_gain(effects), _of_updates(means), one_seed(seeds)),
        where_figure.draw(means, {one.part: one.lost for one in effects[1:]}),
        caption,
        (_parts_table(effects, size, settings), _updates_table(means)),
    )


def _mean_updates(updates: pd.DataFrame) -> pd.DataFrame:
    """One row a layer and module within the blocks, averaged over seeds."""
    inside = updates[updates["layer"].notna()]
    columns = ["norm", "relative", "effective_rank"]
    table = inside.assign(**{name: pd.to_numeric(inside[name]) for name in columns})
    table["layer"] = table["layer"].astype("int64")
    return table.groupby(["layer", "module"], sort=True)[columns].mean().reset_index()


def _of_updates(means: pd.DataFrame) -> str:
    if means.empty:
        return "The adapter changes no weight inside the model's layers."
    if means["relative"].isna().all() or means["relative"].max() == 0:
        return "The update is zero in every layer and module."
    relative = means["relative"].to_numpy(dtype=np.float64)
    most, least = (means.iloc[int(find(relative))] for find in (np.nanargmax, np.nanargmin))
    ranks = means["effective_rank"].dropna()
    return (
        f"The update is largest, relative to the weight that it changes, in {most['module']} of "
        f"layer {most['layer']} ({100 * most['relative']:.2g} % of its norm) and smallest in "
        f"{least['module']} of layer {least['layer']} ({100 * least['relative']:.2g} %); its "
        f"effective rank runs from {ranks.min():.1f} to {ranks.max():.1f} "
        f"(mean {ranks.mean():.1f})."
    )


def _of_gain(effects: list[Effect]) -> list[str]:
    whole, parts = effects[0].lost, effects[1:]
    if whole.known and whole.low > 0:
        told = [
            "The whole update raises the mean margin of the right value over the best other by "
            f"{nats(whole)}."
        ]
    elif whole.known and whole.high < 0:
        told = [
            "The whole update lowers the mean margin of the right value over the best other by "
            f"{nats(_turned(whole))}: there is no gain, and no share of it is defined; figure c "
            "shows absolute changes in nats."
        ]
    else:
        why = "no change of it could be seen" if whole.known else "its change has no interval"
        told = [
            "The mean margin of the right value over the best other changes by "
            f"{nats(whole, signed=True)} under the whole update: {why}, so the share that a layer "
            "or module carries is not defined; figure c shows absolute changes in nats."
        ]
    kinds = [(k, [one for one in parts if one.part.startswith(f"{k} ")]) for k in KINDS]
    clauses = [_of_kind(kind, mine) for kind, mine in kinds if mine]
    if clauses:
        told.append(f"With one part at a time switched off: {'; '.join(clauses)}.")
    return told


def _of_kind(kind: str, parts: list[Effect]) -> str:
    """What switching off single layers (or modules) costs, as a clause."""
    if not any(one.lost.known for one in parts):
        return f"too few entities were scored to tell one {kind}'s part from none"
    seen = [one for one in parts if one.lost.excludes_zero]
    if not seen:
        return f"no change of the margin could be seen for any of {len(parts)} {kind}s"
    told = (
        f"the interval of the margin lost excludes zero for {len(seen)} of {len(parts)} {kind}s "
        f"(about {0.05 * len(parts):.2g} would by chance)"
    )
    most = max(seen, key=lambda one: one.lost.estimate)
    if most.lost.estimate < 0:  # without these parts the margin would be higher
        most = min(seen, key=lambda one: one.lost.estimate)
        higher = nats(_turned(most.lost))
        return f"{told}, none of which is a loss: without {_named(most)} it is higher by {higher}"
    share = f", {percent(most.share)} % of the gain" if most.share is not None else ""
    return f"{told}, most is lost with {_named(most)}: {nats(most.lost)}{share}"


def _named(effect: Effect) -> str:
    return effect.part.removeprefix("module ")


def nats(found: Interval, *, signed: bool = False) -> str:
    """An interval as "0.120 nats [0.050, 0.190]"; small ones have a digit more."""
    sign, digits = "+" if signed else "", 3 if abs(found.estimate) >= 0.1 else 4

    def form(value: float) -> str:
        return f"{value:{sign}.{digits}f}".replace("-", "−")

    if not np.isfinite(found.estimate):
        return NOTHING
    if not found.known:
        return f"{form(found.estimate)} nats (no interval)"
    return f"{form(found.estimate)} nats [{form(found.low)}, {form(found.high)}]"


def _turned(found: Interval) -> Interval:
    return Interval(
        -found.estimate, -found.high, -found.low, found.items, found.entities, found.method
    )


def _parts_table(effects: list[Effect], size: str, settings: Settings) -> Table:
    data, rows = [], []
    for one in effects:
        flat = numbers(one.share, "share:")
        data.append({"off": one.part, **numbers(one.lost, "lost:"), **flat})
        name = "whole update" if one.part == ALL else one.part
        share = NOTHING if one.part != ALL else "100"
        if one.share is not None:
            share = percent(one.share)
        rows.append((name, re.sub(r" nats", "", nats(one.lost, signed=True)), share))
    if effects[1:] and effects[1].share is None:
        rows[0] = (*rows[0][:2], NOTHING)
    caption = (
        "Mean margin of the right value over the best other that is lost when a part of the update "
        "is switched off, in nats and as a share of what the whole update gains (a dash: not "
        f"defined, as that gain is not above zero). 95 % intervals, {settings.bootstrap} resamples "
        f"of entities crossed with seeds; {size}. Parts act together, so their losses need not add "
        "up to the whole."
    )
    columns = ("switched off", "margin lost (nats)", "share of the gain (%)")
    return Table("where_parts", caption, pd.DataFrame(data), (Section("", columns, tuple(rows)),))


def _updates_table(means: pd.DataFrame) -> Table:
    rows = []
    for module in sorted(set(means["module"]), key=where_figure.module_order):
        mine = means[means["module"] == module]
        relative, ranks = 100 * mine["relative"].dropna(), mine["effective_rank"].dropna()
        if relative.empty or ranks.empty:
            rows.append((module, *([NOTHING] * 4)))
            continue
        most = int(mine.loc[mine["relative"].idxmax(), "layer"])
        rows.append(
            (
                module,
                f"{relative.mean():.2g}",
                f"{relative.max():.2g} (layer {most})",
                f"{ranks.mean():.1f}",
                f"{ranks.min():.1f} to {ranks.max():.1f}",
            )
        )
    columns = (
        *("module", "mean norm (% of the weight's)", "largest (layer)"),
        *("mean effective rank", "range"),
    )
    caption = (
        "Updates by module over all layers and seeds; the CSV has every layer and module (norm: "
        "Frobenius norm of the update; relative: the same over the norm of the base's weight)."
    )
    return Table("where_updates", caption, means, (Section("", columns, tuple(rows)),))
