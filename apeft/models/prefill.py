"""Reading many prompts at once: a start that several share is read once for all of them.

A pass of a small model over a few rows costs as much as one over many, since its weights must
come from memory either way. So prompts with different examples are read together: first each
group's common start, then every prompt's own end.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from transformers import DynamicCache, PreTrainedModel
from transformers.cache_utils import Cache

from apeft.models.cache import gather_starts, roomy_cache, take_rows
from apeft.sampling.tokens import pad_left, prefix_groups

Rows = Sequence[Sequence[int]]
KEPT_TOKENS = 4096  # of read starts, in all; a 7B model keeps about half a megabyte a token


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


class Starts:
    """Common starts of prompts, each read once, alone, and kept for whatever is read next.

    A start is read in a batch of its own, so what it gives depends neither on the prompts beside
    it nor on what was read before: work that a kill interrupted goes on to the same numbers.
    """

    def __init__(self, model: PreTrainedModel, prompts: Rows = ()) -> None:
        """Find the common starts of all ``prompts`` that will be read, in whatever portions."""
        self._model = model
        groups = prefix_groups(prompts, [len(prompt) - 1 for prompt in prompts])
        self._known = [tuple(prompts[g.members[0]][: g.length]) for g in groups if g.length]
        self._known.sort(key=lambda start: (-len(start), start))
        self._read: OrderedDict[tuple[int, ...], DynamicCache] = OrderedDict()

    def of(self, rows: Rows, limits: Sequence[int]) -> list[tuple[int, ...]]:
        """Each row's start, at most ``limits`` tokens: a known one, else what these rows share."""
        found: list[tuple[int, ...]] = []
        for row, limit in zip(rows, limits, strict=True):
            fits = (s for s in self._known if len(s) <= limit and tuple(row[: len(s)]) == s)
            found.append(next(fits, ()))
        left = [index for index, start in enumerate(found) if not start]
        for group in prefix_groups([rows[i] for i in left], [limits[i] for i in left]):
            if len(group.members) > 1:
                for member in group.members:
                    found[left[member]] = tuple(rows[left[member]][: group.length])
        return found

    def cache(self, start: tuple[int, ...]) -> DynamicCache:
        """Keys and values of a start, one row."""
        if start in self._read:
            self._read.move_to_end(start)
            return self._read[start]
        cache = DynamicCache(config=self._model.config)
        ids = torch.tensor([start], dtype=torch.long, device=self._model.device)
        read(self._model, ids, torch.ones_like(ids), cache, 1)
        self._read[start] = cache
        while len(self._read) > 1 and sum(map(len, self._read)) > KEPT_TOKENS:
            self._read.popitem(last=False)
        return cache


def prefill(
    model: PreTrainedModel,
    rows: Rows,
    *,
    pad: int,
    keep: int = 1,
    limits: Sequence[int] | None = None,
    starts: Starts | None = None,
) -> Prefilled:
    """Read every prompt.

    Args:
        model: a causal language model.
        rows: token ids of each prompt (at least one).
        pad: padding token id.
        keep: positions, from each prompt's end, whose logits are wanted.
        limits: for each row, how many of its first tokens may be shared at most; the others are
            read in the row itself, and only their positions have logits. By default all but the
            last ``keep``.
        starts: keeps common starts from call to call; by default only these rows' are known.
    """
    starts = starts or Starts(model)
    if limits is None:
        limits = [max(0, len(row) - keep) for row in rows]
    found = starts.of(rows, limits)
    tails = [row[len(start) :] for row, start in zip(rows, found, strict=True)]
    ids, mask = pad_left(tails, pad, model.device)
    distinct = sorted(set(found))
    cache: Cache
    if distinct == [()]:
        cache = DynamicCache(config=model.config)
    elif len(distinct) == 1:
        cache = roomy_cache(model, starts.cache(distinct[0]), len(rows), ids.shape[1])
        mask = torch.cat([mask.new_ones(len(rows), len(distinct[0])), mask], dim=1)
    else:
        cache, start_mask = gather_starts(
            model, [starts.cache(s) if s else None for s in distinct],
            [distinct.index(start) for start in found], ids.shape[1],
        )  # fmt: skip
        mask = torch.cat([start_mask, mask], dim=1)
    logits = read(model, ids, mask, cache, keep)
    if distinct == [()]:
        cache = roomy_cache(model, cache, len(rows), 0)
    return Prefilled(cache, mask, logits)
