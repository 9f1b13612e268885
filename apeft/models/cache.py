"""A key-value cache for decoding: room set aside, and a shared prompt start kept once.

transformers' own growing layer copies the whole cache at every token, and holds a prompt start
that all rows share once a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from transformers import PreTrainedModel
from transformers.cache_utils import Cache, DynamicLayer

from apeft.models.attention import NAME, Split


class RoomyLayer(DynamicLayer):
    """One layer's keys and values: a shared start, and buffers with room for own tokens.

    With ``split`` the start stays one row and :func:`grouped_attention` reads both parts; any
    other attention gets whole tensors, with the start copied into each row's buffer.
    """

    def __init__(
        self, keys: torch.Tensor, values: torch.Tensor, rows: int, room: int, *, split: bool
    ) -> None:
        super().__init__()
        batch, heads, length, width = keys.shape
        if batch not in (1, rows):
            raise ValueError(f"cannot spread a cache of {batch} rows over {rows}")
        split = split and batch == 1
        copied = 0 if split else length
        self.dtype, self.device = keys.dtype, keys.device
        self._shared = (keys, values) if split else None
        self._length = copied
        self._keys = keys.new_empty(rows, heads, copied + room, width)
        self._values = values.new_empty(rows, heads, copied + room, width)
        self._keys[:, :, :copied] = keys[:, :, :copied]
        self._values[:, :, :copied] = values[:, :, :copied]
        self.is_initialized = True

    def get_seq_length(self) -> int:
        """Tokens in the cache, shared ones included."""
        return self._length + (self._shared[0].shape[2] if self._shared else 0)

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args: Any, **kwargs: Any
    ) -> tuple[torch.Tensor | Split, torch.Tensor | Split]:
        """Write new tokens behind the old ones and return views of everything."""
        end = self._length + key_states.shape[2]
        self._keys[:, :, self._length : end] = key_states
        self._values[:, :, self._length : end] = value_states
        self._length = end
        keys, values = self._keys[:, :, :end], self._values[:, :, :end]
        if self._shared is None:
            return keys, values
        return Split(self._shared[0], keys), Split(self._shared[1], values)

    def taken(self, rows: torch.Tensor, room: int) -> RoomyLayer:
        """Copy the given rows (any may repeat) into a new layer with room for more tokens."""
        keys, values = self._keys[rows, :, : self._length], self._values[rows, :, : self._length]
        copy = RoomyLayer(keys, values, len(rows), room, split=False)
        copy._shared = self._shared
        return copy


def roomy_cache(model: PreTrainedModel, cache: Cache, rows: int, room: int) -> Cache:
    """Spread a prefilled cache over ``rows`` rows, with room for ``room`` own tokens each.

    Args:
        model: decides by its attention whether a start of one row can stay shared.
        cache: filled by ``model``; of one row (a shared start) or of ``rows`` rows.
        rows: sequences.
        room: tokens that will be added.
    """
    split = model.config._attn_implementation == NAME
    return Cache(
        layers=[RoomyLayer(x.keys, x.values, rows, room, split=split) for x in cache.layers]
    )


def take_rows(cache: Cache, rows: torch.Tensor, room: int) -> Cache:
    """Copy the given rows (any may repeat) of a roomy cache, with room for more tokens."""
    return Cache(layers=[layer.taken(rows, room) for layer in cache.layers])


def gather_starts(
    model: PreTrainedModel, starts: Sequence[Cache | None], owners: Sequence[int], room: int
) -> tuple[Cache, torch.Tensor]:
    """Give each row its start, right-aligned, with room behind it.

    Args:
        model: whose caches these are.
        starts: caches of one row each; None for an empty start.
        owners: for each row, the index of its start.
        room: tokens that will be added.

    Returns:
        The cache and its attention mask, shape (rows, longest start).
    """
    lengths = [0 if start is None else start.get_seq_length() for start in starts]
    longest = max(lengths)
    filled = next(start for start in starts if start is not None)
    mask = torch.zeros((len(owners), longest), dtype=torch.long, device=model.device)
    members = [[row for row, owner in enumerate(owners) if owner == i] for i in range(len(starts))]
    for rows, length in zip(members, lengths, strict=True):
        mask[rows, longest - length :] = 1
    layers = []
    for depth, layer in enumerate(filled.layers):
        shape = (len(owners), layer.keys.shape[1], longest, layer.keys.shape[3])
        # Zeros, not whatever memory holds: a masked position still meets a weight of 0.
        keys, values = layer.keys.new_zeros(shape), layer.values.new_zeros(shape)
        for start, rows, length in zip(starts, members, lengths, strict=True):
            if start is not None and rows:
                keys[rows, :, longest - length :] = start.layers[depth].keys
                values[rows, :, longest - length :] = start.layers[depth].values
        layers.append(RoomyLayer(keys, values, len(owners), room, split=False))
    return Cache(layers=layers), mask
