"""The claims ledger: each claim of :mod:`analysis.claims` tested on a run, with a verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from analysis import samples
from analysis.claims import MAIN, PAPER, SHIFT, Claim
from analysis.crossed import Inference, infer
from analysis.load import BASE, Results
from analysis.measures import (
    FACTSCORE,
    LONG_FORM,
    QUESTIONS,
    Cell,
    EvaluationSet,
    Measure,
    cells,
    evaluation_sets,
    main_measures,
    paper_measure,
    tuned_cells,
)
from analysis.omission import BY_OMISSION, by_omission
from analysis.regions import alignment
from analysis.sample import Sample, combine
from analysis.settings import Settings
from analysis.significance import holm, p_value
from analysis.verdicts import (
    NOT_RUN,
    UNDECIDED,
    Finding,
    Outcome,
    finding,
    join,
    threshold,
    verdict,
)
from apeft.rng import keyed
from apeft.training.settings import SUPERVISED


def ledger(results: Results, claims: Sequence[Claim], settings: Settings) -> list[Finding]:
    """Test every claim, adjust p within families, and give verdicts."""
    tested = [(claim, _tests(results, claim, settings)) for claim in claims]
    flat = [test for _, tests in tested for test in tests]
    adjusted: dict[int, float] = {}
    for family in {claim.family for claim in claims}:
        members = [test for test in flat if test.claim.family == family]
        values = holm(np.array([test.p for test in members]))
        adjusted |= {id(test): float(p) for test, p in zip(members, values, strict=True)}
    found = []
    for claim, tests in tested:
        done = tuple(
            verdict(replace(test, adjusted=adjusted[id(test)]), settings) for test in tests
        )
        found.append(finding(claim, done))
    return found


def chosen_sets(results: Results, names: Sequence[str]) -> list[EvaluationSet]:
    """Sets by their name or role, or all, or those in or out of domain."""
    return [
        one
        for one in evaluation_sets(results)
        if {"all", one.name, one.role} & set(names)
        or ("out of domain" in names and one.role != "in domain")
    ]


def _measure(claim: Claim, where: EvaluationSet) -> Measure | None:
    """The claim's measure on a set; None where the set does not have it."""
    mains = main_measures(where)
    if claim.measure == MAIN:
        return mains[0]
    if claim.measure == PAPER:
        return paper_measure(where)
    for one in mains:
        if one.key == claim.measure:
            return one
    if claim.measure in {one.key for one in (*LONG_FORM, *QUESTIONS)}:
        return None
    return Measure(claim.measure, claim.measure, claim.measure, claim.measure, "mean")


def _pairs(results: Results, claim: Claim) -> tuple[list[tuple[Cell, Cell | None]], list[str]]:
    """The variants that a claim compares, and the algorithms that lack one of them."""
    by_key = {cell.key: cell for cell in cells(results)}
    base = by_key[BASE, ""]
    if claim.of == BASE:
        return [(base, None)], []
    algorithms = dict.fromkeys(
        cell.algorithm
        for cell in tuned_cells(results)
        if cell.algorithm != SUPERVISED and cell.recipe  # a model of one's own has no recipe
    )
    found, lacking = [], []
    for name in claim.algorithms or algorithms:
        cell = by_key.get((name, claim.of))
        other = base if claim.against == BASE else by_key.get((name, claim.against or ""))
        if cell is None or (claim.against is not None and other is None):
            lacking.append(name)
            continue
        found.append((cell, None if claim.against is None else other))
    return found, lacking


def _tests(results: Results, claim: Claim, settings: Settings) -> list[Outcome]:
    """The claim's tests, without adjusted p and verdict; one that says "not run" where it must."""
    pairs, lacking = _pairs(results, claim)
    where = chosen_sets(results, claim.sets)
    against = chosen_sets(results, claim.against_sets)
    if not pairs or not where or (claim.against_sets and not against):
        missing = f"no variant with {_recipes(claim)}" if not pairs else "no such set"
        reason = f"{missing} among the results; needs: {claim.needs}"
        return [Outcome(claim, "", "", reason=reason)]
    note = f"without {', '.join(lacking)} (not run)" if lacking else ""
    by_algorithm = [[one] for one in pairs] if "algorithm" in claim.each else [pairs]
    by_set = [[one] for one in where] if "set" in claim.each else [where]
    tests = []
    for group in by_algorithm:
        for sets in by_set:
            name = group[0][0].algorithm if "algorithm" in claim.each else ""
            test = Outcome(
                claim, name, sets[0].name if "set" in claim.each else "",
                verdict=UNDECIDED, reason=note,
            )  # fmt: skip
            measure = _region if claim.probability else _contrast
            tests.append(measure(results, test, group, (sets, against), settings))
    return [one for one in tests if one.verdict != NOT_RUN] or tests[:1]


def _recipes(claim: Claim) -> str:
    names = [claim.of, *([claim.against] if claim.against not in (None, BASE) else [])]
    return " and ".join(str(name) for name in names)


