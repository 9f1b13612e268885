"""Shared starts, padding and stop tokens (by hand)."""

import pytest
import torch
from tiny_model import END
from transformers import PreTrainedTokenizerBase

from apeft.sampling.tokens import Group, pad_left, prefix_groups, stop_tokens


@pytest.mark.parametrize(
    ("rows", "limits", "groups"),
    [
        # By hand: (common length, members). Half of a row must be common to join.
        ([[1, 2, 3, 4], [1, 2, 9]], [3, 2], [(2, [0, 1])]),
        ([[1, 2, 3, 4], [1, 9, 9, 9]], [3, 3], [(3, [0]), (3, [1])]),
        ([[1, 2, 3]], [2], [(2, [0])]),
        ([[1, 2], [1, 2]], [1, 1], [(1, [0, 1])]),
        ([[5, 1], [6, 1]], [1, 1], [(1, [0]), (1, [1])]),
        ([[7, 8, 9, 1], [5], [7, 8, 9, 2]], [3, 0, 3], [(0, [1]), (3, [0, 2])]),
    ],
)
def test_rows_that_begin_alike_form_a_group_within_their_limits(
    rows: list[list[int]], limits: list[int], groups: list[tuple[int, list[int]]]
) -> None:
    assert prefix_groups(rows, limits) == [Group(*group) for group in groups]


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
