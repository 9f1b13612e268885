"""Tokenising a pair as TRL does, so that references computed beforehand belong to its tokens.

TRL appends the end-of-text token to a completion, tokenises prompt and prompt + completion apart
and lets the completion begin where the two part. A test holds this against TRL's own precompute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from apeft.records import digest

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


def split_completion(
    tokenizer: PreTrainedTokenizerBase, prompt: str, completion: str
) -> tuple[list[int], list[int]]:
    """Return (prompt ids, completion ids) of one completion, end-of-text token included."""
    if not completion.endswith(tokenizer.eos_token):
        completion += tokenizer.eos_token
    prompt_ids = tokenizer(prompt)["input_ids"]
    full = tokenizer(prompt + completion)["input_ids"]
    length = 0
    for left, right in zip(prompt_ids, full, strict=False):
        if left != right:
            break
        length += 1
    return prompt_ids[:length], full[length:]


def reference_key(prompt: str, completion: str) -> str:
    """The key under which a completion's reference log-probability is stored."""
    return digest([prompt, completion])