def _contrast(
    results: Results,
    test: Outcome,
    pairs: list[tuple[Cell, Cell | None]],
    sets: tuple[list[EvaluationSet], list[EvaluationSet]],
    settings: Settings,
) -> Outcome:
    """Fill in a test of a mean, a difference, or a difference between sets."""
    sides, left_out = [], []
    for chosen in sets:
        there = []
        for where in chosen:
            found = [_one(results, test.claim, cell, other, where, settings)
                     for cell, other in pairs]  # fmt: skip
            there += [one for one in found if one is not None]
            if None in found:
                left_out.append(where.name)
        sides.append(there)
    if not sides[0] or (sets[1] and not sides[1]):
        reason = f"nothing of this measure was scored; needs: {test.claim.needs}"
        return replace(test, verdict=NOT_RUN, reason=join(test.reason, reason))
    weights = [1 / len(sides[0])] * len(sides[0]) + [-1 / max(len(sides[1]), 1)] * len(sides[1])
    try:
        sample = combine([*sides[0], *sides[1]], weights)
    except ValueError:
        return replace(test, reason=join(test.reason, "the variants share no seed"))
    if left_out and test.claim.measure == MAIN:
        names = ", ".join(dict.fromkeys(left_out))
        test = replace(test, reason=join(test.reason, f"not scored for all on {names}"))
    if sides[1]:
        sample = replace(sample, paired=False)
    key = f"{test.claim.id}/{test.algorithm}/{test.set}"
    found_one = infer(sample, resamples=settings.bootstrap, rng=keyed(settings.seed, "claim", key))
    done = _filled(test, found_one, _p(sample, test.claim, found_one, settings))
    return replace(done, reason=join(done.reason, _omission(results, done, pairs, sets, settings)))


def _omission(
    results: Results,
    test: Outcome,
    pairs: list[tuple[Cell, Cell | None]],
    sets: tuple[list[EvaluationSet], list[EvaluationSet]],
    settings: Settings,
) -> str:
    """Say of a gain by the paper's measure that it is one by omission, if it is."""
    if test.claim.measure not in (PAPER, FACTSCORE.key) or not test.low > 0 or sets[1]:
        return ""
    right, wrong = (
        _contrast(results, replace(test, claim=one), pairs, sets, settings)
        for one in (test.claim.model_copy(update={"measure": key}) for key in ("right", "wrong"))
    )
    return BY_OMISSION if by_omission(test.low, right.low, wrong.effect) else ""


def _one(
    results: Results,
    claim: Claim,
    cell: Cell,
    other: Cell | None,
    where: EvaluationSet,
    settings: Settings,
) -> Sample | None:
    if claim.measure == SHIFT:
        return samples.shift(results, cell, where, settings)
    measure = _measure(claim, where)
    if measure is None:
        return None
    if other is None:
        return samples.level(results, cell, where, measure)
    sample = samples.paired(results, cell, other, where, measure)
    if sample is None or claim.scale == "relative":
        return sample
    return sample.in_points()


def _p(sample: Sample, claim: Claim, found: Inference, settings: Settings) -> float:
    limit = threshold(claim, settings)

    def test(value: float, alternative: str) -> float:
        return p_value(sample, value, alternative, seed=settings.seed)

    beyond = max(found.low, -found.high)  # how far the whole interval lies from zero
    if claim.direction == "within" and not beyond > limit:
        return max(test(-limit, "greater"), test(limit, "less"))
    if claim.direction == "reaches" and not found.high < limit:
        return test(0.0, "two-sided")
    below = claim.direction == "within" and found.estimate < 0
    return test(-limit if below else limit, "two-sided")


def _region(
    results: Results,
    test: Outcome,
    pairs: list[tuple[Cell, Cell | None]],
    sets: tuple[list[EvaluationSet], list[EvaluationSet]],
    settings: Settings,
) -> Outcome:
    """Fill in a test of the probability of a region."""
    where = [(cell, one) for cell, _ in pairs for one in sets[0]]
    found = alignment(results, where, settings)
    if found is None:
        reason = f"shift or change was not measured; needs: {test.claim.needs}"
        return replace(test, verdict=NOT_RUN, reason=join(test.reason, reason))
    test = _filled(test, found.change, math.nan)
    test = replace(test, effect=math.nan, low=math.nan, high=math.nan)
    probability = found.under if test.claim.measure == "under-alignment" else found.over
    if probability is None:
        return test
    reason = (
        f"shift {100 * found.shift.estimate:.1f} % [{100 * found.shift.low:.1f}, "
        f"{100 * found.shift.high:.1f}], change {100 * found.change.estimate:+.1f} points "
        f"[{100 * found.change.low:+.1f}, {100 * found.change.high:+.1f}]"
    )
    tail = max(min(probability, 1 - probability), 1 / (settings.bootstrap + 1))
    return replace(test, effect=probability, p=min(1.0, 2 * tail), reason=join(test.reason, reason))


def _filled(test: Outcome, found: Inference, p: float) -> Outcome:
    return replace(
        test,
        effect=found.estimate,
        low=found.low,
        high=found.high,
        p=p,
        entities=found.entities,
        prompts=found.items,
        seeds=found.seeds,
    )
