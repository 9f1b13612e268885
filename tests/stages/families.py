"""Tiny models of the families that profiles name: random weights, tokenizers trained here.

No vocabulary of a real model can be had in a test, so each tokenizer is of its family's *kind*
(normaliser, pre-tokeniser, byte fallback, begin-of-text token, decoder) and is trained on the texts
at hand. The weights are random but for a few steps on the one passage that the stage `model` reads:
it refuses a model that does no better than chance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from tokenizers.processors import TemplateProcessing
from transformers import PreTrainedTokenizerFast

from apeft.models.check import PASSAGE, QUESTION

WORDS = 420  # size of a vocabulary; a byte-level alphabet takes 256 of it
# How LLaMA-3 and Qwen2 cut a text before merging (the expression in their tokenizer.json).
CUT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}%s| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def sentencepiece(texts: Sequence[str], *, metaspace: bool) -> PreTrainedTokenizerFast:
    """LLaMA-2's and Mistral's kind: a space before the first word, byte fallback, `<s>` in front.

    LLaMA-2 writes the first space as a normaliser, later Mistrals as a pre-tokeniser.
    """
    special = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    raw = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    raw.pre_tokenizer = pre_tokenizers.Metaspace(split=True)  # merges stay within words
    alphabet = sorted({sign for text in texts for sign in text if sign.isascii() and sign > " "})
    trainer = trainers.BpeTrainer(
        vocab_size=len(special) + WORDS - 256, special_tokens=special[:3], show_progress=False,
        initial_alphabet=[*alphabet, "\u2581"], limit_alphabet=len(alphabet) + 1,
    )  # fmt: skip
    raw.train_from_iterator([line for text in texts for line in text.splitlines()], trainer)
    # Byte tokens stand right after the special ones, and are ordinary words, not special ones.
    learned = json_of(raw)["model"]
    words = [word for word, _ in sorted(learned["vocab"].items(), key=lambda item: item[1])[3:]]
    vocabulary = {word: number for number, word in enumerate([*special, *words])}
    merges = [tuple(merge) for merge in learned["merges"]]
    raw = Tokenizer(
        models.BPE(vocabulary, merges, unk_token="<unk>", byte_fallback=True, fuse_unk=True)
    )
    if metaspace:
        raw.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    else:
        raw.normalizer = normalizers.Sequence(
            [normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")]
        )
    raw.decoder = decoders.Sequence(
        [decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(),
         decoders.Strip(" ", 1, 0)]
    )  # fmt: skip
    raw.post_processor = TemplateProcessing(
        single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", 1)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=raw, unk_token="<unk>", bos_token="<s>", eos_token="</s>"
    )


def byte_level(
    texts: Sequence[str], *, begin: str | None, end: str, pad: str | None, digits: str
) -> PreTrainedTokenizerFast:
    """LLaMA-3's kind (with a begin-of-text token) and Qwen's (without one, with NFC)."""
    special = [word for word in (begin, end, pad) if word]
    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(CUT % digits), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    raw.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=len(special) + WORDS, special_tokens=special, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )  # fmt: skip
    raw.train_from_iterator(texts, trainer)
    if begin:
        raw.post_processor = TemplateProcessing(
            single=f"{begin} $A", pair=f"{begin} $A {begin} $B", special_tokens=[(begin, 0)]
        )
    else:
        raw.normalizer = normalizers.NFC()
    return PreTrainedTokenizerFast(
        tokenizer_object=raw, bos_token=begin, eos_token=end, pad_token=pad
    )


def json_of(raw: Tokenizer) -> dict[str, Any]:
    """A tokenizer as its file would hold it."""
    import json

    found: dict[str, Any] = json.loads(raw.to_str())
    return found


@dataclass(frozen=True)
class Family:
    """One family: the profile whose choices it goes through, and how its parts are made."""

    profile: str
    config: str  # class of transformers
    tokenizer: Callable[[Sequence[str]], PreTrainedTokenizerFast]
    algorithms: tuple[str, str]
    own: dict[str, Any]  # what the family's configuration has that others have not


FAMILIES = {
    "llama-2": Family(
        "llama2-7b", "LlamaConfig", lambda texts: sentencepiece(texts, metaspace=False),
        ("dpo", "cpo"), {"num_key_value_heads": 4},
    ),
    "llama-3": Family(
        "llama3-8b", "LlamaConfig",
        lambda texts: byte_level(
            texts, begin="<|begin_of_text|>", end="<|end_of_text|>", pad=None, digits="{1,3}"
        ),
        ("kto", "cpo"), {"num_key_value_heads": 2},
    ),
    "qwen-2": Family(
        "small-gpu", "Qwen2Config",
        lambda texts: byte_level(
            texts, begin=None, end="<|im_end|>", pad="<|endoftext|>", digits=""
        ),
        ("dpo", "kto"), {"num_key_value_heads": 2, "tie_word_embeddings": True},
    ),
    "qwen-3": Family(
        "small-gpu", "Qwen3Config",
        lambda texts: byte_level(
            texts, begin=None, end="<|im_end|>", pad="<|endoftext|>", digits=""
        ),
        ("ipo", "kto"), {"num_key_value_heads": 2, "head_dim": 16},
    ),
    "mistral": Family(
        "llama2-7b", "MistralConfig", lambda texts: sentencepiece(texts, metaspace=True),
        ("rso", "cpo"), {"num_key_value_heads": 2, "sliding_window": 4096},
    ),
}  # fmt: skip


def make(family: Family, texts: Sequence[str], folder: Path) -> PreTrainedTokenizerFast:
    """Save a two-layer model of a family in ``folder``, and its tokenizer, which is returned."""
    tokenizer = family.tokenizer([*texts, PASSAGE, QUESTION])
    shape = {
        "vocab_size": len(tokenizer), "hidden_size": 32, "intermediate_size": 64,
        "num_hidden_layers": 2, "num_attention_heads": 4, "max_position_embeddings": 4096,
        "bos_token_id": tokenizer.bos_token_id, "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }  # fmt: skip
    config = getattr(transformers, family.config)(**{**shape, **family.own})
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = transformers.AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    _read(model, torch.tensor([tokenizer(PASSAGE)["input_ids"]]))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return tokenizer


def _read(model: Any, ids: torch.Tensor, steps: int = 60) -> None:
    """Fit the passage of the self-check, well below half of chance."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    model.train()
    for _ in range(steps):
        optimizer.zero_grad()
        model(ids, labels=ids).loss.backward()
        optimizer.step()
    model.eval()
