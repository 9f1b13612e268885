"""A workspace with everything that the train stage reads: a tiny random model and five pairs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import real_stages

from apeft.models.load import LoadedModel
from apeft.models.scoring import completion_logps
from apeft.records import Record, write_json, write_jsonl
from apeft.training.tokens import split_completion

sys.path.append(str(Path(__file__).parents[1] / "apeft"))
from tiny_model import tiny_llama, tiny_tokenizer

SIDES = [
    ("Name: the inn\nText:", " A thin inn.", " the king in there"),
    ("Name: Ada\nText:", " She was a poet.", " She was a boxer in the ring."),
    ("Question: who?\nAnswer:", " Ada", " the other one"),
    ("Name: Xi\nText:", " Xi is the capital.", " a river"),
    ("Name: 7\nText:", " 7 is a number", " 7 is a letter"),
]
CHANGES = {
    "machine.threads": 1, "training.steps": 6, "training.batch_pairs": 8,
    "training.micro_pairs": 2, "training.learning_rate": 5.0e-3, "training.dpo.beta": 0.2,
    "training.kto.beta": 0.2,
    "training.max_length": 128, "training.validation_pairs": 2, "training.validate_every": 3,
    "training.save_every": 2, "training.collapse.max_new_tokens": 4, "training.lora.r": 4,
}  # fmt: skip


def workspace(folder: Path, *, processes: int = 1, **changes: Any) -> Path:
    """Write parameters, model, pairs with references and prompts below ``folder``."""
    hardware = {"hardware.processes": processes}
    real_stages.workspace(folder, CHANGES | hardware | changes)
    out = folder / "out"
    (out / "train").mkdir(parents=True)
    tokenizer = tiny_tokenizer()
    model = tiny_llama(tokenizer)
    model.save_pretrained(out / "model")
    tokenizer.save_pretrained(out / "model")
    write_json(out / "model/identity.json", {"name": "tiny"})
    rows = _pairs(LoadedModel(model, tokenizer, {"name": "tiny"}))
    write_jsonl(out / "mix/apeft/train.jsonl", rows)
    write_jsonl(out / "mix/apeft/validation.jsonl", rows[3:])
    shown = [
        {"set": "bio", "split": "validation", "plain": row["prompt"], "text": f"x\n{row['prompt']}"}
        for row in rows[3:]
    ]
    write_jsonl(out / "prompts/prompts.jsonl", shown)
    return folder


def _pairs(loaded: LoadedModel) -> list[Record]:
    pairs: list[Record] = []
    for number, (prompt, *sides) in enumerate(SIDES):
        pair: Record = {"id": f"pair/{number}", "kind": "general", "prompt": prompt}
        for name, text in zip(("chosen", "rejected"), sides, strict=True):
            row = split_completion(loaded.tokenizer, prompt, text)
            (logp,) = completion_logps(
                loaded.model, [row], pad=loaded.tokenizer.pad_token_id, tokens=200
            )
            pair |= {name: text, f"ref_{name}": logp, f"tokens_{name}": len(row[1])}
        pairs.append(pair)
    return pairs
