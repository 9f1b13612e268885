"""Explicit random generators, keyed by what they are for.

A generator that is derived from its purpose (seed, entity, relation, …) draws the same numbers
whatever was drawn before it, so adding a person or a stage changes nobody else's draws.
"""

from __future__ import annotations

import hashlib

import numpy as np


def key_bits(seed: int, *key: str | int, bits: int = 128) -> int:
    """Hash (seed, key…) to an integer of ``bits`` bits; parts cannot run into one another."""
    text = "\x1f".join([str(seed), *(str(part) for part in key)])
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=bits // 8).digest(), "big")


def keyed(seed: int, *key: str | int) -> np.random.Generator:
    """Return a generator that depends on (seed, key…) alone (NumPy's counter-based Philox)."""
    return np.random.Generator(np.random.Philox(key=key_bits(seed, *key)))
