"""The arms of the ablations among collected results: their cells, contrasts, words and table.

An arm is a recipe of the algorithm that most recipes were trained with; an adapter of supervised
tuning is the arm "sft-RECIPE". A contrast sets one cell against another, paired by item as in
:mod:`analysis.samples`; a scope is where contrasts are summed up in a sentence.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import pandas as pd

from analysis import omission, samples, style
from analysis.ablations.finding import one_seed
from analysis.crossed import infer
from analysis.estimates import difference
from analysis.figures import captions
from analysis.load import Results
from analysis.measures import (
    RANK1,
    Cell,
    EvaluationSet,
    Measure,
    base_cell,
    evaluation_sets,
    main_measures,
    tuned_cells,
)
from analysis.sample import Sample
from analysis.settings import Settings
from analysis.stats import Interval, interval
from analysis.tables.write import NOTHING, Section, Table, numbers, percent
from apeft.rng import keyed
from apeft.training.settings import SUPERVISED

NOTHING_SCORED = "Nothing was scored."
NO_REASONS: Mapping[str, str] = MappingProxyType({})
LABELS = {
    "general": "general",
    "atomic": "atomic",
    "apeft": "APEFT",
    "class-unknown": "unknown",
    "class-potentially-known": "potentially known",
    "class-known": "known",
    "mix-only-general": "general only",
    "mix-only-atomic": "atomic only",
    "order-general-first": "general first",
    "order-atomic-first": "atomic first",
    "order-easy-first": "easy first",
    "gap-narrow": "narrow gap",
    "gap-middle": "middle gap",
    "gap-wide": "wide gap",
    "rule-plain": "plain gap",
    "rule-beyond-chance": "beyond chance",
    "control-permuted": "permuted values",
    "control-tokens": "general, as many tokens",
    "sft-apeft": "SFT on chosen",
}


@dataclass(frozen=True)
class Contrast:
    """``cell`` - ``other``; contrasts of one ``group`` stand together in a figure."""

    label: str
    cell: Cell
    other: Cell
    group: int = 0


@dataclass(frozen=True)
class Scope:
    """Sets with one measure each, over which a contrast is averaged for a sentence."""

    name: str
    told: str
    parts: tuple[tuple[EvaluationSet, Measure], ...]

    @property
    def heading(self) -> str:
        """What a sentence about it begins with."""
        return self.told[0].upper() + self.told[1:]


def arms(results: Results) -> dict[str, Cell]:
    """Cells by arm, without the base; {} when nothing was trained."""
    tuned = [cell for cell in tuned_cells(results) if cell.recipe]
    counts = Counter(cell.algorithm for cell in tuned if cell.algorithm != SUPERVISED)
    main = max(counts, key=counts.__getitem__) if counts else SUPERVISED
    found = {}
    for cell in tuned:
        if cell.algorithm == main:
            found[cell.recipe] = cell
        elif cell.algorithm == SUPERVISED:
            found[f"{SUPERVISED}-{cell.recipe}"] = cell
    return found


def label(arm: str) -> str:
    """An arm's display name; a ratio is that of atomic to general pairs."""
    if ratio := re.fullmatch(r"mix-(\d)-(\d)", arm):
        return f"{ratio[1]} : {ratio[2]}"
    if middle := re.fullmatch(r"gap-middle-(\d)", arm):
        return f"{LABELS['gap-middle']} {middle[1]}"
    return LABELS.get(arm, arm)


def missing(wanted: Sequence[str], found: Mapping[str, Cell], reasons: Mapping[str, str]) -> str:
    """Name the wanted arms that are not among the results, with reasons; "" when all are."""
    return ", ".join(
        f"{arm} ({reasons[arm]})" if arm in reasons else arm for arm in wanted if arm not in found
    )


def without(absent: str) -> str:
    """The remark on a finding of which some arms were not trained; "" when all were."""
    return f"Not trained: {absent}." if absent else ""


def single(results: Results) -> str:
    """The remark on findings from arms of one seed; "" with more."""
    return one_seed(results.training["seed"].nunique())


@lru_cache(maxsize=16)
def scopes(results: Results) -> tuple[Scope, ...]:
    """In domain and out of domain by the main measure, and test facts by the scored rank.

    Only sets on which the base is scored; a scope without any is left out.
    """
    sets, base = evaluation_sets(results), base_cell(results)
    mains = [(where, main_measures(where)[0]) for where in sets]
    chosen = (
        ("in domain", "in domain", [one for one in mains if one[0].role == "in domain"]),
        ("out of domain", "out of domain", [one for one in mains if one[0].role != "in domain"]),
        ("test facts", "right value of a test fact ranked first",
         [(where, RANK1) for where in sets if not where.asks]),
    )  # fmt: skip
    found = []
    for name, told_as, parts in chosen:
        scored = tuple(one for one in parts if samples.level(results, base, *one) is not None)
        if scored:
            found.append(Scope(name, told_as, scored))
    return tuple(found)


