"""Does r predict the gain? Arms of one class of facts each, and single test facts against r."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

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
from analysis.ablations.classes_figure import draw
from analysis.ablations.finding import Finding, not_run
from analysis.ablations.predictor import (
    MARGIN,
    Gains,
    correlation,
    gains,
    halves,
    mean,
    r_gains,
)
from analysis.detection import parameter
from analysis.load import BASE, CLASSES, Results
from analysis.measures import RANK1, Cell, base_cell
from analysis.settings import Settings
from analysis.stats import Interval
from analysis.tables.write import NOTHING, Section, Table, numbers, percent
from apeft.records import Record

NAME, TITLE = "classes", "Does r predict the gain?"
ARMS = ("class-unknown", "class-potentially-known", "class-known")
HALF = "class-potentially-known"
NO_REPEATS: Mapping[str, float | None] = MappingProxyType({})
BESIDE = ("general", "apeft")  # in the tables, for comparison


@dataclass(frozen=True, eq=False)
class Arm:
    """What test facts gained in one arm; each measure is None when it was not scored."""

    name: str
    cell: Cell
    margin: Gains | None
    rank1: Gains | None
    r: Gains | None


def finding(
    results: Results,
    answers: Sequence[Record],
    settings: Settings,
    *,
    repeats: Mapping[str, float | None] = NO_REPEATS,
    reasons: Mapping[str, str] = NO_REASONS,
) -> Finding:
    """Compare arms of one class each, and follow single test facts by their r before.

    Args:
        results: of all arms.
        answers: rows of out/grade/answers.jsonl with their graded samples: the base's for r before,
            and the arms' for r after (without these the change of r is not told). Rows at other
            temperatures (``main`` false) are passed over.
        settings: of the intervals.
        repeats: share of an arm's pairs whose right value is the commonest of their relation.
        reasons: why an arm was not trained.
    """
    found, base = arms(results), base_cell(results)
    absent = missing(ARMS, found, reasons)
    there = [arm for arm in ARMS if arm in found]
    if not there:
        return not_run(NAME, TITLE, f"no class of facts has an arm; missing: {absent}")
    min_scored = parameter(results, "detect.min_scored")
    asked = halves(answers, BASE, min_scored)
    followed = [
        Arm(
            arm,
            found[arm],
            gains(results, found[arm], asked, MARGIN),
            gains(results, found[arm], asked, RANK1),
            r_gains(results, found[arm], asked, answers, min_scored),
        )
        for arm in (*there, *(arm for arm in BESIDE if arm in found))
    ]
    main = [one for one in followed if one.name in ARMS]
    between = [
        Contrast(f"{label(HALF)} − {label(arm)}", found[HALF], found[arm], 1)
        for arm in there
        if arm != HALF and HALF in found
    ]
    against_base = [Contrast(label(arm), found[arm], base) for arm in there]
    sentences = []
    for scope in scopes(results)[:2]:
        of = [(one.label, change(results, one, scope, settings)) for one in between]
        if of:
            where = scope.heading
            sentences.append(f"{where}, by the class that was trained on: {sorted_out(of)}.")
    # The question itself comes first.
    sentences = [_correlations(main, settings), *sentences, _kinds(main, settings)]
    samples = _samples(answers)
    unscored = int((asked["even"].isna()).sum())
    caption = (
        "Left: change of the right value's margin over the best other value (nats) of each test "
        "fact against its r before, with means by r; middle and right: mean change of the margin "
        f"and of r by the fact's class before. r before and class are by {samples} of the base's "
        f"samples of a fact, r as baseline and r after by the others ({len(asked)} facts, "
        f"{unscored} of them unscored and left out); points beyond the axis are not drawn "
        f"{basis(results, settings)}."
    )
    tables = (
        _correlation_table(followed, results, settings),
        _class_table(followed, results, settings),
        change_table(
            "classes_changes",
            "Arms by the class of facts whose pairs they were trained on (one construction, "
            "equally many pairs and steps), against the base model and one another.",
            results,
            [*against_base, *between],
            settings,
        ),
    )
    figure = draw([(one.name, one.margin, one.r) for one in main], settings)
    answer = sentences if any(sentences) else [NOTHING_SCORED]
    said = (
        *answer,
        _repeated(repeats),
        single(results),
        without(absent),
    )
    return Finding(NAME, TITLE, said, figure, caption, tables)


def _repeated(repeats: Mapping[str, float | None]) -> str:
    """How alike the right values of each arm are: what a model says of everybody it "knows"."""
    told = [
        f"{label(arm)} {100 * share:.0f} %"
        for arm in ARMS
        if (share := repeats.get(arm)) is not None
    ]
    if not told:
        return ""
    return (
        "Share of an arm's pairs whose right value is the commonest of their relation: "
        f"{', '.join(told)}; an arm that repeats a value teaches the value, whatever its class."
    )


def _samples(answers: Sequence[Record]) -> str:
    """How many of how many samples of a fact are the predictor's."""
    counts = {
        len(row["samples"])
        for row in answers
        if row.get("variant", BASE) == BASE and row.get("main", True)
    }
    return " or ".join(f"{(k + 1) // 2} of {k}" for k in sorted(counts)) or "none"


