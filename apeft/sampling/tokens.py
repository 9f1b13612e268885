"""Token bookkeeping that sampling and scoring share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


def shared_prefix(rows: Sequence[Sequence[int]]) -> int:
    """Length of the common start of all rows, leaving each row at least one token of its own."""
    shortest = min(len(row) for row in rows) - 1
    first = rows[0]
    for index in range(shortest):
        if any(row[index] != first[index] for row in rows):
            return index
    return shortest


def pad_left(
    rows: Sequence[Sequence[int]], pad: int, device: torch.device
) -> tuple[torch.Tensor, torch.Tensor]:
    """Right-align rows: token ids and attention mask, both of shape (rows, longest)."""
    width = max(len(row) for row in rows)
    ids = torch.full((len(rows), width), pad, dtype=torch.long)
    mask = torch.zeros((len(rows), width), dtype=torch.long)
    for index, row in enumerate(rows):
        ids[index, width - len(row) :] = torch.tensor(row)
        mask[index, width - len(row) :] = 1
    return ids.to(device), mask.to(device)


def stop_tokens(tokenizer: PreTrainedTokenizerBase, vocabulary: int, stop: str) -> set[int]:
    """Every token whose text contains the stop string, and the end-of-text token."""
    texts = tokenizer.batch_decode([[index] for index in range(min(vocabulary, len(tokenizer)))])
    found = {index for index, text in enumerate(texts) if stop in text}
    return found | {tokenizer.eos_token_id}
