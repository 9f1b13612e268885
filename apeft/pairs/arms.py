"""Training sets of the ablations: which pairs an arm holds, and in which order it reads them.

An arm is a named training set. Arms that are compared with each other hold equally many pairs,
and all are trained for equally many steps, so that they differ in what their name says. Where
atomic pairs are added to general ones (``apeft`` and its controls and parts), every step reads them
on top (``apeft.training.data``); a row's ``on_top`` says where it is otherwise.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from apeft.detection import HALF, KNOWN, UNKNOWN
from apeft.records import Record
from apeft.rng import keyed

CLASS_ARMS = {name: f"class-{name.replace('_', '-')}" for name in (UNKNOWN, HALF, KNOWN)}
MIXED = "mix-1-1"  # whose pairs the orders arrange
PLAIN, BEYOND = "rule-plain", "rule-beyond-chance"


@dataclass
class Arms:
    """Arms by name, and why others could not be made."""

    pairs: dict[str, list[Record]] = field(default_factory=dict)
    not_run: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, rows: Sequence[Record], missing: str = "no pair is left") -> None:
        """Keep an arm, or the reason for its absence when it has no pair."""
        if rows:
            self.pairs[name] = sorted(rows, key=lambda row: row["id"])
        else:
            self.not_run[name] = missing


def rule_arms(
    general: Sequence[Record],
    plain: Sequence[Record],
    atomic: Sequence[Record],
    facts: Sequence[Record],
) -> Arms:
    """Pairs by another rule: general ones by FActScores alone, atomic ones beyond guessing.

    Args:
        general: D_g.
        plain: general pairs of the same responses by the plain rule.
        atomic: D_a.
        facts: detected facts, with ``beyond_chance``.
    """
    made = Arms()
    same = {row["id"] for row in plain} == {row["id"] for row in general}
    made.add(PLAIN, [] if same else plain, "D_g is what the plain rule makes")
    beyond = {fact["fact"] for fact in facts if fact.get("beyond_chance")}
    sure = [row for row in atomic if row["fact"] in beyond]
    why = (
        f"{len(sure)} of {len(atomic)} atomic pairs are of facts that are right more often than "
        "guessing, so it would be the arm apeft or general"
    )
    made.add(BEYOND, [*general, *sure] if 0 < len(sure) < len(atomic) else [], why)
    return made


def draw(rows: Sequence[Record], count: int, seed: int, name: str) -> list[Record]:
    """Draw ``count`` rows; a smaller draw is part of every larger one of the same name."""
    return sorted(rows, key=lambda row: keyed(seed, "arm", name, row["id"]).random())[:count]


def class_arms(pairs: Mapping[str, Sequence[Record]], *, smallest: int, seed: int) -> Arms:
    """One arm for each class of knowledge, with equally many pairs of each relation.

    Classes differ in their relations (most known facts of a small model are nationalities), and
    a difference between arms could be one between relations; so each relation gives every class
    as many pairs as the class with fewest has.

    Args:
        pairs: atomic pairs by class, all of one construction.
        smallest: pairs that an arm needs; with fewer none of them is run.
        seed: root of the draw.
    """
    counts = {name: Counter(row["relation"] for row in rows) for name, rows in pairs.items()}
    relations = sorted(set().union(*counts.values()))
    matched = {one: min(count[one] for count in counts.values()) for one in relations}
    made = Arms()
    total = sum(matched.values())
    if total < smallest:
        have = ", ".join(f"{len(rows)} of class {name}" for name, rows in pairs.items())
        for name in pairs:
            made.not_run[CLASS_ARMS[name]] = (
                f"only {total} pairs of equal relations in every class ({have}), fewer than "
                f"ablations.smallest {smallest}"
            )
        return made
    for name, rows in pairs.items():
        kept: list[Record] = []
        for one, count in matched.items():
            mine = [row for row in rows if row["relation"] == one]
            kept += draw(mine, count, seed, name)
        made.add(CLASS_ARMS[name], kept)
    return made


def ratio_arms(
    general: Sequence[Record], atomic: Sequence[Record], ratios: Sequence[str], *, seed: int
) -> Arms:
    """Arms of equally many pairs with given ratios of atomic to general, and one kind alone.

    Args:
        general: D_g.
        atomic: D_a.
        ratios: as "1:3" (one atomic pair to three general ones).
        seed: root of the draw.
    """
    parts = {"mix-only-atomic": (1, 0), "mix-only-general": (0, 1)}
    for ratio in ratios:
        of_atomic, of_general = (int(part) for part in ratio.split(":"))
        parts[f"mix-{of_atomic}-{of_general}"] = (of_atomic, of_general)
    # The largest size that every arm can have.
    size = min(
        len(have) * (of_atomic + of_general) // share
        for of_atomic, of_general in parts.values()
        for have, share in ((atomic, of_atomic), (general, of_general))
        if share
    )
    # All arms hold as many pairs, so the size must divide into the shares of each ratio.
    whole = math.lcm(*(of_atomic + of_general for of_atomic, of_general in parts.values()))
    size -= size % whole
    made = Arms()
    for name, (of_atomic, of_general) in parts.items():
        if not size:
            made.not_run[name] = (
                f"{len(general)} general and {len(atomic)} atomic pairs are too few for arms of "
                f"{whole} pairs, the least in which every ratio is exact"
            )
            continue
        count = size * of_atomic // (of_atomic + of_general)
        drawn = [
            *draw(atomic, count, seed, "atomic"),
            *draw(general, size - count, seed, "general"),
        ]
        # One set for the schedule, which would else read the atomic pairs on top of the others:
        # every arm here reads equally many pairs a step.
        rows = [{**row, "on_top": False} for row in drawn]
        made.add(name, rows, f"{len(general)} general and {len(atomic)} atomic pairs are too few")
    return made


def order_arms(mixed: Sequence[Record]) -> Arms:
    """The pairs of one mix in other orders than mixed: ``order`` is what a schedule sorts by.

    Easy is a general pair with a wide gap of scores and an atomic one whose fact has a high r;
    both kinds are ranked by themselves, from 0 to 1, and so stay mixed.
    """
    made = Arms()
    is_atomic = {row["id"]: row["kind"] == "atomic" for row in mixed}
    hard: dict[str, float] = {}
    for atomic in (False, True):
        rows = [row for row in mixed if is_atomic[row["id"]] == atomic]
        rows.sort(key=lambda row: (-(row["r"] if atomic else row["gap"]), row["id"]))
        hard |= {row["id"]: place / max(1, len(rows) - 1) for place, row in enumerate(rows)}
    orders: dict[str, dict[str, float]] = {
        "order-general-first": {name: float(atomic) for name, atomic in is_atomic.items()},
        "order-atomic-first": {name: float(not atomic) for name, atomic in is_atomic.items()},
        "order-easy-first": hard,
    }
    for name, order in orders.items():
        rows = [{**row, "order": order[row["id"]]} for row in mixed]
        made.add(name, rows, f"there is no arm {MIXED}, whose pairs it arranges")
    return made


def quantity_arms(
    sets: Mapping[str, Sequence[Record]], quantities: Sequence[float], *, seed: int
) -> Arms:
    """Shares of each set of pairs, each a part of the next; all of a set is the set's own arm."""
    made = Arms()
    for name, rows in sets.items():
        for share in quantities:
            if share < 1:
                count = max(1, round(share * len(rows))) if rows else 0
                part = draw(rows, count, seed, f"quantity {name}")
                made.add(f"quantity-{name}-{round(100 * share)}", part)
    return made


