"""A key-value cache with room set aside, so that a decoding step copies nothing."""

from __future__ import annotations

from typing import Any

import torch
from transformers.cache_utils import Cache, DynamicLayer


class RoomyLayer(DynamicLayer):
    """One layer's keys and values in a buffer with room for ``room`` more tokens.

    transformers' own growing layer concatenates, that is copies, the whole cache at every token.
    """

    def __init__(self, keys: torch.Tensor, values: torch.Tensor, rows: int, room: int) -> None:
        super().__init__()
        batch, heads, length, width = keys.shape
        if batch not in (1, rows):
            raise ValueError(f"cannot spread a cache of {batch} rows over {rows}")
        self.dtype, self.device = keys.dtype, keys.device
        self.length = length
        self._keys = keys.new_empty(rows, heads, length + room, width)
        self._values = values.new_empty(rows, heads, length + room, width)
        self._keys[:, :, :length] = keys
        self._values[:, :, :length] = values
        self.is_initialized = True
        self._view()

    def _view(self) -> None:
        self.keys = self._keys[:, :, : self.length]
        self.values = self._values[:, :, : self.length]

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args: Any, **kwargs: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Write new tokens behind the old ones and return views of everything."""
        end = self.length + key_states.shape[2]
        self._keys[:, :, self.length : end] = key_states
        self._values[:, :, self.length : end] = value_states
        self.length = end
        self._view()
        return self.keys, self.values

    def keep_rows(self, rows: torch.Tensor) -> None:
        """Drop the rows of finished sequences; ``rows`` are the indices to keep."""
        self._keys = self._keys[rows]
        self._values = self._values[rows]
        self._view()


def roomy_cache(cache: Cache, rows: int, room: int) -> Cache:
    """Spread a prefilled cache of one row over ``rows`` rows, with room for ``room`` tokens."""
    return Cache(layers=[RoomyLayer(x.keys, x.values, rows, room) for x in cache.layers])


def keep_rows(cache: Cache, rows: torch.Tensor) -> None:
    """Keep only the given rows in every layer of a roomy cache."""
    for layer in cache.layers:
        layer.keep_rows(rows)
