"""General preferences D_g: a better and a worse response of the same prompt.

The paper's pair rule is unknown (`paper-unknown`). The nearest published practice is FLAME's
(arXiv 2405.01525): the best against the worst of n responses, with a smallest gap.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

from apeft.facts.relations import CLAIM
from apeft.records import Record


def scored_relations(response: Record) -> list[str]:
    """Relation of each fact that was decided (supported or contradicted), sorted."""
    return sorted(
        fact["relation"]
        for fact in response["facts"]
        if fact["verdict"] in ("supported", "contradicted")
    )


def comparable(chosen: Record, rejected: Record, min_facts: int) -> bool:
    """Whether two scores may be compared: enough decided facts each, or the same relations.

    One decided fact gives a score of 0 or 1; without this rule pairs would reward saying less.
    """
    left, right = scored_relations(chosen), scored_relations(rejected)
    if min(len(left), len(right)) >= min_facts:
        return True
    # That both tell claims does not mean that they tell the same.
    return bool(left and set(left) == set(right) and CLAIM not in left)


def make_pair(chosen: Record, rejected: Record, *, min_gap: float, min_facts: int) -> Record | None:
    """Pair two scored responses of one prompt, or return None when they form no pair."""
    gap = _gap(chosen, rejected)
    same = chosen["text"].strip() == rejected["text"].strip()
    # A text that the length limit cut ends in mid-sentence; tuning would learn to end there.
    if not (chosen["ended"] and rejected["ended"]):
        return None
    if gap < min_gap or gap <= 0 or same or not comparable(chosen, rejected, min_facts):
        return None
    return {
        "id": f"general/{chosen['id']}>{rejected['id']}",
        "kind": "general",
        "entity": chosen["entity"],
        "split": chosen["split"],
        "prompt": chosen["plain"],
        "chosen": chosen["text"],
        "rejected": rejected["text"],
        "score_chosen": chosen["score"],
        "score_rejected": rejected["score"],
        "gap": gap,
        "response_chosen": chosen["id"],
        "response_rejected": rejected["id"],
        "facts_chosen": chosen["facts"],
        "facts_rejected": rejected["facts"],
    }


def _gap(chosen: Record, rejected: Record) -> float:
    """Difference of two shares, rounded: 5/5 - 4/5 reaches a gap of 0.2 as 4/5 - 3/5 does."""
    return round(float(chosen["score"] - rejected["score"]), 9)


def general_pairs(
    responses: Sequence[Record], *, min_gap: float, min_facts: int, per_person: int
) -> tuple[list[Record], Counter[str]]:
    """Pair the responses of one person, widest gap first, no response used twice.

    Returns:
        The pairs and why other combinations gave none (a count by reason).
    """
    scored = [row for row in responses if row["score"] is not None]
    reasons: Counter[str] = Counter(unscored_response=len(responses) - len(scored))
    candidates: list[Record] = []
    for one, other in combinations(scored, 2):
        chosen, rejected = sorted((one, other), key=lambda row: -row["score"])
        pair = make_pair(chosen, rejected, min_gap=min_gap, min_facts=min_facts)
        if pair is None:
            if not (chosen["ended"] and rejected["ended"]):
                reasons["cut_at_limit"] += 1
            elif _gap(chosen, rejected) >= max(min_gap, 1e-9):
                reasons["not_comparable"] += 1
            else:
                reasons["gap_too_small"] += 1
        else:
            candidates.append(pair)
    pairs: list[Record] = []
    used: set[str] = set()
    for pair in sorted(candidates, key=lambda row: (-row["gap"], row["id"])):
        sides = {pair["response_chosen"], pair["response_rejected"]}
        if len(pairs) < per_person and not sides & used:
            pairs.append(pair)
            used |= sides
    return pairs, reasons
