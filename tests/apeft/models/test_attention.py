"""Grouped attention against transformers' own eager attention."""

from types import SimpleNamespace

import pytest
import torch
from tiny_model import tiny_llama
from transformers import PreTrainedTokenizerBase
from transformers.models.llama.modeling_llama import eager_attention_forward

from apeft.models.attention import Split, grouped_attention

GENERATOR = torch.Generator().manual_seed(0)


def random(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=GENERATOR)


def masks(batch: int, queries: int, keys: int) -> dict[str, torch.Tensor | None]:
    """None, causal, and causal with padding on the left of every row but the first."""
    lowest = torch.finfo(torch.float32).min
    past = torch.arange(keys)[None] <= torch.arange(queries)[:, None] + keys - queries
    causal = torch.where(past, 0.0, lowest)[None, None]
    padded = causal.repeat(batch, 1, 1, 1)
    for row in range(batch):
        padded[row, :, :, :row] = lowest
    return {"none": None, "causal": causal, "padded": padded}


@pytest.mark.parametrize("heads", [(4, 2), (9, 3), (4, 4), (6, 1)])
@pytest.mark.parametrize("mask", ["none", "causal", "padded"])
@pytest.mark.parametrize(("queries", "keys"), [(7, 7), (1, 9), (3, 8)])
def test_equals_eager_attention(heads: tuple[int, int], mask: str, queries: int, keys: int) -> None:
    query, key, value = (
        random(3, heads[0], queries, 8), random(3, heads[1], keys, 8), random(3, heads[1], keys, 8)
    )  # fmt: skip
    module = SimpleNamespace(num_key_value_groups=heads[0] // heads[1], training=False)
    additive = masks(3, queries, keys)[mask]
    expected, _ = eager_attention_forward(module, query, key, value, additive, 8**-0.5)
    ours, _ = grouped_attention(module, query, key, value, additive, 8**-0.5)
    assert ours.shape == (3, queries, heads[0], 8)
    torch.testing.assert_close(ours, expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize("mask", ["none", "causal", "padded"])
def test_a_shared_start_gives_what_whole_keys_give(mask: str) -> None:
    query, shared, own = random(3, 4, 2, 8), random(2, 1, 2, 5, 8), random(2, 3, 2, 4, 8)
    keys, values = (
        torch.cat([start.expand(3, -1, -1, -1), rest], dim=2)
        for start, rest in zip(shared, own, strict=True)
    )
    additive = masks(3, 2, 9)[mask]
    whole, _ = grouped_attention(None, query, keys, values, additive, 0.3)
    split, _ = grouped_attention(
        None, query, Split(shared[0], own[0]), Split(shared[1], own[1]), additive, 0.3
    )
    torch.testing.assert_close(split, whole, atol=1e-5, rtol=0)


def test_dropout_is_refused() -> None:
    states = random(1, 2, 3, 4)
    with pytest.raises(ValueError, match="dropout"):
        grouped_attention(None, states, states, states, None, 1.0, dropout=0.1)


def test_a_whole_model_reads_the_same_with_and_without_padding(
    one_thread: None, tokenizer: PreTrainedTokenizerBase
) -> None:
    ours = tiny_llama(tokenizer)
    eager = tiny_llama(tokenizer, implementation="eager")
    ids = torch.randint(5, 200, (3, 12), generator=torch.Generator().manual_seed(1))
    mask = torch.ones_like(ids)
    mask[1, :4] = mask[2, :9] = 0
    for padding in (None, mask):
        with torch.inference_mode():
            logits = ours(ids, attention_mask=padding).logits
            expected = eager(ids, attention_mask=padding).logits
        seen = slice(None) if padding is None else mask.bool()
        torch.testing.assert_close(logits[seen], expected[seen], atol=1e-5, rtol=1e-5)


def test_gradients_equal_those_of_eager_attention(
    one_thread: None, tokenizer: PreTrainedTokenizerBase
) -> None:
    ids = torch.randint(5, 200, (2, 10), generator=torch.Generator().manual_seed(2))
    gradients = []
    for implementation in ("grouped", "eager"):
        model = tiny_llama(tokenizer, implementation=implementation)
        model(ids, labels=ids).loss.backward()
        gradients.append(model.model.layers[0].self_attn.k_proj.weight.grad)
    torch.testing.assert_close(gradients[0], gradients[1], atol=1e-5, rtol=1e-4)