def _correlations(followed: Sequence[Arm], settings: Settings) -> str:
    parts = []
    for one in followed:
        found = None if one.margin is None else correlation(one.margin, settings, "all")
        parts.append(f"{rho(found)} after training on {label(one.name)} facts")
    return (
        "The rank correlation of a test fact's r before with the change of its right value's "
        f"margin is {'; '.join(parts)}."
    )


def _kinds(followed: Sequence[Arm], settings: Settings) -> str:
    """Word what test facts of each class gained after training on potentially known ones."""
    one = next((arm for arm in followed if arm.name == HALF), None)
    if one is None or one.margin is None:
        return ""
    parts = []
    for kind in CLASSES:
        found = of_kind(one.margin, kind, settings)
        parts.append(f"{kind.replace('_', ' ')} ones by {nats(found)}")
    return (
        "After training on potentially known facts, the margin of test facts changes, by their "
        f"class before, for {', '.join(parts)}."
    )


def of_kind(found: Gains | None, kind: str, settings: Settings) -> Interval | None:
    """Mean gain of the facts of one class before; None without any."""
    return None if found is None else mean(found.of(found.kinds == kind), settings, kind)


def nats(found: Interval | None) -> str:
    """A change of a margin, as "+0.31 nats [+0.10, +0.52]"."""
    if found is None:
        return "nothing that was measured"
    text = f"{found.estimate:+.2f} nats"
    if found.known:
        text += f" [{found.low:+.2f}, {found.high:+.2f}]"
        text += "" if found.excludes_zero else " (no difference could be seen)"
    return text.replace("-", "−")


def rho(found: Interval | None) -> str:
    """A rank correlation in words' form, as "+0.12 [−0.05, +0.28], none that could be seen"."""
    if found is None or not np.isfinite(found.estimate):
        return "not measured"
    text = f"{found.estimate:+.2f}"
    if found.known:
        text += f" [{found.low:+.2f}, {found.high:+.2f}]"
        text += "" if found.excludes_zero else " (none could be seen)"
    return text.replace("-", "−")


def _correlation_table(followed: Sequence[Arm], results: Results, settings: Settings) -> Table:
    data: list[dict[str, Any]] = []
    rows = []
    for one in followed:
        if one.margin is None:
            continue
        wheres = [
            ("all sets", np.ones(len(one.margin.names), dtype=bool), False),
            ("all sets, within relations", np.ones(len(one.margin.names), dtype=bool), True),
            *((str(name), one.margin.sets == name, False) for name in np.unique(one.margin.sets)),
        ]
        for where, kept, within in wheres:
            key = "all" if where.startswith("all") else where
            found = correlation(one.margin.of(kept), settings, key, within=within)
            data.append({"arm": one.name, "where": where} | numbers(found))
            n = NOTHING if found is None else f"{found.items} ({found.entities})"
            rows.append((label(one.name), where, rho(found), n))
    caption = (
        "Spearman's rank correlation of r before (the base's even samples of a test fact) with the "
        "change of the right value's margin; within relations, ranks are taken inside each "
        "relation, as relations differ both in r and in what they gain; percentile intervals by "
        f"resampled entities and seeds {basis(results, settings)}."
    )
    section = Section("", ("arm", "test facts", "rank correlation", "n (entities)"), tuple(rows))
    return Table("classes_correlation", caption, pd.DataFrame(data), (section,))


def _class_table(followed: Sequence[Arm], results: Results, settings: Settings) -> Table:
    data: list[dict[str, Any]] = []
    rows = []
    for one in followed:
        for kind in CLASSES:
            found = {
                name: of_kind(part, kind, settings)
                for name, part in (("margin", one.margin), ("rank1", one.rank1), ("r", one.r))
            }
            for name, part in found.items():
                data.append({"arm": one.name, "class": kind, "measure": name} | numbers(part))
            n = NOTHING if found["margin"] is None else str(found["margin"].items)
            rows.append(
                (label(one.name), kind.replace("_", " "), nats(found["margin"]),
                 percent(found["rank1"], signed=True, stars=True),
                 percent(found["r"], signed=True, stars=True), n)
            )  # fmt: skip
    caption = (
        "What test facts gain in each arm by their class before (by the base's even samples): "
        "margin of the right value in nats, whether it ranks first and r in points (r before and "
        f"after by the odd samples); an asterisk marks an interval without zero "
        f"{basis(results, settings)}."
    )
    columns = ("arm", "class of the test fact", "margin (nats)", "ranked first", "r", "n")
    return Table("classes_gain", caption, pd.DataFrame(data), (Section("", columns, tuple(rows)),))
