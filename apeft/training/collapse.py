"""A collapse check: an adapter that stutters, falls silent or runs away is flagged, never hidden.

Thresholds are ours. Repetition is the share of repeated word 3-grams, as in the literature on
neural text degeneration (Welleck et al. 2019, seq-rep-n).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apeft.finite import finite
from apeft.records import Record


@dataclass(frozen=True)
class CollapseLimits:
    """Largest repetition rate, share of empty texts and KL (nats a token) of a sound adapter."""

    repetition: float
    empty: float
    kl: float


def repetition(text: str, n: int = 3) -> float:
    """Share of word n-grams in ``text`` that occurred before in it; 0 for shorter texts."""
    words = text.lower().split()
    grams = [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]
    return 1 - len(set(grams)) / len(grams) if grams else 0.0


def check_collapse(texts: Sequence[str], kl: float | None, limits: CollapseLimits) -> Record:
    """Judge greedy texts of validation prompts and the final KL (None where it was not finite).

    Returns:
        ``flag``, the ``reasons`` in words, and the three measures.
    """
    measures: dict[str, float | None] = {
        "repetition": sum(repetition(text) for text in texts) / len(texts),
        "empty": sum(not text.strip() for text in texts) / len(texts),
        "kl": kl,
    }
    reasons = [
        f"{name} {value:.3g} is above {limit:.3g}" if finite(value) else f"{name} is not finite"
        for name, limit in (
            ("repetition", limits.repetition),
            ("empty", limits.empty),
            ("kl", limits.kl),
        )
        if not finite(value := measures[name]) or value > limit
    ]
    return {"flag": bool(reasons), "reasons": reasons, **measures}
