"""A cache with room against a full forward pass."""

import pytest
import torch
from tiny_model import plain_logits, tiny_llama
from transformers import DynamicCache, PreTrainedModel, PreTrainedTokenizerBase

from apeft.models.cache import gather_starts, roomy_cache, take_rows
from apeft.models.prefill import read

IDS = torch.randint(5, 200, (3, 14), generator=torch.Generator().manual_seed(0))
START = 6


@pytest.fixture(params=["grouped", "eager", "sdpa"])
def model(
    request: pytest.FixtureRequest, one_thread: None, tokenizer: PreTrainedTokenizerBase
) -> PreTrainedModel:
    return tiny_llama(tokenizer, implementation=request.param)


def prefilled(model: PreTrainedModel, ids: torch.Tensor) -> DynamicCache:
    cache = DynamicCache(config=model.config)
    model(ids, past_key_values=cache, use_cache=True)
    return cache


def assert_reads_like_full_passes(
    model: PreTrainedModel, cache: object, rows: list[list[int]], at: int
) -> None:
    """Read each row's tokens from ``at`` one by one and compare with plain passes."""
    expected = [plain_logits(model, row) for row in rows]
    for place in range(at, len(rows[0])):
        step = torch.tensor([[row[place]] for row in rows])
        mask = torch.ones(len(rows), place + 1, dtype=torch.long)
        logits = model(step, attention_mask=mask, past_key_values=cache, use_cache=True).logits
        for row in range(len(rows)):
            torch.testing.assert_close(logits[row, 0], expected[row][place], atol=1e-4, rtol=1e-4)


@torch.inference_mode()
def test_a_shared_start_spread_over_rows_equals_full_passes(model: PreTrainedModel) -> None:
    rows = [[*IDS[0, :START].tolist(), *row[START:].tolist()] for row in IDS]
    cache = roomy_cache(model, prefilled(model, IDS[:1, :START]), rows=3, room=14 - START)
    assert cache.get_seq_length() == START
    assert_reads_like_full_passes(model, cache, rows, START)
    assert cache.get_seq_length() == 14


@torch.inference_mode()
def test_rows_of_their_own_equal_full_passes(model: PreTrainedModel) -> None:
    cache = roomy_cache(model, prefilled(model, IDS[:, :START]), rows=3, room=14 - START)
    assert_reads_like_full_passes(model, cache, IDS.tolist(), START)


@pytest.mark.parametrize("taken", [[2], [0, 2], [1, 1, 0, 2]])
@torch.inference_mode()
def test_taken_rows_go_on_as_full_passes(model: PreTrainedModel, taken: list[int]) -> None:
    rows = [[*IDS[0, :START].tolist(), *row[START:].tolist()] for row in IDS]
    cache = roomy_cache(model, prefilled(model, IDS[:1, :START]), rows=3, room=3)
    middle = torch.tensor([row[START : START + 3] for row in rows])
    model(middle, past_key_values=cache, use_cache=True)
    cache = take_rows(cache, torch.tensor(taken), 14 - START - 3)
    assert_reads_like_full_passes(model, cache, [rows[row] for row in taken], START + 3)


@torch.inference_mode()
def test_a_cache_of_other_rows_cannot_be_spread(model: PreTrainedModel) -> None:
    with pytest.raises(ValueError, match="2 rows over 3"):
        roomy_cache(model, prefilled(model, IDS[:2]), rows=3, room=1)


@torch.inference_mode()
def test_more_tokens_than_there_is_room_for_are_refused(model: PreTrainedModel) -> None:
    cache = roomy_cache(model, prefilled(model, IDS[:, :4]), rows=3, room=2)
    with pytest.raises(RuntimeError):
        model(IDS[:, 4:7], past_key_values=cache, use_cache=True)


@torch.inference_mode()
def test_starts_of_several_lengths_are_given_to_their_rows(model: PreTrainedModel) -> None:
    lengths, owners = [6, 4, 0], [1, 0, 2, 1]
    starts = [prefilled(model, IDS[:1, :6]), prefilled(model, IDS[1:2, :4]), None]
    cache, mask = gather_starts(model, starts, owners, room=3)
    assert mask.sum(dim=1).tolist() == [lengths[owner] for owner in owners]
    own = [IDS[2, 6 + row : 9 + row].tolist() for row in range(4)]
    mask = torch.cat([mask, torch.ones(4, 3, dtype=torch.long)], dim=1)
    logits = read(model, torch.tensor(own), mask, cache, 3)
    for row, owner in enumerate(owners):
        whole = [*IDS[owner, : lengths[owner]].tolist(), *own[row]]
        expected = plain_logits(model, whole)[-3:]
        torch.testing.assert_close(logits[row], expected, atol=1e-4, rtol=1e-4)
