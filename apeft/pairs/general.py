"""General preferences D_g: a better and a worse response of the same prompt.

The paper's pair rule is unknown (`paper-unknown`). The nearest published practice is FLAME's
(arXiv 2405.01525): the best against the worst of n responses, with a smallest gap of scores (the
rule "plain"). A FActScore rises when facts are left out, though, so plain pairs teach to say less;
the rule "shared" pairs only responses of which one is better in what both of them say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, groupby

from apeft.facts.mentions import YEAR_RELATIONS
from apeft.facts.relations import CLAIM
from apeft.records import Record

RIGHT, WRONG, OPEN = "supported", "contradicted", "not_stated"
SPLITS = ("train", "validation")  # of people whose responses are paired


@dataclass(frozen=True)
class PairRule:
    """Which two responses form a pair.

    Attributes:
        rule: "shared" (see :func:`worse_in_shared`) or "plain" (FActScores alone).
        min_gap: smallest gap of the compared scores.
        min_facts: decided facts that each side needs to be compared by its score when the
            relations differ ("plain"), or by claims, which have no relation.
        year_balance: largest difference of mean scored years between the sides, None: any.
    """

    rule: str
    min_gap: float
    min_facts: int
    year_balance: float | None = None


def scored_relations(response: Record) -> list[str]:
    """Relation of each fact that was decided (supported or contradicted), sorted."""
    return sorted(fact["relation"] for fact in response["facts"] if fact["verdict"] != OPEN)


def scored_years(facts: Sequence[Record]) -> int:
    """How many of ``facts`` are years that were decided."""
    return sum(fact["relation"] in YEAR_RELATIONS and fact["verdict"] != OPEN for fact in facts)


def comparable(chosen: Record, rejected: Record, min_facts: int) -> bool:
    """Whether two FActScores may be compared: enough decided facts each, or the same relations.

    One decided fact gives a score of 0 or 1; without this rule pairs would reward saying less.
    """
    left, right = scored_relations(chosen), scored_relations(rejected)
    if min(len(left), len(right)) >= min_facts:
        return True
    # That both tell claims does not mean that they tell the same.
    return bool(left and set(left) == set(right) and CLAIM not in left)


def shared_gaps(chosen: Record, rejected: Record, min_facts: int) -> dict[str, float]:
    """Share right of the chosen side's values minus the other's, by relation that both decide.

    Of claims two may tell of anything, so they take ``min_facts`` on each side.
    """
    left, right = _by_relation(chosen), _by_relation(rejected)
    return {
        relation: _share(left[relation]) - _share(right[relation])
        for relation in sorted(left.keys() & right.keys())
        if relation != CLAIM or min(len(left[relation]), len(right[relation])) >= min_facts
    }


def _by_relation(response: Record) -> dict[str, list[bool]]:
    found: dict[str, list[bool]] = {}
    for fact in response["facts"]:
        if fact["verdict"] != OPEN:
            found.setdefault(fact["relation"], []).append(fact["verdict"] == RIGHT)
    return found


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values)


def gap_of(chosen: Record, rejected: Record, rule: PairRule) -> float | None:
    """Gap of the compared scores, None when nothing can be compared.

    Rounded: 5/5 - 4/5 reaches a gap of 0.2 as 4/5 - 3/5 does.
    """
    if rule.rule == "plain":
        return round(float(chosen["score"] - rejected["score"]), 9)
    gaps = shared_gaps(chosen, rejected, rule.min_facts)
    return round(sum(gaps.values()) / len(gaps), 9) if gaps else None


def worse_in_shared(chosen: Record, rejected: Record, min_facts: int) -> str:
    """Why ``chosen`` is not better all in all under the rule "shared"; "" when it is.

    It must decide no fewer facts, hold no more wrong ones, be worse in no shared relation, and
    hold more right facts, also when what may be true of the other side's is true (facts that are
    ``doubtful``, and undecided ones of relations that the chosen side decides).
    """
    mine, theirs = (Counter(fact["verdict"] for fact in row["facts"]) for row in (chosen, rejected))
    if mine[RIGHT] + mine[WRONG] < theirs[RIGHT] + theirs[WRONG]:
        return "fewer_scored_facts"
    if mine[WRONG] > theirs[WRONG]:
        return "more_wrong_facts"
    if min(shared_gaps(chosen, rejected, min_facts).values()) < 0:
        return "worse_in_a_shared_relation"
    if mine[RIGHT] <= theirs[RIGHT]:
        return "no_more_right_facts"
    if mine[RIGHT] <= theirs[RIGHT] + _perhaps_right(chosen, rejected):
        return "perhaps_no_more_right_facts"
    return ""


def _perhaps_right(chosen: Record, rejected: Record) -> int:
    """How many facts of the rejected side may be right, beside those that surely are."""
    decided = set(scored_relations(chosen)) - {CLAIM}
    said = {(fact["relation"], fact["value"]) for fact in chosen["facts"]}
    return sum(
        bool(fact.get("doubtful")) or (fact["verdict"] == OPEN and fact["relation"] in decided)
        for fact in rejected["facts"]
        if (fact["relation"], fact["value"]) not in said
    )


def why_not(chosen: Record, rejected: Record, rule: PairRule) -> str:
    """Why two scored responses of one prompt form no pair; "" when they do."""
    # A text that the length limit cut ends in mid-sentence; tuning would learn to end there.
    if not (chosen["ended"] and rejected["ended"]):
        return "cut_at_limit"
    if chosen["text"].strip() == rejected["text"].strip():
        return "same_text"
    gap = gap_of(chosen, rejected, rule)
    if gap is None:
        return "no_shared_relation"
    if gap < rule.min_gap or gap <= 0:
        return "gap_too_small"
    if rule.rule == "plain":
        return "" if comparable(chosen, rejected, rule.min_facts) else "not_comparable"
    return worse_in_shared(chosen, rejected, rule.min_facts)


def make_pair(chosen: Record, rejected: Record, rule: PairRule) -> Record | None:
    """Pair two scored responses of one prompt, or return None when they form no pair."""
    if why_not(chosen, rejected, rule):
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
        "gap": gap_of(chosen, rejected, rule),
        "years_chosen": scored_years(chosen["facts"]),
        "years_rejected": scored_years(rejected["facts"]),
        "response_chosen": chosen["id"],
        "response_rejected": rejected["id"],
        "facts_chosen": chosen["facts"],
        "facts_rejected": rejected["facts"],
    }


def general_pairs(
    responses: Sequence[Record], rule: PairRule, per_person: int
) -> tuple[list[Record], Counter[str]]:
    """Pair the responses of one person, no response used twice.

    The widest gap comes first; where years are balanced, pairs whose sides decide equally many of
    them come before the others.

    Returns:
        The pairs and why other combinations gave none (a count by reason).
    """
    scored = [row for row in responses if row["score"] is not None]
    reasons: Counter[str] = Counter(unscored_response=len(responses) - len(scored))
    candidates: list[Record] = []
    for one, other in combinations(scored, 2):
        chosen, rejected = sorted((one, other), key=lambda row: -row["score"])
        pair = make_pair(chosen, rejected, rule)
        if pair is None:
            reasons[why_not(chosen, rejected, rule)] += 1
        else:
            candidates.append(pair)
    even = rule.year_balance is not None
    candidates.sort(key=lambda row: (even * abs(lean(row)), -row["gap"], row["id"]))
    pairs: list[Record] = []
    used: set[str] = set()
    for pair in candidates:
        sides = {pair["response_chosen"], pair["response_rejected"]}
        if len(pairs) < per_person and not sides & used:
            pairs.append(pair)
            used |= sides
    return pairs, reasons


def lean(pair: Record) -> int:
    """How many more scored years the chosen side states than the rejected one."""
    return int(pair["years_chosen"] - pair["years_rejected"])


def balanced(pairs: Sequence[Record], limit: float | None) -> list[Record]:
    """Leave out pairs until the sides' mean scored years differ by at most ``limit`` a text.

    Of those that lean to the heavier side the one goes first that brings the sides closest, then
    the narrowest gap. The order of the others is kept.
    """
    kept = list(pairs)
    net = sum(map(lean, kept))
    while limit is not None and kept and abs(net) > limit * len(kept) + 1e-9:
        sign = 1 if net > 0 else -1
        leaning = [pair for pair in kept if sign * lean(pair) > 0]
        at = net  # bound here for the key below
        worst = min(leaning, key=lambda pair: (abs(at - lean(pair)), pair["gap"], pair["id"]))
        kept.remove(worst)
        net -= lean(worst)
    return kept


def paired(
    responses: Sequence[Record], rule: PairRule, per_person: int
) -> tuple[list[Record], Counter[str]]:
    """Pair the responses of every person, years balanced in each split, and tell why others not."""
    ordered = sorted(responses, key=lambda row: (row["prompt"], row["id"]))
    pairs: list[Record] = []
    reasons: Counter[str] = Counter()
    for _, group in groupby(ordered, key=lambda row: row["prompt"]):
        found, why_not = general_pairs(list(group), rule, per_person)
        pairs += found
        reasons += why_not
    kept = {
        pair["id"]
        for split in SPLITS
        for pair in balanced([row for row in pairs if row["split"] == split], rule.year_balance)
    }
    reasons += Counter(years_unbalanced=len(pairs) - len(kept))
    return [pair for pair in pairs if pair["id"] in kept], reasons
