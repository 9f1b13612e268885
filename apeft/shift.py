"""Token distribution shift between a tuned model and its base (Lin et al. 2023, arXiv 2312.01552).

The tuned model's own greedy tokens are looked up in the base model's distribution after the same
prefix. Everything is in float32 on exact token ids: in bfloat16 a model teacher-forced on its own
greedy text already shows ranks above 1 and exact ties.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

_WORD = re.compile(r"[^\W_]+")
_SHORT = 3  # letters of "the", "is", "did": grammar puts them anywhere, so they are no copies
_ASKS = ("Question", "Instruction")  # a sentence, whose first word has its capital from the grammar
UNSHIFTED, MARGINAL, SHIFTED = "unshifted", "marginal", "shifted"


@dataclass(frozen=True)
class TokenShift:
    """Shift of one response, by position.

    Attributes:
        rank: 1 + number of tokens that the base finds strictly likelier than the one written.
        top: the base's likeliest token.
        p_top: the base's probability of that token.
        kl_tuned_base: full-vocabulary KL(tuned || base), nats.
        kl_base_tuned: full-vocabulary KL(base || tuned), nats.
        ties: tokens (other than the written one) with exactly its base logit.
    """

    rank: list[int]
    top: list[int]
    p_top: list[float]
    kl_tuned_base: list[float]
    kl_base_tuned: list[float]
    ties: list[int]


def token_shift(tokens: torch.Tensor, tuned: torch.Tensor, base: torch.Tensor) -> TokenShift:
    """Compare two distributions at each position of a response.

    Args:
        tokens: written token ids, shape (positions,).
        tuned: the tuned model's logits, float32, shape (positions, vocabulary).
        base: the base model's logits, same shape.
    """
    import torch

    if tuned.dtype != torch.float32 or base.dtype != torch.float32:
        raise TypeError("token shift needs float32 logits: ranks tie in reduced precision")
    if tuned.shape != base.shape or tokens.shape[0] != tuned.shape[0]:
        raise ValueError(f"shapes differ: {tokens.shape}, {tuned.shape}, {base.shape}")
    written = base.gather(1, tokens[:, None])
    p = tuned.log_softmax(dim=-1)
    q = base.log_softmax(dim=-1)
    gap = p - q
    return TokenShift(
        rank=((base > written).sum(dim=-1) + 1).tolist(),
        top=base.argmax(dim=-1).tolist(),
        p_top=q.max(dim=-1).values.exp().tolist(),
        # Rounding can leave a KL of equal distributions a hair below 0.
        kl_tuned_base=(p.exp() * gap).sum(dim=-1).clamp_min(0).tolist(),
        kl_base_tuned=(q.exp() * -gap).sum(dim=-1).clamp_min(0).tolist(),
        ties=((base == written).sum(dim=-1) - 1).tolist(),
    )


def region(rank: int, marginal_rank: int = 3) -> str:
    """Name a rank: 1 unshifted, up to ``marginal_rank`` marginal, above it shifted."""
    if rank == 1:
        return UNSHIFTED
    return MARGINAL if rank <= marginal_rank else SHIFTED


def prompt_words(plain: str) -> frozenset[str]:
    r"""Case-folded words of a plain prompt ("Name: Marie Curie\nBiography:") that a text may copy.

    They are those of the prompt's own line that are names or numbers (not wholly in small letters)
    or longer than "the" and "did"; labels and examples are not its own.
    """
    label, _, rest = plain.partition(":")
    words = _WORD.findall(rest.rpartition("\n")[0] or rest)
    names = words[1:] if label in _ASKS else words
    kept = {one for one in words if len(one) > _SHORT} | {one for one in names if not one.islower()}
    return frozenset(one.casefold() for one in kept)


def copied(text: str, ends: Sequence[int], plain: str) -> list[bool]:
    """Whether each token of a text belongs to words that its plain prompt has already.

    Args:
        text: the whole text.
        ends: where each of the tokens ends in it, shape (positions,).
        plain: the plain prompt.

    Returns:
        True for a token that has letters or digits, all of them within words of the prompt.
    """
    known = prompt_words(plain)
    own, inside = [0] * len(text), [0] * len(text)
    for word in _WORD.finditer(text):
        for place in range(*word.span()):
            inside[place], own[place] = 1, int(word.group().casefold() in known)
    spans = list(zip([0, *ends], ends, strict=False))
    return [0 < sum(inside[start:end]) == sum(own[start:end]) for start, end in spans]
