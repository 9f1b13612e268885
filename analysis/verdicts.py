"""From a test's interval and adjusted p to a verdict, and from several verdicts to a claim's.

*Supported* needs an interval on the right side of the threshold and an adjusted p of at most 5 %;
*contradicted* needs the same on the wrong side. What is neither is *undecided*, and so is whatever
rests on one seed, since one adapter an algorithm says nothing of the algorithm. *Not run*: the
variants or sets that the claim needs are not among the results.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from analysis.claims import Claim
from analysis.load import BASE
from analysis.settings import Settings

ALPHA = 0.05
SUPPORTED, CONTRADICTED = "supported", "contradicted"
UNDECIDED, NOT_RUN = "undecided", "not run"
VERDICTS = (SUPPORTED, CONTRADICTED, UNDECIDED, NOT_RUN)


@dataclass(frozen=True)
class Outcome:
    """One test of a claim: ``algorithm`` and ``set`` are empty where it is over all of them.

    ``effect``, ``low`` and ``high`` are in 0..1 (or in the measure's own unit), NaN when not
    known; ``p`` is two-sided against the threshold. For ``within`` it is that of the two one-sided
    tests, or against the border that the whole interval lies beyond; for ``reaches`` against zero,
    or against the threshold where the interval lies below it.
    ``adjusted`` is Holm's within the claim's family.
    """

    claim: Claim
    algorithm: str
    set: str
    effect: float = math.nan
    low: float = math.nan
    high: float = math.nan
    p: float = math.nan
    adjusted: float = math.nan
    entities: int = 0
    prompts: int = 0
    seeds: int = 0
    verdict: str = NOT_RUN
    reason: str = ""


@dataclass(frozen=True)
class Finding:
    """A claim's verdict, from its one test or from as many as its ``each`` asks for."""

    claim: Claim
    verdict: str
    reason: str
    tests: tuple[Outcome, ...]


def threshold(claim: Claim, settings: Settings) -> float:
    """The claim's threshold as a number."""
    if isinstance(claim.threshold, str):
        return float(getattr(settings, claim.threshold))
    return claim.threshold


def verdict(test: Outcome, settings: Settings) -> Outcome:
    """The verdict of one test, from its interval and its adjusted p."""
    if test.verdict == NOT_RUN:
        return test
    if not math.isfinite(test.p):
        few = "no interval: a set or class has fewer than five entities"
        return replace(test, verdict=UNDECIDED, reason=join(test.reason, few))
    by_interval = side(test, threshold(test.claim, settings))
    if by_interval == UNDECIDED:
        reason = "the interval holds the border"
    elif test.adjusted > ALPHA:
        by_interval, reason = UNDECIDED, "not after Holm's correction within the family"
    else:
        reason = ""
    if test.seeds < 2 and test.claim.of != BASE:
        alone = "" if by_interval == UNDECIDED else f"; these adapters alone: {by_interval}"
        reason = join(reason, f"one seed says nothing of an algorithm{alone}")
        by_interval = UNDECIDED
    return replace(test, verdict=by_interval, reason=join(test.reason, reason))


def side(test: Outcome, limit: float) -> str:
    """What the interval (or the probability) alone says of the claim's direction."""
    direction = test.claim.direction
    if test.claim.probability:
        above = test.effect > limit
        return SUPPORTED if above == (direction == "above") else CONTRADICTED
    if direction == "within":
        inside = -limit < test.low and test.high < limit
        outside = test.high < -limit or test.low > limit
    elif direction == "reaches":
        inside, outside = test.low > 0 and test.high >= limit, test.high < limit
    elif direction == "above":
        inside, outside = test.low > limit, test.high < limit
    else:
        inside, outside = test.high < limit, test.low > limit
    return SUPPORTED if inside else CONTRADICTED if outside else UNDECIDED


def finding(claim: Claim, tests: tuple[Outcome, ...]) -> Finding:
    """One verdict of all tests, by the claim's quorum."""
    if len(tests) == 1 and not claim.each:
        return Finding(claim, tests[0].verdict, tests[0].reason, tests)
    count = {verdict: sum(test.verdict == verdict for test in tests) for verdict in VERDICTS}
    total = len(tests)
    if count[NOT_RUN] == total:
        return Finding(claim, NOT_RUN, tests[0].reason, tests)
    need = {"all": total, "almost all": total - (total > 2), "any": 1}[claim.quorum]
    verdict = UNDECIDED
    if count[SUPPORTED] >= need:
        verdict = SUPPORTED
    elif count[CONTRADICTED] > total - need:
        verdict = CONTRADICTED
    told = ", ".join(f"{number} {name}" for name, number in count.items() if number)
    reason = f"{told} of {total} tests; {claim.quorum} must hold"
    if any(test.seeds == 1 for test in tests):
        reason = join(reason, "one seed says nothing of an algorithm")
    return Finding(claim, verdict, reason, tests)


def join(*parts: str) -> str:
    """Reasons in one line; empty ones fall away."""
    return "; ".join(part for part in parts if part)