def gap_arms(general: Sequence[Record], parts: int) -> Arms:
    """Equal parts of D_g by gap of scores: ``gap-narrow``, those in between, ``gap-wide``.

    Those in between are ``gap-middle``, or ``gap-middle-1``, ``-2``, … when there are several.
    Pairs left over are taken out evenly between the parts, so neighbouring parts stay as far
    apart as can be.

    Args:
        general: D_g.
        parts: how many, at least 2.
    """
    ranked = sorted(general, key=lambda row: (row["gap"], row["id"]))
    size, spare = divmod(len(ranked), parts)
    between = [f"gap-middle-{number}" for number in range(1, parts - 1)]
    names = ["gap-narrow", *(["gap-middle"] if parts == 3 else between), "gap-wide"]
    made = Arms()
    for place, name in enumerate(names):
        start = place * size + spare * place // (parts - 1)
        rows = ranked[start : start + size]
        made.add(name, rows, f"{len(ranked)} general pairs are too few for {parts} parts")
    return made


def as_many_tokens(
    general: Sequence[Record],
    atomic: Sequence[Record],
    tokens: Callable[[Record], int],
    *,
    seed: int,
) -> list[Record]:
    """D_g, and on top of it its own pairs once more: as many as have the tokens of D_a.

    Trained for as many steps as "apeft", it reads the same general pairs at the same steps and, in
    place of the atomic pairs, about as many tokens of general ones: what more reading of D_g does
    alone is not credited to atomic preferences.

    Args:
        general: D_g.
        atomic: D_a.
        tokens: that training reads of a pair.
        seed: root of the draw of those that are read once more (or twice more, and so on).
    """
    left = sum(map(tokens, atomic))
    again: list[Record] = []
    turn = 0
    while general:
        turn += 1
        for row in draw(general, len(general), seed, f"again {turn}"):
            if left < tokens(row) / 2:
                return [*general, *again]
            left -= tokens(row)
            again.append({**row, "id": f"again/{turn}/{row['id']}", "on_top": True})
    return []


def permuted(
    atomic: Sequence[Record], wrong: Callable[[Record], bool], *, seed: int
) -> tuple[list[Record], int]:
    """Give each atomic pair the right answer of another entity's pair of the same relation.

    The answers of a relation move on around a keyed circle, by the step that leaves the most pairs
    with another value than their own. So every answer is as often chosen as before, but for pairs
    that are dropped.

    Args:
        atomic: D_a.
        wrong: whether the chosen side of a moved pair is surely wrong for its entity; others teach
            a fact, which a control must not.
        seed: root of the circles.

    Returns:
        The pairs, and how many were dropped: their new answer is their own value, their rejected
        side, or not surely wrong.
    """
    moved: list[Record] = []
    for relation in sorted({row["relation"] for row in atomic}):
        rows = [row for row in atomic if row["relation"] == relation]
        rows = draw(rows, len(rows), seed, f"circle of {relation}")
        best: list[Record] = []
        for step in range(1, len(rows)):
            found = [
                {
                    **row,
                    "id": f"permuted/{row['id']}",
                    "chosen": other["chosen"],
                    "value_chosen": other["value_chosen"],
                }
                for row, other in zip(rows, [*rows[step:], *rows[:step]], strict=True)
                if other["value_chosen"] not in (row["value_chosen"], row["value_rejected"])
                and other["chosen"] != row["rejected"]
            ]
            if len(found) > len(best):
                best = found
        moved += filter(wrong, best)
    return moved, len(atomic) - len(moved)
