"""Generators that depend on their key alone."""

import hashlib

import numpy as np

from apeft.rng import key_bits, keyed


def test_equal_keys_draw_equal_numbers_whatever_was_drawn_before() -> None:
    first = keyed(3, "person", "x").random(4)
    keyed(3, "another").random(100)
    np.random.default_rng(0).random(7)
    assert (keyed(3, "person", "x").random(4) == first).all()


def test_every_part_of_a_key_matters_and_parts_do_not_run_together() -> None:
    keys = [(0, "a", "b"), (1, "a", "b"), (0, "ab"), (0, "b", "a"), (0, "a"), (0, "a", "b", "")]
    assert len({keyed(*key).random() for key in keys}) == len(keys)


def test_numbers_and_their_spelling_are_one_key() -> None:
    assert key_bits(0, 7) == key_bits(0, "7")


def test_key_bits_are_blake2b_of_the_joined_key() -> None:
    expected = hashlib.blake2b(b"5\x1fa\x1f2", digest_size=8).hexdigest()
    assert f"{key_bits(5, 'a', 2, bits=64):016x}" == expected


def test_first_draws_of_many_keys_are_uniform() -> None:
    # Chi-square over 10 bins of 2000 first draws: 9 degrees of freedom, 99.9% quantile 27.9.
    draws = [keyed(0, "entity", n).random() for n in range(2000)]
    counts = np.bincount((np.array(draws) * 10).astype(int), minlength=10)
    assert ((counts - 200.0) ** 2 / 200).sum() < 27.9
