"""Is a fact answered more often than guessing would? How often others are given its right value.

Of a model that calls half of all people American, one right "American" in eight says nothing. So
each fact gets ``guess``: the share of the samples for *other* entities' questions of its relation
that would be right for it, by the rules that compare values (:func:`apeft.answers.compare`), not
by equal words. Entities that share the right value count as others too: under the hypothesis that
is tested, the answer does not depend on who is asked about, and then theirs are answers like any.
``guess_unshared`` leaves them out: what the model says of those of whom it is wrong. It is mostly
smaller, since a name tells a nationality also to one who knows nothing of the person.

``p_guess`` is the exact one-sided binomial test of ``correct`` among the scored samples against
``guess``, which is taken as known: with few others it is too sure. ``beyond_chance`` says that it
is at most 5 %; of many facts that are guessed, up to one in twenty is beyond by chance.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from apeft.answers import compare
from apeft.detection import UNSCORED
from apeft.facts.relations import RELATIONS
from apeft.records import Record

LEVEL = 0.05


def add_guessing(rows: Sequence[Record], lexicon: Mapping[str, Any]) -> list[Record]:
    """Add guess, guess_unshared, p_guess and beyond_chance to detected facts.

    All four are None where no other entity was asked or nothing of its answers can be compared: a
    claim's question is asked of nobody else. ``p_guess`` and ``beyond_chance`` are None too where
    the fact has no class.
    """
    by_relation: dict[str, list[Record]] = defaultdict(list)
    for row in rows:
        by_relation[row["relation"]].append(row)

    @cache
    def right(relation: str, value: str, values: tuple[str, ...]) -> bool | None:
        return compare(relation, value, values, lexicon).correct

    def rates(row: Record) -> tuple[float | None, float | None]:
        relation, values = row["relation"], tuple(row["values"])
        if relation not in RELATIONS:
            return None, None
        said, unshared = Counter[bool](), Counter[bool]()
        for other in by_relation[relation]:
            if other["entity"] == row["entity"]:
                continue
            found = Counter[bool]()
            for value, times in _stated(other).items():
                verdict = right(relation, value, values) if value else False
                if verdict is not None:
                    found[verdict] += times
            said += found
            if not any(right(relation, value, values) for value in other["values"]):
                unshared += found
        return _rate(said), _rate(unshared)

    return [_tested(row, *rates(row)) for row in rows]


def _stated(fact: Record) -> Counter[str]:
    """How often each value stands in a fact's scored samples; "" is an answer without one."""
    return Counter(
        sample["value"] or "" for sample in fact["samples"] if sample["correct"] is not None
    )


def _rate(verdicts: Counter[bool]) -> float | None:
    return verdicts[True] / verdicts.total() if verdicts.total() else None


def _tested(row: Record, guess: float | None, unshared: float | None) -> Record:
    from scipy.special import bdtrc

    p = None
    if guess is not None and row["class"] != UNSCORED and row["r"] is not None:
        scored = row["k"] - row["unscored"]
        p = round(float(bdtrc(row["correct"] - 1, scored, guess)), 6) if row["correct"] else 1.0
    return {
        **row,
        "guess": None if guess is None else round(guess, 6),
        "guess_unshared": None if unshared is None else round(unshared, 6),
        "p_guess": p,
        "beyond_chance": None if p is None else p <= LEVEL,
    }
