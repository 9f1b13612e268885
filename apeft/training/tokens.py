"""Tokenising a completion, once for references, training and validation.

A completion ends in training as it does in sampling and evaluation, with a line end: the
end-of-text token is one that the study's prompts never ask for. What is trained is how prompt,
completion and line end are encoded as one text, so a token that joins the line end with the sign
before it, as many tokenizers join a full stop with it, is the one that ends a sampled text too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from apeft.records import digest
from apeft.sampling.base import SampleSettings

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

END = SampleSettings.stop


def split_completion(
    tokenizer: PreTrainedTokenizerBase, prompt: str, completion: str
) -> tuple[list[int], list[int]]:
    """Return (prompt ids, completion ids) of one completion, its line end included.

    The completion begins where the prompt alone and the whole text part.
    """
    prompt_ids = tokenizer(prompt)["input_ids"]
    full = tokenizer(prompt + completion.removesuffix(END) + END)["input_ids"]
    length = 0
    for left, right in zip(prompt_ids, full, strict=False):
        if left != right:
            break
        length += 1
    return prompt_ids[:length], full[length:]


def reference_key(prompt: str, completion: str) -> str:
    """The key under which a completion's reference log-probability is stored."""
    return digest([prompt, completion])
