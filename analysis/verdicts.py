"""From a test's intervals and adjusted p to verdicts, and from several verdicts to a claim's.

Two questions are asked of every claim. *These adapters*: does it hold of the adapters that were
trained, for other people and questions? Seeds are averaged and entities alone are drawn. *The
algorithm*: does it hold for other seeds too? Then seeds are drawn as well, and one seed leaves it
undecided, since one adapter an algorithm says nothing of the algorithm.

*Supported* needs an interval on the right side of the threshold and an adjusted p of at most 5 %;
*contradicted* needs the same on the wrong side. What is neither is *undecided*. *Not trained
enough*: the claim is of adapters that have learned, and none here has (:mod:`analysis.learned`).
*Cannot move*: no token of the set's texts could be another, so a shift says nothing. *Not run*:
the variants or sets that the claim needs are not among the results.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from analysis.claims import Claim
from analysis.crossed import FLOOR, NONE
from analysis.settings import Settings

ALPHA = 0.05
SUPPORTED, CONTRADICTED = "supported", "contradicted"
UNDECIDED, NOT_RUN = "undecided", "not run"
NOT_TRAINED, CANNOT_MOVE = "not trained enough", "cannot move"
VERDICTS = (SUPPORTED, CONTRADICTED, UNDECIDED, NOT_TRAINED, CANNOT_MOVE, NOT_RUN)
ADAPTERS, ALGORITHM = "these adapters", "the algorithm"
QUESTIONS = (ADAPTERS, ALGORITHM)
ONE_SEED = "one seed says nothing of an algorithm"


@dataclass(frozen=True)
class Answer:
    """What a test says to one of the two questions.

    ``effect``, ``low`` and ``high`` are in 0..1 (or in the measure's own unit), NaN when not
    known; ``method`` says what the interval rests on (``Inference.method``); ``p`` is two-sided
    against the threshold. For ``within`` it is that of the two one-sided tests, or against the
    border that the whole interval lies beyond; for ``reaches`` against zero, or against the
    threshold where the interval lies below it. ``adjusted`` is Holm's within the claim's family.
    """

    effect: float = math.nan
    low: float = math.nan
    high: float = math.nan
    method: str = NONE
    p: float = math.nan
    adjusted: float = math.nan
    entities: int = 0
    prompts: int = 0
    seeds: int = 0
    verdict: str = NOT_RUN
    reason: str = ""


@dataclass(frozen=True)
class Outcome:
    """One test of a claim: ``algorithm`` and ``set`` are empty where it is over all of them.

    ``answers``: to each of ``QUESTIONS``.
    """

    claim: Claim
    algorithm: str
    set: str
    answers: Mapping[str, Answer] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """A verdict with its reason."""

    verdict: str
    reason: str


@dataclass(frozen=True)
class Finding:
    """A claim's two verdicts, from its one test or from as many as its ``each`` asks for."""

    claim: Claim
    verdicts: Mapping[str, Verdict]
    tests: tuple[Outcome, ...]


def threshold(claim: Claim, settings: Settings) -> float:
    """The claim's threshold as a number."""
    if isinstance(claim.threshold, str):
        return float(getattr(settings, claim.threshold))
    return claim.threshold


def verdict(answer: Answer, claim: Claim, settings: Settings) -> Answer:
    """The verdict of one answer, from its interval and its adjusted p."""
    if answer.verdict != UNDECIDED:
        return answer
    if not math.isfinite(answer.p):
        few = "no interval: a set or class has fewer than five entities"
        return (
            answer
            if ONE_SEED in answer.reason
            else replace(answer, reason=join(answer.reason, few))
        )
    found = side(answer, claim, threshold(claim, settings))
    reason = ""
    if found == UNDECIDED:
        reason = f"the {'floor' if answer.method == FLOOR else 'interval'} holds the border"
    elif answer.adjusted > ALPHA:
        found, reason = UNDECIDED, "not after Holm's correction within the family"
    return replace(answer, verdict=found, reason=join(answer.reason, reason))


def side(answer: Answer, claim: Claim, limit: float) -> str:
    """What the interval (or the probability) alone says of the claim's direction."""
    direction = claim.direction
    if claim.probability:
        above = answer.effect > limit
        return SUPPORTED if above == (direction == "above") else CONTRADICTED
    if direction == "within":
        inside = -limit < answer.low and answer.high < limit
        outside = answer.high < -limit or answer.low > limit
    elif direction == "reaches":
        inside, outside = answer.low > 0 and answer.high >= limit, answer.high < limit
    elif direction == "above":
        inside, outside = answer.low > limit, answer.high < limit
    else:
        inside, outside = answer.high < limit, answer.low > limit
    return SUPPORTED if inside else CONTRADICTED if outside else UNDECIDED


def finding(claim: Claim, tests: tuple[Outcome, ...]) -> Finding:
    """Both verdicts of all tests, by the claim's quorum."""
    verdicts = {
        asked: _joint(claim, [test.answers[asked] for test in tests]) for asked in QUESTIONS
    }
    return Finding(claim, verdicts, tests)


def _joint(claim: Claim, answers: list[Answer]) -> Verdict:
    """One verdict of several answers.

    Tests that could not be made count neither way; adapters that have not learned hold nothing.
    """
    if len(answers) == 1 and not claim.each:
        return Verdict(answers[0].verdict, answers[0].reason)
    count = {verdict: sum(one.verdict == verdict for one in answers) for verdict in VERDICTS}
    total = len(answers) - count[CANNOT_MOVE] - count[NOT_RUN]
    told = ", ".join(f"{number} {name}" for name, number in count.items() if number)
    if not total:
        void = CANNOT_MOVE if count[CANNOT_MOVE] else NOT_RUN
        return Verdict(void, next(one.reason for one in answers if one.verdict == void))
    need = {"all": total, "almost all": total - (total > 2), "any": 1}[claim.quorum]
    verdict = UNDECIDED
    if count[SUPPORTED] >= need:
        verdict = SUPPORTED
    elif count[CONTRADICTED] > total - need:
        verdict = CONTRADICTED
    elif count[NOT_TRAINED] > total - need:
        verdict = NOT_TRAINED
    reason = f"{told} of {len(answers)} tests; {claim.quorum} must hold"
    one_seed = any(ONE_SEED in one.reason for one in answers)
    return Verdict(verdict, join(reason, ONE_SEED if one_seed else ""))


def join(*parts: str) -> str:
    """Reasons in one line; empty ones fall away."""
    return "; ".join(part for part in parts if part)
