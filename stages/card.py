"""The model card of an adapter: what it is, what it was tuned on and how, and what it scores."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from apeft.finite import told
from apeft.records import read_json, read_jsonl

CARD = "model_card.md"
LISTED = (
    ("algorithm", "algorithm"), ("recipe", "training pairs"), ("seed", "seed"), ("beta", "β"),
    ("learning_rate", "learning rate"), ("steps", "optimizer steps"),
    ("batch_pairs", "pairs a step"),
    ("pairs_general", "general pairs"), ("pairs_atomic", "atomic pairs"),
    ("pairs_own", "pairs of one's own"), ("tokens_seen", "tokens read"), ("lora.r", "LoRA rank"),
    ("lora.alpha", "LoRA α"), ("lora.target_modules", "LoRA modules"), ("dtype", "precision"),
)  # fmt: skip
TRAINED = ("loss", "validation_accuracy", "validation_margin", "kl")


def model_card(folder: Path, digest: str, measures: Mapping[str, float] | None) -> str:
    """Write the card of the adapter in ``folder`` (out/train/VARIANT), in Markdown.

    Args:
        folder: holds settings.json, collapse.json and curves.jsonl.
        digest: of the folder, as dvc.lock has it.
        measures: the variant's evaluation; None when there is none yet.
    """
    settings, check = read_json(folder / "settings.json"), folder / "collapse.json"
    last = read_jsonl(folder / "curves.jsonl")[-1]
    lines = [
        f"# {folder.name}",
        "",
        f"A LoRA adapter (PEFT) of {settings.get('base', 'its base model')}, made by the APEFT "
        "harness, which reproduces arXiv 2406.12416. It exists to be measured: nothing here says "
        "that it is fit for use, and what it writes about people is often wrong.",
        "",
        f"Files: `{folder.name}/adapter` of the output with DVC hash `{digest}`.",
        "",
        "## Training",
        "",
        "| | |",
        "|---|---|",
        *(f"| {name} | {settings[key]} |" for key, name in LISTED if key in settings),
        "",
        "Pairs are the base model's own texts about people of the training side; their facts come "
        "from the sources that docs/data.md lists, with their licences.",
        "",
        "After the last step: "
        + ", ".join(f"{key} {told(last[key], '.4g')}" for key in TRAINED if key in last)
        + ".",
        _collapse(read_json(check)) if check.is_file() else "No collapse check is on record.",
        "",
        "## Evaluation",
        "",
        *_evaluation(measures),
    ]
    return "\n".join(lines) + "\n"


def _collapse(collapse: Mapping[str, Any]) -> str:
    if collapse["flag"]:
        return f"**Collapsed**: {', '.join(collapse['reasons'])}. Do not read its scores as skill."
    return "The collapse check (repetition, empty texts, KL to the base) raised no flag."


def _evaluation(measures: Mapping[str, float] | None) -> list[str]:
    if not measures:
        return ["Not evaluated yet."]
    rows = [f"| {name} | {value:.4g} |" for name, value in sorted(measures.items())]
    return [
        "Point estimates of one run; intervals and the comparison with the base are in its report.",
        "",
        "| measure | value |",
        "|---|---|",
        *rows,
    ]
