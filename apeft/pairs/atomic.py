"""Atomic preferences D_a from potentially known facts (paper, §5.1 as far as it is known).

Chosen states one fact rightly, rejected contradicts it. Which right and which wrong wording the
paper takes is unknown (`paper-unknown`); by default both are the model's own samples.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from apeft.records import Record


@dataclass(frozen=True)
class Option:
    """One side that a pair could take: its text, the value that it states, and its origin.

    ``count`` is how many samples state the value; 0 for one that no sample gave.
    """

    text: str
    value: str
    source: str
    count: int = 0


@dataclass(frozen=True)
class AtomicChoice:
    """A fact with everything that its pair may be made of.

    ``prompt`` asks for the fact (a question, or a statement to complete).
    """

    fact: Record
    prompt: str
    chosen: Sequence[Option]
    rejected: Sequence[Option]


def own_options(samples: Sequence[Record], *, correct: bool) -> list[Option]:
    """The model's own right (or wrong) samples, one for each stated value, most frequent first.

    Each is written as it mostly was. Unscored samples are neither, and a wrong sample that names no
    value is no contradiction. One that the length limit cut ends in mid-sentence, as tuning would
    learn to.
    """
    rows = [row for row in samples if row["correct"] is correct and row["value"] and row["ended"]]
    counts = Counter(row["value"] for row in rows)
    options = []
    for value, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        mine = [row for row in rows if row["value"] == value]
        wording = Counter(row["text"].strip() for row in mine)
        most = max(mine, key=lambda row: wording[row["text"].strip()])  # the first of equals
        options.append(Option(most["text"], value, most["id"], count))
    return options


def atomic_pairs(choices: Sequence[AtomicChoice], *, per_fact: int, balance: bool) -> list[Record]:
    """Make up to ``per_fact`` pairs of each fact, with different rejected values.

    Chosen is the value that the model gave most often. With ``balance``, among equally frequent
    ones, and among all that can be rejected, the options are taken that keep each value of a
    relation as often chosen as rejected so far. Otherwise "American", right for many people, would
    be mostly chosen, and tuning could gain by always saying so.
    """
    net: dict[str, Counter[str]] = {}
    pairs: list[Record] = []
    for choice in choices:
        counter = net.setdefault(choice.fact["relation"], Counter())
        rejected = list(choice.rejected)
        for turn in range(min(per_fact, len(rejected)) if choice.chosen else 0):
            most = max(option.count for option in choice.chosen)
            often = [option for option in choice.chosen if option.count == most]
            better = _pick(often, counter, +1, balance)
            worse = _pick(rejected, counter, -1, balance)
            rejected.remove(worse)
            counter[better.value] += 1
            counter[worse.value] -= 1
            pairs.append(_pair(choice, better, worse, turn))
    return pairs


def _pick(options: Sequence[Option], net: Counter[str], sign: int, balance: bool) -> Option:
    if not balance:
        return options[0]
    return min(options, key=lambda option: (sign * net[option.value], options.index(option)))


def _pair(choice: AtomicChoice, chosen: Option, rejected: Option, turn: int) -> Record:
    fact = choice.fact
    return {
        "id": f"atomic/{fact['fact']}/{turn}",
        "kind": "atomic",
        "entity": fact["entity"],
        "split": fact["split"],
        "fact": fact["fact"],
        "relation": fact["relation"],
        "r": fact["r"],
        "prompt": choice.prompt,
        "chosen": chosen.text,
        "rejected": rejected.text,
        "value_chosen": chosen.value,
        "value_rejected": rejected.value,
        "source_chosen": chosen.source,
        "source_rejected": rejected.source,
    }


def imbalance(pairs: Sequence[Record]) -> dict[str, Record]:
    """By relation: total variation between the chosen and the rejected values, and the extremes.

    0 means that every value is as often chosen as rejected, 1 that no value is ever both.
    """
    table: dict[str, Record] = {}
    for relation in sorted({pair["relation"] for pair in pairs}):
        rows = [pair for pair in pairs if pair["relation"] == relation]
        net: Counter[str] = Counter()
        for pair in rows:
            net[pair["value_chosen"]] += 1
            net[pair["value_rejected"]] -= 1
        ranked = sorted(net.items(), key=lambda item: (-abs(item[1]), item[0]))
        table[relation] = {
            "pairs": len(rows),
            "total_variation": sum(abs(count) for count in net.values()) / (2 * len(rows)),
            "most_unbalanced": dict(ranked[:5]),
        }
    return table
