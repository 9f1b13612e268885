"""How far two samplers' completions of the same prompts agree."""

from __future__ import annotations

from collections.abc import Sequence

from apeft.records import Record
from apeft.sampling.base import Completion
from apeft.sampling.tokens import common_length


def agreement(one: Sequence[Completion], other: Sequence[Completion]) -> Record:
    """Compare completions pair by pair.

    Returns:
        ``texts``, how many; ``identical``, the share of equal texts; ``common_tokens``, the mean
        length of the common start in tokens; ``common_share``, the same as a share of the longer
        completion (two empty ones agree).
    """
    pairs = [(a, b, common_length(a.tokens, b.tokens)) for a, b in zip(one, other, strict=True)]
    longer = [max(len(a.tokens), len(b.tokens)) for a, b, _ in pairs]
    shares = [
        common / length if length else 1.0
        for (_, _, common), length in zip(pairs, longer, strict=True)
    ]
    return {
        "texts": len(pairs),
        "identical": sum(a.text == b.text for a, b, _ in pairs) / len(pairs),
        "common_tokens": sum(common for _, _, common in pairs) / len(pairs),
        "common_share": sum(shares) / len(pairs),
    }
