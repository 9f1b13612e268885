"""The claims ledger: each claim of :mod:`analysis.claims` tested on a run, with two verdicts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np

from analysis import samples
from analysis.claims import MAIN, PAPER, REGIONS, SHIFT, Claim
from analysis.crossed import Inference, infer
from analysis.learned import learning
from analysis.load import BASE, Results
from analysis.measures import (
    FACTSCORE,
    LONG_FORM,
    Cell,
    EvaluationSet,
    Measure,
    cells,
    evaluation_sets,
    main_measures,
    one_kind,
    paper_measure,
    tuned_cells,
)
from analysis.measures import QUESTIONS as QUESTION_MEASURES
from analysis.omission import BY_OMISSION, WRONG_FACTS, by_omission
from analysis.regions import STILL, alignment, can_move
from analysis.sample import Sample, combine
from analysis.settings import Settings
from analysis.significance import holm, p_value
from analysis.stats import interval
from analysis.tables.write import percent
from analysis.verdicts import (
    ADAPTERS,
    CANNOT_MOVE,
    NOT_RUN,
    NOT_TRAINED,
    ONE_SEED,
    QUESTIONS,
    UNDECIDED,
    Answer,
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
    """Test every claim, adjust p within families, and give both verdicts."""
    tested = [(claim, _tests(results, claim, settings)) for claim in claims]
    flat = [test for _, tests in tested for test in tests]
    adjusted: dict[tuple[int, str], float] = {}
    for asked, family in product(QUESTIONS, dict.fromkeys(claim.family for claim in claims)):
        members = [test for test in flat if test.claim.family == family]
        values = holm(np.array([test.answers[asked].p for test in members]))
        adjusted |= {(id(test), asked): float(p) for test, p in zip(members, values, strict=True)}

    def judged(test: Outcome) -> Outcome:
        answers = {
            asked: verdict(replace(one, adjusted=adjusted[id(test), asked]), test.claim, settings)
            for asked, one in test.answers.items()
        }
        return replace(test, answers=answers)

    return [finding(claim, tuple(judged(test) for test in tests)) for claim, tests in tested]


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
    if claim.measure in {one.key for one in (*LONG_FORM, *QUESTION_MEASURES)}:
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
    halved = set().union(*one_kind(results).values()) if claim.of == "apeft" else set()
    found, lacking = [], []
    for name in claim.algorithms or algorithms:
        cell = None if name in halved else by_key.get((name, claim.of))
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
        nothing = Answer(reason=f"{missing} among the results; needs: {claim.needs}")
        return [Outcome(claim, "", "", dict.fromkeys(QUESTIONS, nothing))]
    note = f"without {', '.join(lacking)} (not run)" if lacking else ""
    by_algorithm = [[one] for one in pairs] if "algorithm" in claim.each else [pairs]
    by_set = [[one] for one in where] if "set" in claim.each else [where]
    tests = []
    for group, sets in product(by_algorithm, by_set):
        name = group[0][0].algorithm if "algorithm" in claim.each else ""
        test = Outcome(claim, name, sets[0].name if "set" in claim.each else "")
        answers = {
            asked: _answer(results, test, asked, group, (sets, against), note, settings)
            for asked in QUESTIONS
        }
        tests.append(replace(test, answers=answers))
    return [
        one for one in tests if any(two.verdict != NOT_RUN for two in one.answers.values())
    ] or tests[:1]


def _answer(
    results: Results,
    test: Outcome,
    asked: str,
    pairs: list[tuple[Cell, Cell | None]],
    sets: tuple[list[EvaluationSet], list[EvaluationSet]],
    note: str,
    settings: Settings,
) -> Answer:
    """Measure what a test says of these adapters or of the algorithm."""
    claim, alone = test.claim, asked == ADAPTERS
    if claim.of_learned:
        idle = [c for c, _ in pairs if not learning(results, c, settings, over_seeds=alone).done]
        pairs = [pair for pair in pairs if pair[0] not in idle]
        if idle:
            names = ", ".join(dict.fromkeys(cell.name for cell in idle))
            note = join(note, f"without {names} ({NOT_TRAINED})")
        if not pairs:
            reason = "neither the margin on validation pairs nor the gain in domain excludes zero"
            return Answer(verdict=NOT_TRAINED, reason=reason)
    start = Answer(verdict=UNDECIDED, reason=note)
    if claim.measure in (SHIFT, *REGIONS):
        sets, still = _movable(results, pairs, sets, settings)
        if still:
            start = replace(start, reason=join(note, f"{STILL} on {', '.join(still)}"))
        if not sets[0] or (claim.against_sets and not sets[1]):
            return replace(start, verdict=CANNOT_MOVE)
    measure = _region if claim.probability else _contrast
    return measure(results, start, test, alone, pairs, sets, settings)


def _movable(
    results: Results,
    pairs: list[tuple[Cell, Cell | None]],
    sets: tuple[list[EvaluationSet], list[EvaluationSet]],
    settings: Settings,
) -> tuple[tuple[list[EvaluationSet], list[EvaluationSet]], list[str]]:
    """The sets in which some token of every variant could move, and the names of the others."""
    still = {
        one.name
        for one in (*sets[0], *sets[1])
        if not all(can_move(results, cell, one, settings) for cell, _ in pairs)
    }
    kept = [[one for one in side if one.name not in still] for side in sets]
    return (kept[0], kept[1]), sorted(still)


def _recipes(claim: Claim) -> str:
    names = [claim.of, *([claim.against] if claim.against not in (None, BASE) else [])]
    return " and ".join(str(name) for name in names)


def _contrast(
    results: Results,
    start: Answer,
    test: Outcome,
    alone: bool,
    pairs: list[tuple[Cell, Cell | None]],
    sets: tuple[list[EvaluationSet], list[EvaluationSet]],
    settings: Settings,
) -> Answer:
    """Measure a mean, a difference, or a difference between sets."""
    sides, left_out, claim = [], [], test.claim
    for chosen in sets:
        there = []
        for where in chosen:
            found = [_one(results, claim, cell, other, where, settings) for cell, other in pairs]
            there += [one for one in found if one is not None]
            if None in found:
                left_out.append(where.name)
        sides.append(there)
    if not sides[0] or (sets[1] and not sides[1]):
        reason = f"nothing of this measure was scored; needs: {claim.needs}"
        return replace(start, verdict=NOT_RUN, reason=join(start.reason, reason))
    weights = [1 / len(sides[0])] * len(sides[0]) + [-1 / max(len(sides[1]), 1)] * len(sides[1])
    try:
        sample = combine([*sides[0], *sides[1]], weights)
    except ValueError:
        return replace(start, reason=join(start.reason, "the variants share no seed"))
    if left_out and claim.measure == MAIN:
        names = ", ".join(dict.fromkeys(left_out))
        start = replace(start, reason=join(start.reason, f"not scored for all on {names}"))
    if sides[1]:
        sample = replace(sample, paired=False)
    if alone:
        sample = sample.over_seeds()
    key = f"{claim.id}/{test.algorithm}/{test.set}"
    found_one = infer(sample, resamples=settings.bootstrap, rng=keyed(settings.seed, "claim", key))
    answer = _filled(start, found_one, _p(sample, claim, found_one, settings))
    omission = _omission(results, answer, test, alone, pairs, sets, settings)
    return _of_seeds(replace(answer, reason=join(answer.reason, omission)), claim, alone)


def _omission(
    results: Results,
    answer: Answer,
    test: Outcome,
    alone: bool,
    pairs: list[tuple[Cell, Cell | None]],
    sets: tuple[list[EvaluationSet], list[EvaluationSet]],
    settings: Settings,
) -> str:
    """Say of a gain by the paper's measure that it is one by omission, if it is."""
    if test.claim.measure not in (PAPER, FACTSCORE.key) or not answer.low > 0 or sets[1]:
        return ""
    start = Answer(verdict=UNDECIDED)
    right, *wrong = (
        _contrast(results, start, replace(test, claim=one), alone, pairs, sets, settings)
        for one in (
            test.claim.model_copy(update={"measure": key})
            for key in ("right", "wrong", WRONG_FACTS.key)
        )
    )
    fewer = min((one.effect for one in wrong if math.isfinite(one.effect)), default=math.nan)
    return BY_OMISSION if by_omission(answer.low, right.low, fewer) else ""


