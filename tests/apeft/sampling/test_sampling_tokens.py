"""Shared starts, padding and stop tokens (by hand)."""

import pytest
import torch
from tiny_model import END
from transformers import PreTrainedTokenizerBase

from apeft.sampling.tokens import pad_left, shared_prefix, stop_tokens


@pytest.mark.parametrize(
    ("rows", "length"),
    [
        ([[1, 2, 3, 4], [1, 2, 9]], 2),
        ([[1, 2, 3]], 2),
        ([[1, 2], [1, 2]], 1),
        ([[1, 2, 3], [1, 2]], 1),
        ([[1], [1, 2]], 0),
        ([[5, 1], [6, 1]], 0),
    ],
)
def test_the_shared_start_leaves_every_row_a_token(rows: list[list[int]], length: int) -> None:
    assert shared_prefix(rows) == length


def test_rows_are_aligned_to_the_right() -> None:
    ids, mask = pad_left([[7], [8, 9, 10]], 0, torch.device("cpu"))
    assert ids.tolist() == [[0, 0, 7], [8, 9, 10]]
    assert mask.tolist() == [[0, 0, 1], [1, 1, 1]]


def test_every_token_that_contains_the_stop_ends_and_so_does_end_of_text(
    tokenizer: PreTrainedTokenizerBase,
) -> None:
    found = stop_tokens(tokenizer, len(tokenizer), "\n")
    written = {tokenizer.decode([index]) for index in found}
    assert written == {"\n", ".\n", END}
    assert stop_tokens(tokenizer, len(tokenizer), "~~") == {tokenizer.eos_token_id}
