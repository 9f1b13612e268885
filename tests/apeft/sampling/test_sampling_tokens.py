"""Shared starts, padding and stop tokens (by hand)."""

import pytest
import torch
from tiny_model import END
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import PreTrainedTokenizerBase, PreTrainedTokenizerFast

from apeft.errors import UserError
from apeft.sampling.tokens import (
    Group,
    continuation,
    pad_left,
    prefix_groups,
    stop_tokens,
    written_text,
)


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


def sentencepiece_like() -> PreTrainedTokenizerBase:
    """As LLaMA-2's: begins with a begin-of-text token, and drops a text's first space."""
    words = ["<s>", "</s>", "▁Answer", ":", "▁York", "▁the", "<0x0A>", "▁"]
    raw = Tokenizer(models.WordLevel({word: n for n, word in enumerate(words)}, unk_token="▁"))
    raw.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Metaspace(prepend_scheme="first"),
            pre_tokenizers.Split(":", "isolated"),
        ]
    )
    raw.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 0)])
    raw.decoder = decoders.Metaspace(prepend_scheme="first")
    return PreTrainedTokenizerFast(tokenizer_object=raw, bos_token="<s>", eos_token="</s>")


def test_a_continuation_has_no_begin_of_text_token_and_no_space_too_many() -> None:
    tokenizer = sentencepiece_like()
    assert tokenizer(" York")["input_ids"][0] == 0  # alone it would begin a text
    assert continuation(tokenizer, "Answer:", " York the") == [4, 5]


def test_a_border_within_a_token_is_refused(tokenizer: PreTrainedTokenizerBase) -> None:
    with pytest.raises(UserError, match="does not part"):
        continuation(tokenizer, "t", "he")  # "the" is one token
    assert continuation(tokenizer, "x:", " the") == tokenizer(" the")["input_ids"]


def test_written_text_keeps_the_space_before_its_first_word() -> None:
    tokenizer = sentencepiece_like()
    assert tokenizer.decode([4, 5]) == "York the"
    assert written_text(tokenizer, 3, [4, 5]) == " York the"
    assert written_text(tokenizer, 3, []) == ""
