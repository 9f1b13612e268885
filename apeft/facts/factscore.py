"""FActScore (Min et al. 2023) over verdicts, and over the human labels published with it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

GAMMA = 10
"""Number of facts below which Min et al. penalise a response (their released default)."""


@dataclass(frozen=True)
class ResponseScore:
    """Counts and score of one response; shares are in [0, 1], None where nothing counts.

    ``score`` is supported / (supported + contradicted). ``lower`` and ``upper`` are over all
    stated facts, with every unscored one taken as wrong, or as right.
    """

    supported: int
    contradicted: int
    not_stated: int
    score: float | None
    penalised: float | None
    lower: float | None
    upper: float | None

    @property
    def facts(self) -> int:
        """Number of stated facts; scored + unscored = all."""
        return self.supported + self.contradicted + self.not_stated

    @property
    def responded(self) -> bool:
        """Whether the response states at least one fact."""
        return self.facts > 0


@dataclass(frozen=True)
class Summary:
    """Means over responses; those without a score are left out of its mean and counted."""

    responses: int
    respond_ratio: float | None
    scored: int
    score: float | None
    penalised: float | None
    lower: float | None
    upper: float | None
    facts: float | None
    decided: float | None


def length_penalty(facts: int, gamma: int = GAMMA) -> float:
    """exp(1 - gamma / facts) for at most gamma facts, else 1 (Min et al. 2023, released code)."""
    if gamma <= 0 or facts > gamma:
        return 1.0
    return math.exp(1 - gamma / facts) if facts > 0 else 0.0


def score_response(verdicts: Iterable[str], gamma: int = GAMMA) -> ResponseScore:
    """Aggregate the verdicts of one response ("supported", "contradicted", "not_stated")."""
    counts = Counter(verdicts)
    unknown = set(counts) - {"supported", "contradicted", "not_stated"}
    if unknown:
        raise ValueError(f"not a verdict: {sorted(unknown)}")
    right, wrong, open_ = counts["supported"], counts["contradicted"], counts["not_stated"]
    facts = right + wrong + open_
    score = right / (right + wrong) if right + wrong else None
    return ResponseScore(
        supported=right,
        contradicted=wrong,
        not_stated=open_,
        score=score,
        penalised=None if score is None else score * length_penalty(facts, gamma),
        lower=right / facts if facts else None,
        upper=(facts - wrong) / facts if facts else None,
    )


def f1_at(k: int, score: ResponseScore) -> float:
    """F1@K of one response in [0, 1] (LongFact, Wei et al. 2024).

    Precision is supported / decided, recall is supported / K, at most 1. A response without a
    supported fact has 0.
    """
    if k < 1:
        raise ValueError(f"K is a number of facts, at least 1 (given: {k})")
    if not score.supported:
        return 0.0
    precision = score.supported / (score.supported + score.contradicted)
    recall = min(score.supported / k, 1.0)
    return 2 * precision * recall / (precision + recall)


def k_of_texts(decided: Sequence[int]) -> tuple[int | None, str]:
    """K of F1@K: the median number of decided facts a text, rounded (a half up).

    Returns:
        K and "", or None and the reason why there is none.
    """
    if not decided:
        return None, "no validation text"
    k = math.floor(median(decided) + 0.5)
    return (k, "") if k else (None, "K is 0: half of the validation texts state no decided fact")


def summarise(scores: Sequence[ResponseScore]) -> Summary:
    """Average over responses, each response counting once."""
    scored = sum(score.supported + score.contradicted for score in scores)
    facts = sum(score.facts for score in scores)
    return Summary(
        responses=len(scores),
        respond_ratio=_mean(float(score.responded) for score in scores),
        scored=sum(score.score is not None for score in scores),
        score=_mean(score.score for score in scores),
        penalised=_mean(score.penalised for score in scores),
        lower=_mean(score.lower for score in scores),
        upper=_mean(score.upper for score in scores),
        facts=_mean(float(score.facts) for score in scores),
        decided=scored / facts if facts else None,
    )


def human_factscore(rows: Sequence[Mapping[str, Any]], *, irrelevant: bool = True) -> float:
    """Mean share of supported facts over rows of the published human annotation, in [0, 1].

    A response without annotations is an abstention and left out. With ``irrelevant``, a fact
    labelled IR counts as unsupported, a sentence whose human facts are null counts as unsupported
    once per model fact, and a response without facts scores 0. Without it, irrelevant facts and
    null sentences are left out, and so is a response with nothing else.
    """
    shares: list[float | None] = []
    for row in rows:
        if not row.get("annotations"):
            continue
        labels: list[str] = []
        for sentence in row["annotations"]:
            human = sentence.get("human-atomic-facts")
            if human is not None:
                labels += [fact["label"] for fact in human]
            else:
                labels += ["IR"] * len(sentence.get("model-atomic-facts") or ())
        if not irrelevant:
            labels = [label for label in labels if label != "IR"]
        empty = 0.0 if irrelevant else None
        shares.append(labels.count("S") / len(labels) if labels else empty)
    mean = _mean(shares)
    if mean is None:
        raise ValueError("no annotated response to average over")
    return mean


def _mean(values: Iterable[float | None]) -> float | None:
    present = [value for value in values if value is not None]
    return math.fsum(present) / len(present) if present else None
