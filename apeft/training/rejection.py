"""RSO's statistical rejection sampling of a person's biographies (Liu et al. 2023, §3.2).

The hinge loss alone is not RSO. A response with score s is accepted with probability
exp((s - s_max) / β_rso), where s_max is the best score of the same prompt; pairs come from the
accepted ones. The scores are FActScores, not those of a trained reward model.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations

from apeft.records import Record
from apeft.rng import keyed

PairOf = Callable[[Record, Record], Record | None]


def accept(responses: Sequence[Record], beta_rso: float, seed: int) -> list[Record]:
    """Accept scored responses of one prompt that ended; the best of them always is.

    One that the length limit cut can be in no pair, so it does not set what the best is either.
    """
    scored = [row for row in responses if row["score"] is not None and row["ended"]]
    if not scored:
        return []
    best = max(row["score"] for row in scored)
    return [
        row
        for row in scored
        if keyed(seed, "rso", row["id"]).random() < math.exp((row["score"] - best) / beta_rso)
    ]


def rejection_pairs(
    prompts: Iterable[Sequence[Record]], pair_of: PairOf, count: int, beta_rso: float, seed: int
) -> list[Record]:
    """Draw at most ``count`` pairs from the accepted responses of each prompt.

    Args:
        prompts: the responses of each prompt (records with ``id`` and ``score``).
        pair_of: makes a pair of a better and a worse response, or None if they form none.
        count: |D_g|, so that RSO trains on as many pairs as the others.
        beta_rso: temperature of the acceptance; smaller keeps only the best.
        seed: root of the draws.

    Returns:
        Pairs, each prompt giving one before any gives a second.
    """
    rounds: dict[int, list[Record]] = {}
    for responses in prompts:
        accepted = sorted(accept(responses, beta_rso, seed), key=lambda row: row["id"])
        pairs = [
            pair
            for one, other in combinations(accepted, 2)
            for pair in [pair_of(*sorted((one, other), key=lambda row: -row["score"]))]
            if pair is not None
        ]
        pairs.sort(key=lambda pair: keyed(seed, "rso pair", pair["id"]).random())
        for turn, pair in enumerate(pairs):
            rounds.setdefault(turn, []).append(pair)
    ordered: list[Record] = []
    for turn in sorted(rounds):
        ordered += sorted(rounds[turn], key=lambda p: keyed(seed, "rso cut", p["id"]).random())
    return ordered[:count]
