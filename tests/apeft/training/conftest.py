"""Preference rows over the tiny tokenizer, with references as the reference stage makes them."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from apeft.models.load import LoadedModel
from apeft.models.scoring import completion_logps
from apeft.records import Record
from apeft.training.references import with_references
from apeft.training.settings import CellSettings, LoraSettings
from apeft.training.tokens import reference_key, split_completion

SIDES = [
    ("Name: the inn\nText:", " A thin inn.", " the king in there"),
    ("Name: Ada\nText:", " She was a poet.", " She was a boxer in the ring."),
    ("Question: who?\nAnswer:", " Ada", " the other one"),
    ("Name: Xi\nText:", " Xi is the capital.", ""),
    ("Name: 7\nText:", " 7 is a number", " 7 is a letter"),
]
CELL = CellSettings(
    algorithm="dpo", recipe="apeft", seed=0, beta=0.2, learning_rate=5e-3, steps=6,
    batch_pairs=4, micro_pairs=2, warmup_steps=1, schedule="linear", weight_decay=0.0,
    max_grad_norm=1.0, max_length=128, dtype="float32", cpo_alpha=None,
    lora=LoraSettings(4, 8, ("v_proj", "q_proj", "down_proj")), validate_every=3,
    save_every=2,
)  # fmt: skip


def referenced(loaded: LoadedModel, sides: list[tuple[str, str, str]]) -> list[Record]:
    pairs = [
        {"id": f"pair/{n}", "kind": "general", "prompt": p, "chosen": c, "rejected": r}
        for n, (p, c, r) in enumerate(sides)
    ]
    texts = [(row["prompt"], row[side]) for row in pairs for side in ("chosen", "rejected")]
    rows = [split_completion(loaded.tokenizer, *text) for text in texts]
    logps = completion_logps(loaded.model, rows, pad=loaded.tokenizer.pad_token_id, tokens=200)
    table = {
        reference_key(*text): {"logp": logp, "tokens": len(row[1]), "prompt_tokens": len(row[0])}
        for text, row, logp in zip(texts, rows, logps, strict=True)
    }
    return with_references(pairs, table)[0]


@pytest.fixture
def preferences(tiny: LoadedModel) -> list[Record]:
    return referenced(tiny, SIDES)


@pytest.fixture
def cell() -> Callable[..., CellSettings]:
    """Make a cell's settings, with any field changed."""
    return lambda **changes: replace(CELL, **changes)
