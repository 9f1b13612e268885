"""Questions that stand in a set, or in two sets, more than once.

Three kinds are told apart:

- *Duplicates*: equal after normalisation (:func:`apeft.knowledge.text.fold`: case, accents,
  punctuation, spaces). The first stays. When rows of one role label a duplicate differently,
  nobody knows which is right, and none stays.
- *Near-duplicates*: not equal, but of the distinct words of both at least ``NEAR`` are common
  (Jaccard index; the limit of Lee et al. 2022, "Deduplicating Training Data Makes Language Models
  Better", §4.2, for its near-duplicates). Long-form prompts are never compared in this way: those
  about two people differ in the name alone.
- *Contrast pairs*: near-duplicates of one set with different classes ("Why do apples change colour
  in water?" / "... in air?"). They are what a set of minimal pairs is made of and both stay, but on
  the same side of the split.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apeft.knowledge.text import fold

NEAR = 0.8
Question = dict[str, Any]
Pair = tuple[Question, Question]


def pair_name(first: str, second: str) -> str:
    """How counts name a pair of sets: the one whose question stays, then the other."""
    return f"{first} + {second}"


def drop_equal(
    rows: Sequence[Question], roles: Mapping[str, str]
) -> tuple[list[Question], dict[str, Any]]:
    """Keep the first of equal questions, and none of those labelled both ways in one role.

    Returns:
        The questions kept, in order, and counts: ``duplicates`` dropped by pair of sets, and rows
        left out as ``contradictory`` by set.
    """
    groups: dict[str, list[Question]] = defaultdict(list)
    for row in rows:
        groups[fold(row["question"])].append(row)
    kept: list[Question] = []
    duplicates: Counter[str] = Counter()
    contradictory: Counter[str] = Counter()
    for members in groups.values():
        by_role: dict[str, set[bool]] = defaultdict(set)
        for row in members:
            by_role[roles[row["set"]]].add(row["reject"])
        clear = [row for row in members if len(by_role[roles[row["set"]]]) == 1]
        contradictory.update(row["set"] for row in members if len(by_role[roles[row["set"]]]) > 1)
        kept += clear[:1]
        duplicates.update(pair_name(clear[0]["set"], row["set"]) for row in clear[1:])
    return kept, {
        "duplicates": dict(sorted(duplicates.items())),
        "contradictory": dict(sorted(contradictory.items())),
    }


@dataclass(frozen=True)
class NearDuplicates:
    """What :func:`find_near` found.

    Attributes:
        kept: the questions that stay, in order.
        contrasts: contrast pairs among them.
        near: near-duplicates among them; empty when they are dropped.
        counts: how many of each by pair of sets.
    """

    kept: list[Question]
    contrasts: list[Pair]
    near: list[Pair]
    counts: dict[str, Any]


def find_near(rows: Sequence[Question], *, drop: bool) -> NearDuplicates:
    """Find near-duplicates and contrast pairs; of near-duplicates drop the later ones, or none."""
    words = [frozenset(fold(row["question"]).split()) for row in rows]
    gone: set[int] = set()
    dropped: list[Pair] = []
    near, contrasts = [], []
    for first, second in near_pairs(words):
        one, other = rows[first], rows[second]
        if one["set"] == other["set"] and one["group"] != other["group"]:
            contrasts.append((first, second))
        elif not drop:
            near.append((one, other))
        elif first not in gone and second not in gone:
            dropped.append((one, other))
            gone.add(second)
    pairs = [(rows[a], rows[b]) for a, b in contrasts if a not in gone and b not in gone]
    counts = {
        "near_duplicates_dropped": _by_sets(dropped),
        "near_duplicates_kept": _by_sets(near),
        "contrast_pairs": _by_sets(pairs),
    }
    kept = [row for place, row in enumerate(rows) if place not in gone]
    return NearDuplicates(kept, pairs, near, counts)


def _by_sets(pairs: Iterable[Pair]) -> dict[str, int]:
    found = Counter(pair_name(one["set"], other["set"]) for one, other in pairs)
    return dict(sorted(found.items()))


def near_pairs(sets: Sequence[frozenset[str]], limit: float = NEAR) -> Iterator[tuple[int, int]]:
    """Pairs of places (earlier, later) whose sets of words have a Jaccard index of ``limit``.

    Two sets that are so alike share a word among the rarest |s| - ceil(limit |s|) + 1 of each
    (prefix filter; Chaudhuri et al. 2006, Bayardo et al. 2007), so only those are looked up.
    Pairs come in the order of the later place, then of the earlier.
    """
    rarity = Counter(word for words in sets for word in words)
    index: dict[str, list[int]] = defaultdict(list)
    for place, words in enumerate(sets):
        # Rounded, as 0.8 * 5 may come out just above 4 and shorten the prefix by a word.
        size = len(words) - math.ceil(round(limit * len(words), 9)) + 1
        rarest = sorted(words, key=lambda word: (rarity[word], word))[:size]
        for other in sorted({other for word in rarest for other in index[word]}):
            common = len(words & sets[other])
            if common >= limit * (len(words) + len(sets[other]) - common) - 1e-9:
                yield other, place
        for word in rarest:
            index[word].append(place)