def _of_seeds(answer: Answer, claim: Claim, alone: bool) -> Answer:
    """Take interval and p from an answer on an algorithm that rests on one seed."""
    if alone or claim.of == BASE or answer.seeds > 1:
        return answer
    reason = join(answer.reason, ONE_SEED)
    return Answer(effect=answer.effect, entities=answer.entities, prompts=answer.prompts,
                  seeds=answer.seeds, verdict=UNDECIDED, reason=reason)  # fmt: skip


def _one(
    results: Results,
    claim: Claim,
    cell: Cell,
    other: Cell | None,
    where: EvaluationSet,
    settings: Settings,
) -> Sample | None:
    if claim.measure == SHIFT:
        return samples.shift(results, cell, where, settings, free=True)
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
    start: Answer,
    test: Outcome,
    alone: bool,
    pairs: list[tuple[Cell, Cell | None]],
    sets: tuple[list[EvaluationSet], list[EvaluationSet]],
    settings: Settings,
) -> Answer:
    """Measure the probability of a region."""
    where = [(cell, one) for cell, _ in pairs for one in sets[0]]
    found = alignment(results, where, settings, over_seeds=alone)
    if found is None:
        reason = f"shift or change was not measured; needs: {test.claim.needs}"
        return replace(start, verdict=NOT_RUN, reason=join(start.reason, reason))
    answer = replace(
        _filled(start, found.change, math.nan), effect=math.nan, low=math.nan, high=math.nan
    )
    probability = found.under if test.claim.measure == "under-alignment" else found.over
    if probability is None:
        return _of_seeds(answer, test.claim, alone)
    shift, change = interval(found.shift), interval(found.change)
    reason = f"shift {percent(shift)} %, change {percent(change, signed=True)} points"
    tail = max(min(probability, 1 - probability), 1 / (settings.bootstrap + 1))
    answer = replace(
        answer, effect=probability, p=min(1.0, 2 * tail), reason=join(start.reason, reason)
    )
    return _of_seeds(answer, test.claim, alone)


def _filled(answer: Answer, found: Inference, p: float) -> Answer:
    return replace(
        answer,
        effect=found.estimate,
        low=found.low,
        high=found.high,
        method=found.method,
        p=p,
        entities=found.entities,
        prompts=found.items,
        seeds=found.seeds,
    )
