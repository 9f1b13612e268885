"""The search for near-duplicates against an exhaustive one."""

from fractions import Fraction

import numpy as np
import pytest

from apeft.knowledge.duplicates import near_pairs


def exhaustive(sets: list[frozenset[str]], limit: Fraction) -> list[tuple[int, int]]:
    return [
        (i, j)
        for j in range(len(sets))
        for i in range(j)
        if Fraction(len(sets[i] & sets[j]), max(1, len(sets[i] | sets[j]))) >= limit
    ]


@pytest.mark.parametrize("limit", [Fraction(1, 2), Fraction(4, 5), Fraction(1)])
def test_the_prefix_filter_loses_no_pair_and_adds_none(limit: Fraction) -> None:
    generator = np.random.default_rng(0)
    sets = []
    for _ in range(400):
        size = int(generator.integers(1, 9))
        sets.append(frozenset(map(str, generator.zipf(1.6, size=size) % 12)))
    expected = exhaustive(sets, limit)
    assert len(expected) > 100
    assert list(near_pairs(sets, float(limit))) == expected


def test_four_of_five_words_are_near_and_three_of_four_are_not() -> None:
    assert list(near_pairs([frozenset("abcd"), frozenset("abcde")])) == [(0, 1)]
    assert list(near_pairs([frozenset("abc"), frozenset("abcd")])) == []
