"""Training: a DPO cell with its references given, against TRL that makes them itself.

The study computes references once for all cells (stage `reference`), so ours leaves them out of
the clock: the ratio is what a further cell saves, not what a first one does.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from apeft.models.load import LoadedModel, Machine, load_model
from apeft.records import Record
from apeft.training.settings import CellSettings, LoraSettings
from benchmarks.case import Case, Once, Result, Size
from benchmarks.texts import preference_pairs

if TYPE_CHECKING:
    from transformers import Trainer

PROJECTIONS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


def _cell(size: Size) -> CellSettings:
    return CellSettings(
        algorithm="dpo", recipe="general", seed=0, beta=0.1, learning_rate=2e-4,
        steps=size["steps"], batch_pairs=size["batch_pairs"], micro_pairs=size["micro_pairs"],
        warmup_steps=0, schedule="linear", weight_decay=0.0, max_grad_norm=1.0,
        max_length=1024, dtype="float32", cpo_alpha=None, lora=LoraSettings(16, 32, PROJECTIONS),
        validate_every=size["steps"], save_every=size["steps"],
    )  # fmt: skip


def _pairs(size: Size) -> list[Record]:
    """As many pairs as are seen, so that TRL makes the references of each once."""
    return preference_pairs(size["steps"] * size["batch_pairs"])


def _referenced(loaded: LoadedModel, pairs: list[Record]) -> list[Record]:
    """Join references as the stages `reference` and `mix` do."""
    from apeft.models.scoring import completion_logps
    from apeft.training.references import with_references
    from apeft.training.tokens import reference_key, split_completion

    texts = [(pair["prompt"], pair[side]) for pair in pairs for side in ("chosen", "rejected")]
    rows = [split_completion(loaded.tokenizer, *text) for text in texts]
    logps = completion_logps(loaded.model, rows, pad=loaded.tokenizer.pad_token_id)
    table = {
        reference_key(*text): {"logp": logp, "tokens": len(row[1]), "prompt_tokens": len(row[0])}
        for text, row, logp in zip(texts, rows, logps, strict=True)
    }
    return with_references(pairs, table)[0]


def _trained(trainer: Trainer, result: Result) -> None:
    """Train, and keep each step's loss; called with the clock running."""
    from transformers import PrinterCallback

    trainer.remove_callback(PrinterCallback)
    trainer.train()
    result.values = [row["loss"] for row in trainer.state.log_history if "loss" in row]


def ours(model: Path, machine: Machine, size: Size) -> Once:
    """apeft.training, with references from the table."""
    os.environ["TQDM_DISABLE"] = "1"  # TRL draws bars of its own; before its import
    from apeft.training.trainer import build_trainer

    cell, pairs = _cell(size), _pairs(size)
    rows = _referenced(load_model(model, machine, "float32"), pairs)

    def once() -> Result:
        loaded = load_model(model, machine, "float32")  # training changes it
        result = Result(len(pairs))
        with TemporaryDirectory() as folder, result.clock():
            _trained(build_trainer(loaded, rows, cell, Path(folder), []), result)
        return result

    return once


def trl(model: Path, machine: Machine, size: Size) -> Once:
    """TRL's DPOTrainer with `precompute_ref_log_probs`, on the same pairs in the same order."""
    os.environ["TQDM_DISABLE"] = os.environ["TRL_EXPERIMENTAL_SILENCE"] = "1"
    import datasets
    import torch
    from datasets import Dataset
    from trl import DPOConfig, DPOTrainer

    from apeft.training.adapters import lora_config
    from apeft.training.data import schedule_pairs

    datasets.disable_progress_bars()
    cell, pairs = _cell(size), _pairs(size)
    rows = schedule_pairs(pairs, len(pairs), cell.seed)
    columns: dict[str, Any] = {
        name: [row[name] for row in rows] for name in ("prompt", "chosen", "rejected")
    }

    def once() -> Result:
        loaded = load_model(model, replace(machine, attention="sdpa"), "float32")
        torch.use_deterministic_algorithms(False)  # without our price for equal bytes
        result = Result(len(pairs))
        with TemporaryDirectory() as folder, result.clock():
            config = DPOConfig(
                output_dir=folder,
                precompute_ref_log_probs=True,
                beta=cell.beta,
                learning_rate=cell.learning_rate,
                max_steps=cell.steps,
                per_device_train_batch_size=cell.micro_pairs,
                gradient_accumulation_steps=cell.batch_pairs // cell.micro_pairs,
                max_length=cell.max_length,
                seed=cell.seed,
                train_sampling_strategy="sequential",
                bf16=False,
                use_cpu=machine.device == "cpu",
                gradient_checkpointing=False,
                logging_steps=1,
                report_to="none",
                disable_tqdm=True,
                dataloader_pin_memory=machine.device != "cpu",
            )
            trainer = DPOTrainer(
                model=loaded.model,
                args=config,
                train_dataset=Dataset.from_dict(columns),
                processing_class=loaded.tokenizer,
                peft_config=lora_config(cell.lora),
            )
            _trained(trainer, result)
        return result

    return once


TRAINING = Case(
    "training",
    "pairs/s",
    ours,
    trl,
    ("apeft.training, references given", "TRL DPOTrainer, precompute_ref_log_probs"),
    {
        "quick": {"steps": 2, "batch_pairs": 2, "micro_pairs": 2},
        "full": {"steps": 5, "batch_pairs": 8, "micro_pairs": 4},
    },
)
