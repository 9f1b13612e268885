"""How far r and its class can be trusted at the k at which they were measured.

r is a share of few samples, so it comes with its Jeffreys interval: the quantiles of Beta(right +
1/2, wrong + 1/2), the posterior under the prior Beta(1/2, 1/2).

A class is a statement about samples too. "Unknown" says that no sample was right *so far*: a
model that is right once in twenty times seems not to know the fact at k = 8 two times of three.
``p_wrong`` is the probability that asking on, until K samples are scored (K is stated, and larger
than k), would change the class. The model is hierarchical, for the facts of one relation::

    mu      ~ Beta(1/2, 1/2)              mean success probability of the relation's facts
    kappa   ~ log-uniform on [0.1, 100]   how alike they are (0.1: all or nothing)
    p_i     ~ Beta(mu kappa, (1 - mu) kappa)      probability that a sample of fact i is right
    samples of fact i are independent given p_i; whether one can be scored says nothing about p_i

(mu, kappa) is summed out over a grid with the weights of its posterior given all facts of the
relation (Gelman et al., Bayesian Data Analysis, 3rd ed., §5.3), so a relation with three facts does
not pretend to know its mean. Given (mu, kappa), p_i is Beta again, and the number of right ones in
further samples is beta-binomial.

Potentially known facts have p_wrong = 0: a right and a wrong sample cannot be unseen. The errors
of a small k are all on the other side. An error of the *judge* is in none of these numbers.

By simulation (k = 8, K = 64; tests/apeft/test_certainty.py) the mean p_wrong of unknown and known
facts is within 0.05 of the share whose class changes when p_i is drawn as above, also with 10
facts a relation. It is no better than its law: where half of the facts are *never* answered
rightly it says 0.5 instead of 0, and with two kinds of facts (p = 0.02 and 0.6) 0.5 instead of 0.7.
k samples cannot tell p = 0 from p = 0.02; only a larger k can.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from apeft.detection import HALF, KNOWN, UNKNOWN
from apeft.intervals import jeffreys
from apeft.records import Record

Floats = NDArray[np.float64]
KAPPA = (0.1, 100.0)
MEANS, SPREADS = 100, 30  # points of the grid


def grid() -> tuple[Floats, Floats]:
    """Points (a, b) = (mu kappa, (1 - mu) kappa) [G] of equal weight under the prior."""
    # Quantiles of Beta(1/2, 1/2), the arcsine law, and of the log-uniform law.
    mu = np.sin(np.pi / 2 * (np.arange(MEANS) + 0.5) / MEANS) ** 2
    low, high = np.log(KAPPA)
    kappa = np.exp(low + (high - low) * (np.arange(SPREADS) + 0.5) / SPREADS)
    return np.outer(mu, kappa).ravel(), np.outer(1 - mu, kappa).ravel()


def posterior(correct: NDArray[np.int64], wrong: NDArray[np.int64]) -> Floats:
    """Weights [G] of the grid given the right and wrong samples of each fact [N]."""
    from scipy.special import betaln

    a, b = grid()
    seen, times = np.unique(np.stack([correct, wrong]), axis=1, return_counts=True)
    log = np.zeros(len(a))
    for (c, w), count in zip(seen.T, times, strict=True):
        log += count * (betaln(a + c, b + w) - betaln(a, b))
    weights = np.exp(log - log.max())
    return np.asarray(weights / weights.sum())


def change(weights: Floats, kind: str, scored: int, larger_k: int) -> float:
    """Probability that a fact's class is another one once ``larger_k`` samples are scored.

    Args:
        weights: posterior of the grid [G] for the fact's relation.
        kind: its class, after ``scored`` samples that were all wrong (unknown) or right (known).
        scored: scored samples so far.
        larger_k: scored samples in the end.
    """
    from scipy.special import betaln

    if kind == HALF or larger_k <= scored:
        return 0.0
    # Of Beta(x, y), x counts what was always seen: P(nothing else in m more) is a ratio of Betas.
    a, b = grid()
    x, y = (a, b) if kind == KNOWN else (b, a)
    # The fact's own samples are in the weights already; given (a, b) they update its p_i.
    same = np.exp(betaln(x + larger_k, y) - betaln(x + scored, y))
    return float(np.clip(1 - weights @ same, 0, 1))


def add_certainty(rows: Sequence[Record], larger_k: int) -> list[Record]:
    """Add r_low, r_high (95 %) and p_wrong to detected facts; null where there is no r or class.

    Rounded to six digits, so that the last bits of a special function are in no output.
    """
    by_relation: dict[str, list[Record]] = defaultdict(list)
    for row in rows:
        by_relation[row["relation"]].append(row)
    weights = {}
    for relation, facts in by_relation.items():
        correct = np.array([fact["correct"] for fact in facts], dtype=np.int64)
        scored = np.array([_scored(fact) for fact in facts], dtype=np.int64)
        weights[relation] = posterior(correct, scored - correct)
    return [_certain(row, weights[row["relation"]], larger_k) for row in rows]


def _certain(row: Record, weights: Floats, larger_k: int) -> Record:
    low = high = wrong = None
    if row["r"] is not None:
        low, high = (round(end, 6) for end in jeffreys(row["correct"], _scored(row)))
    if row["class"] in (UNKNOWN, HALF, KNOWN):
        wrong = round(change(weights, row["class"], _scored(row), larger_k), 6)
    return {**row, "r_low": low, "r_high": high, "p_wrong": wrong}


def _scored(row: Record) -> int:
    return int(row["k"] - row["unscored"])
