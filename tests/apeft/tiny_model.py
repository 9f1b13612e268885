"""A byte-level tokenizer with a few merges by hand, and random Llama models over it."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
)

from apeft.models import attention

END, PAD, BEGIN = "<|end|>", "<|pad|>", "<|begin|>"
SPACE, LINE = "\u0120", "\u010a"  # how a byte-level tokenizer writes " " and "\n"
# ".\n" is one token, so a stop string may come with text before it.
MERGES = (("t", "h"), ("th", "e"), (SPACE, "the"), (SPACE, "a"), (".", LINE), ("i", "n"))


def tiny_tokenizer(
    merges: Sequence[tuple[str, str]] = MERGES, *, begin: str | None = None
) -> PreTrainedTokenizerBase:
    """Make a tokenizer whose only merges are the given ones, also across words."""
    words = [END, PAD, BEGIN, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    words += [left + right for left, right in merges]
    vocabulary = {word: index for index, word in enumerate(words)}
    raw = Tokenizer(models.BPE(vocab=vocabulary, merges=list(merges)))
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    raw.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(
        tokenizer_object=raw, eos_token=END, pad_token=PAD, bos_token=begin
    )


def tiny_llama(
    tokenizer: PreTrainedTokenizerBase,
    *,
    seed: int = 0,
    implementation: str = "grouped",
    spread: float = 0.3,
    head_dim: int = 8,
) -> PreTrainedModel:
    """Two layers, four heads in two groups; ``spread`` is the weights' standard deviation."""
    attention.register()
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=head_dim,
        max_position_embeddings=256,
        initializer_range=spread,
        tie_word_embeddings=False,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        attn_implementation=implementation,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return LlamaForCausalLM(config).eval()


@torch.inference_mode()
def plain_logits(model: PreTrainedModel, ids: Sequence[int]) -> torch.Tensor:
    """Logits of one unbatched, unpadded, uncached pass, shape (tokens, vocabulary)."""
    return model(torch.tensor([list(ids)]), use_cache=False).logits[0].float()


def plain_logp(model: PreTrainedModel, prompt: Sequence[int], completion: Sequence[int]) -> float:
    """Log-probability (nats) of a completion by one plain pass."""
    logps = plain_logits(model, [*prompt, *completion]).log_softmax(dim=-1)
    return sum(
        float(logps[len(prompt) + place - 1, token]) for place, token in enumerate(completion)
    )
