"""Ratio of atomic to general pairs, and their order: how they are mixed, at equally many pairs."""

from __future__ import annotations

import re
from collections.abc import Mapping

from analysis.ablations.arms import (
    NO_REASONS,
    NOTHING_SCORED,
    Contrast,
    arms,
    basis,
    change,
    change_table,
    label,
    missing,
    scopes,
    single,
    sorted_out,
    without,
)
from analysis.ablations.dots import dots
from analysis.ablations.finding import Finding, not_run
from analysis.load import Results
from analysis.measures import base_cell
from analysis.settings import Settings

NAME, TITLE = "mixing", "Mixing of atomic and general pairs"
EVEN = "mix-1-1"  # what ratios and orders are set against; its pairs come shuffled
ORDERS = ("order-general-first", "order-atomic-first", "order-easy-first")
ENDS = {"mix-only-general": 0.0, "mix-only-atomic": 1.0}


def share(arm: str) -> float | None:
    """Share of atomic pairs in an arm ``mix-*``; None for any other arm."""
    ratio = re.fullmatch(r"mix-(\d)-(\d)", arm)
    return int(ratio[1]) / (int(ratio[1]) + int(ratio[2])) if ratio else ENDS.get(arm)


def finding(
    results: Results, settings: Settings, *, reasons: Mapping[str, str] = NO_REASONS
) -> Finding:
    """Set ratios and orders against the even, shuffled mix.

    Args:
        results: of all arms.
        settings: of the intervals.
        reasons: why an arm was not trained.
    """
    found, base = arms(results), base_cell(results)
    ratios = sorted((arm for arm in found if share(arm) is not None), key=lambda a: share(a) or 0.0)
    orders = [arm for arm in ORDERS if arm in found]
    others = [arm for arm in ratios if arm != EVEN]
    more = [arm for arm in reasons if arm.startswith("mix-") and arm not in (*ENDS, EVEN)]
    absent = missing([*ENDS, EVEN, *more, *ORDERS], found, reasons)
    if EVEN not in found or not (others or orders):
        return not_run(NAME, TITLE, f"there is nothing to compare without {absent}")
    even = found[EVEN]
    against_base = [Contrast(label(arm), found[arm], base) for arm in ratios]
    against_base += [Contrast(label(arm), found[arm], base, 1) for arm in orders]
    against_even = [
        Contrast(f"{label(arm)} − {label(EVEN)}", found[arm], even, 2) for arm in (*others, *orders)
    ]
    sentences = []
    for scope in scopes(results)[:2]:
        told = {
            arm: (label(arm), change(results, one, scope, settings))
            for arm, one in zip((*others, *orders), against_even, strict=True)
        }
        parts = []
        if others:
            parts.append(f"by ratio, {sorted_out([told[arm] for arm in others])}")
        if orders:
            parts.append(f"by order, {sorted_out([told[arm] for arm in orders])}")
        where = scope.heading
        sentences.append(f"{where}, against the even shuffled mix: {'; '.join(parts)}.")
    caption = (
        "Change from the base model by ratio of atomic to general pairs (filled circles; equally "
        "many pairs and steps in all) and by order of the pairs of 1 : 1 (hollow squares; 1 : 1 "
        f"itself is shuffled), paired by item {basis(results, settings)}."
    )
    table = change_table(
        "mixing_changes",
        "Ratios (atomic : general) and orders against the base model and the even shuffled mix.",
        results,
        [*against_base, *against_even],
        settings,
    )
    said = (
        *(sentences or [NOTHING_SCORED]),
        single(results),
        without(absent),
    )
    return Finding(
        NAME,
        TITLE,
        said,
        dots(results, against_base, settings),
        caption,
        (table,),
    )