def scope_sample(results: Results, one: Contrast, scope: Scope) -> Sample | None:
    """A contrast averaged over a scope's sets; None when some set cannot be said for it."""
    found = []
    for where, measure in scope.parts:
        sample = samples.paired(results, one.cell, one.other, where, measure)
        if sample is None:
            return None
        found.append(sample.in_points())
    shared = set.intersection(*(set(sample.seeds) for sample in found))
    return samples.average(found) if shared else None


@lru_cache(maxsize=1024)
def change(results: Results, one: Contrast, scope: Scope, settings: Settings) -> Interval | None:
    """A contrast within a scope, in 0..1; None when it cannot be said."""
    sample = scope_sample(results, one, scope)
    if sample is None:
        return None
    rng = keyed(settings.seed, "arms", scope.name)
    return _own(one, interval(infer(sample, resamples=settings.bootstrap, rng=rng)))


def contrast(
    results: Results, one: Contrast, where: EvaluationSet, measure: Measure, settings: Settings
) -> Interval | None:
    """A contrast on a main measure of one set, in 0..1; None when it cannot be said."""
    return _own(one, difference(results, one.cell, one.other, where, measure, settings))


def _own(one: Contrast, found: Interval | None) -> Interval | None:
    """A cell's difference from itself is a check, not an estimate: it has no interval."""
    if found is None or one.cell != one.other:
        return found
    return replace(found, low=math.nan, high=math.nan, method="none")


def told(found: Interval | None) -> str:
    """A difference in words' form: "+3.1 points [+1.0, +5.2]"."""
    if found is None:
        return "not measured"
    estimate, _, bounds = percent(found, signed=True).partition(" ")
    return f"{estimate} points {bounds}".strip()


def sorted_out(found: Sequence[tuple[str, Interval | None]]) -> str:
    """Tell differences that were seen from those that were not, each with its numbers."""
    seen, unseen, bare = list[str](), list[str](), list[str]()
    for name, one in found:
        words = f"{name} ({told(one)})"
        if one is None or not one.known:
            bare.append(words)
        else:
            (seen if one.excludes_zero else unseen).append(words)
    parts = [f"a difference for {', '.join(seen)}"] if seen else []
    parts += [f"no difference could be seen for {', '.join(unseen)}"] if unseen else []
    parts += [f"without an interval: {', '.join(bare)}"] if bare else []
    return "; ".join(parts)


def basis(results: Results, settings: Settings) -> str:
    """How much a caption's numbers rest on, in brackets."""
    return (
        f"({captions.sizes(results)}; {captions.seeds(results)}, averaged per item; "
        f"{captions.intervals(settings)}, unadjusted; {captions.flags(results)}"
        f"{captions.CAUTION})"
    )


def change_table(
    name: str, caption: str, results: Results, contrasts: Sequence[Contrast], settings: Settings
) -> Table:
    """Contrasts in points: a section of scopes, then one for each set with its main measures."""
    data: list[dict[str, Any]] = []

    def row(
        one: Contrast, where: str, measures: dict[str, Interval | None], notes: dict[str, str]
    ) -> tuple[str, ...]:
        identity = {"contrast": one.label, "variant": one.cell.name, "against": one.other.name}
        for measure, found in measures.items():
            data.append(identity | {"set": where, "measure": measure} | numbers(found))
        dagger = " †" if one.cell.collapsed or one.other.collapsed else ""
        shown = [
            "; ".join(filter(None, (percent(found, signed=True, stars=True), notes.get(measure))))
            for measure, found in measures.items()
        ]
        first = next(iter(measures.values()), None)
        return (one.label + dagger, *shown, NOTHING if first is None else str(first.items))

    across = scopes(results)
    rows = [
        row(
            one, "scopes",
            {scope.name: change(results, one, scope, settings) for scope in across}, {},
        )
        for one in contrasts
    ]  # fmt: skip
    heads = tuple(scope.name for scope in across)
    sections = [Section("Averaged over sets", ("contrast", *heads, "n (first)"), tuple(rows))]
    for where in evaluation_sets(results):
        measures = main_measures(where)
        rows = [
            row(
                one, where.name,
                {measure.key: contrast(results, one, where, measure, settings)
                 for measure in measures},
                {measure.key: omission.told(results, one.cell, one.other, where, measure, settings)
                 for measure in measures},
            )
            for one in contrasts
        ]  # fmt: skip
        columns = ("contrast", *(measure.short for measure in measures), "n (first)")
        heading = f"{style.set_title(where.name)} ({style.role_title(where.role)})"
        sections.append(Section(heading, columns, tuple(rows)))
    told_as = (
        f"{caption} Paired differences in points; an asterisk marks an interval without zero "
        f"{basis(results, settings)}."
    )
    return Table(name, told_as, pd.DataFrame(data), tuple(sections))
