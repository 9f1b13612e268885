"""Reading many prompts at once: a start that several share is read once for all of them.

A pass of a small model over a few rows costs as much as one over many, since its weights must
come from memory either way. So prompts with different examples are read together: first each
group's common start, one row a group, then every prompt's own end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from transformers import DynamicCache, PreTrainedModel
from transformers.cache_utils import Cache

from apeft.models.cache import roomy_cache, take_rows
from apeft.sampling.tokens import Group, pad_left, prefix_groups

Rows = Sequence[Sequence[int]]


@dataclass
class Prefilled:
    """A cache over prompts, one row each, ready to be read on.

    Attributes:
        cache: keys and values, with room for what follows.
        mask: attention mask, shape (rows, cached tokens).
        logits: of the last ``keep`` positions, float32, shape (rows, keep, vocabulary).
    """

    cache: Cache
    mask: torch.Tensor
    logits: torch.Tensor

    def take(self, rows: Sequence[int], room: int) -> Prefilled:
        """Copy the given rows (any may repeat), with room for more tokens."""
        index = torch.tensor(rows, device=self.mask.device)
        return Prefilled(take_rows(self.cache, index, room), self.mask[index], self.logits[index])


def read(
    model: PreTrainedModel, ids: torch.Tensor, mask: torch.Tensor, cache: Cache, keep: int
) -> torch.Tensor:
    """Read new tokens behind a cache; give the last ``keep`` positions' logits, float32.

    Args:
        model: a causal language model.
        ids: new tokens, shape (rows, new).
        mask: attention mask over cached and new tokens, shape (rows, cached + new).
        cache: grows by the new tokens.
        keep: positions, from the end.
    """
    positions = (mask.cumsum(dim=1) - 1).clamp(min=0)[:, -ids.shape[1] :]
    out = model(
        ids,
        attention_mask=mask,
        position_ids=positions,
        past_key_values=cache,
        use_cache=True,
        logits_to_keep=keep,
    )
    return out.logits.float()


def prefill(
    model: PreTrainedModel,
    rows: Rows,
    *,
    pad: int,
    keep: int = 1,
    limits: Sequence[int] | None = None,
) -> Prefilled:
    """Read every prompt.

    Args:
        model: a causal language model.
        rows: token ids of each prompt (at least one).
        pad: padding token id.
        keep: positions, from each prompt's end, whose logits are wanted.
        limits: for each row, how many of its first tokens may be shared at most; the others are
            read in the row itself. At least the last ``keep`` tokens always are.
    """
    groups = prefix_groups(rows, [_limit(row, keep, limits, i) for i, row in enumerate(rows)])
    heads, head_mask = _heads(model, rows, groups, pad)
    start = {index: group.length for group in groups for index in group.members}
    tails, tail_mask = pad_left([row[start[i] :] for i, row in enumerate(rows)], pad, model.device)
    owner = {index: place for place, group in enumerate(groups) for index in group.members}
    owners = [owner[index] for index in range(len(rows))]
    if heads is None:
        cache: Cache = DynamicCache(config=model.config)
        mask = tail_mask
    elif len(groups) == 1:
        cache = roomy_cache(model, heads, len(rows), tails.shape[1])
        mask = torch.cat([head_mask.expand(len(rows), -1), tail_mask], dim=1)
    else:
        index = torch.tensor(owners, device=model.device)
        cache = take_rows(roomy_cache(model, heads, len(groups), 0), index, tails.shape[1])
        mask = torch.cat([head_mask[index], tail_mask], dim=1)
    logits = read(model, tails, mask, cache, keep)
    if heads is None:
        cache = roomy_cache(model, cache, len(rows), 0)
    return Prefilled(cache, mask, logits)


def _limit(row: Sequence[int], keep: int, limits: Sequence[int] | None, index: int) -> int:
    most = len(row) - keep
    return max(0, most if limits is None else min(most, limits[index]))


def _heads(
    model: PreTrainedModel, rows: Rows, groups: Sequence[Group], pad: int
) -> tuple[Cache | None, torch.Tensor]:
    """Read each group's common start; groups without one make a row of padding."""
    starts = [list(rows[group.members[0]][: group.length]) for group in groups]
    if not any(starts):
        return None, torch.empty(0)
    ids, mask = pad_left(starts, pad, model.device)
    cache = DynamicCache(config=model.config)
    # A row of padding alone would attend to nothing and give NaN; nobody reads what it gives.
    safe = mask.clone()
    safe[mask.sum(dim=1) == 0] = 1
    read(model, ids, safe, cache, 1)
    return cache, mask
