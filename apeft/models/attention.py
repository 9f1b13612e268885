"""Grouped-query attention without repeated keys, for models that run on a processor.

PyTorch's fused kernel first repeats every key and value head for its group of queries, and
transformers' growing cache copies all of it at each token: together four fifths of the time of a
decoding step of a small model on two cores. Folding the group into the query dimension gives the
same numbers with one matrix product a head; a prompt start that all rows share is kept and read
once instead of once a row.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch

NAME = "grouped"


class Split(NamedTuple):
    """Keys or values in two parts: of a shared start, and of each row's own tokens.

    Shapes: ``shared`` (1, key_heads, shared tokens, head_dim), ``own`` (batch, key_heads, own
    tokens, head_dim). It takes a tensor's place between a split cache and this attention.
    """

    shared: torch.Tensor
    own: torch.Tensor


def grouped_attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor | Split,
    value: torch.Tensor | Split,
    attention_mask: torch.Tensor | None,
    scaling: float,
    dropout: float = 0.0,
    **extras: Any,
) -> tuple[torch.Tensor, None]:
    """Attend with key heads shared by groups of query heads (transformers' attention interface).

    Args:
        module: the attention layer (unused; part of the interface).
        query: shape (batch, heads, queries, head_dim).
        key: shape (batch, key_heads, keys, head_dim), or split; ``heads`` is a multiple of
            ``key_heads``.
        value: as ``key``.
        attention_mask: additive, shape (batch or 1, 1, queries, keys), or None for no mask.
        scaling: factor on the scores.
        dropout: must be 0: preference losses need deterministic log-probabilities.
        **extras: what a model adds; soft caps and sinks are refused.

    Returns:
        The output, shape (batch, queries, heads, head_dim), and None for the unused weights.
    """
    if dropout:
        raise ValueError("grouped attention has no dropout; set attention_dropout to 0")
    if extras.get("softcap") is not None or extras.get("s_aux") is not None:
        raise ValueError(
            "grouped attention knows no soft caps or sinks; set machine.attention: eager"
        )
    batch, heads, queries, width = query.shape
    keys = key if isinstance(key, Split) else Split(key[:1, :, :0], key)
    values = value if isinstance(value, Split) else Split(value[:1, :, :0], value)
    key_heads, start = keys.shared.shape[1:3]
    group = heads // key_heads
    folded = (query * scaling).reshape(batch, key_heads, group * queries, width)
    scores = torch.matmul(folded, keys.own.transpose(2, 3))
    if start:
        # (key_heads, batch * rows of queries, head_dim) times one shared (head_dim, start).
        flat = folded.transpose(0, 1).reshape(key_heads, batch * group * queries, width)
        shared = torch.matmul(flat, keys.shared[0].transpose(1, 2))
        shared = shared.view(key_heads, batch, group * queries, start).transpose(0, 1)
        scores = torch.cat([shared, scores], dim=-1)
    if attention_mask is not None:
        total = scores.shape[-1]
        scores = scores.view(batch, key_heads, group, queries, total) + attention_mask[:, :, None]
        scores = scores.view(batch, key_heads, group * queries, total)
    weights = torch.softmax(scores, dim=-1, dtype=torch.float32).to(query.dtype)
    mixed = torch.matmul(weights[..., start:], values.own)
    if start:
        flat = weights[..., :start].transpose(0, 1).reshape(key_heads, -1, start)
        shared = torch.matmul(flat, values.shared[0])
        mixed = mixed + shared.view(key_heads, batch, group * queries, width).transpose(0, 1)
    return mixed.view(batch, heads, queries, width).transpose(1, 2).contiguous(), None


def register() -> str:
    """Make the implementation known to transformers (idempotent) and return its name."""
    from transformers import AttentionInterface
    from transformers.masking_utils import AttentionMaskInterface, eager_mask

    AttentionInterface.register(NAME, grouped_attention)
    AttentionMaskInterface.register(NAME, eager_mask)
    return NAME
