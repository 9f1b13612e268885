"""One training cell with TRL: the right trainer for an algorithm, on a fixed order of pairs."""

from __future__ import annotations

import copy
import logging
import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from apeft.models.load import LoadedModel
from apeft.records import Record
from apeft.training.adapters import lora_config
from apeft.training.data import by_length, paired, schedule_pairs
from apeft.training.kto import mismatched_references, unpaired
from apeft.training.settings import SUPERVISED, TRL_LOSS, CellSettings

# Their likelihood term is a mean over a micro-batch's tokens, so which pairs meet there matters.
UNSORTED = ("cpo", SUPERVISED)

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase, Trainer, TrainerCallback


def build_trainer(
    loaded: LoadedModel,
    rows: Sequence[Record],
    cell: CellSettings,
    workdir: Path,
    callbacks: Sequence[TrainerCallback],
) -> Trainer:
    """Make the trainer of one cell; it reads ``steps x batch_pairs`` scheduled pairs in order.

    Args:
        loaded: the base model, already in the cell's dtype; it becomes the policy.
        rows: preference rows with ``prompt, chosen, rejected, ref_chosen, ref_rejected``.
        cell: the cell's settings.
        workdir: where checkpoints go (outside every output; loaded weights-only, then deleted).
        callbacks: transformers callbacks (curves, live view).
    """
    os.environ.setdefault("TRL_EXPERIMENTAL_SILENCE", "1")
    import datasets
    from datasets import Dataset

    datasets.disable_progress_bars()
    logging.getLogger("accelerate").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", category=UserWarning, module="trl")
    warnings.filterwarnings("ignore", category=FutureWarning, module="transformers")
    sequence = schedule_pairs(rows, cell.steps * cell.batch_pairs, cell.seed)
    if cell.algorithm not in UNSORTED:
        sequence = by_length(sequence, cell.batch_pairs)
    # References are given: ``precompute_ref_log_probs=True`` would make TRL compute the columns
    # that are already there, and False ignores them unless the trainer is told afterwards.
    shared: dict[str, Any] = {
        "processing_class": loaded.tokenizer,
        "peft_config": lora_config(cell.lora),
        "callbacks": list(callbacks),
        "model": loaded.model,
    }
    if cell.algorithm == "kto":
        from trl import KTOConfig, KTOTrainer

        columns = unpaired(sequence, cell.micro_pairs, cell.seed)
        micro_batch = 2 * cell.micro_pairs
        columns["ref_KL_logps"] = mismatched_references(loaded, columns, micro_batch)
        config = KTOConfig(
            **_arguments(cell, workdir, loaded, micro_batch), precompute_ref_log_probs=False
        )
        trainer = KTOTrainer(args=config, train_dataset=Dataset.from_dict(columns), **shared)
        trainer.precompute_ref_logps = True
        return trainer
    data = Dataset.from_dict(paired(sequence))
    arguments = _arguments(cell, workdir, loaded, cell.micro_pairs)
    if cell.algorithm in UNSORTED:
        from trl.experimental.cpo import CPOConfig, CPOTrainer

        data = data.remove_columns(["ref_chosen_logps", "ref_rejected_logps"])
        shared["processing_class"] = _as_it_encodes(loaded.tokenizer)
        config = CPOConfig(
            **arguments, loss_type=TRL_LOSS[cell.algorithm], cpo_alpha=cell.cpo_alpha
        )
        return CPOTrainer(args=config, train_dataset=data, **shared)
    from trl import DPOConfig, DPOTrainer

    config = DPOConfig(
        **arguments, loss_type=[TRL_LOSS[cell.algorithm]], precompute_ref_log_probs=False
    )
    trainer = DPOTrainer(args=config, train_dataset=data, **shared)
    trainer.precompute_ref_logps = True
    return trainer


def _as_it_encodes(tokenizer: PreTrainedTokenizerBase) -> PreTrainedTokenizerBase:
    """A tokenizer that names a begin-of-text token only if it adds one itself.

    TRL's CPO puts the token before every prompt whenever there is one; the other trainers, the
    references and evaluation take what the tokenizer adds.
    """
    if tokenizer("a")["input_ids"][0] == tokenizer.bos_token_id:
        return tokenizer
    plain = copy.deepcopy(tokenizer)
    plain.bos_token = None
    return plain


def _arguments(
    cell: CellSettings, workdir: Path, loaded: LoadedModel, micro_batch: int
) -> dict[str, Any]:
    """Training arguments that all trainers share."""
    on_cpu = loaded.model.device.type == "cpu"
    return {
        "output_dir": str(workdir / "checkpoints"),
        "beta": cell.beta,
        "learning_rate": cell.learning_rate,
        "max_steps": cell.steps,
        "per_device_train_batch_size": micro_batch,
        "gradient_accumulation_steps": cell.accumulation,
        "warmup_steps": cell.warmup_steps,
        "lr_scheduler_type": cell.schedule,
        "weight_decay": cell.weight_decay,
        "max_grad_norm": cell.max_grad_norm,
        "max_length": cell.max_length,
        "seed": cell.seed,
        "data_seed": cell.seed,
        "train_sampling_strategy": "sequential",
        # The base is loaded in the cell's dtype; autocast on top would cast a second time.
        "bf16": False,
        "fp16": False,
        "use_cpu": on_cpu,
        "ddp_find_unused_parameters": False,  # every adapter weight is used in every pass
        "gradient_checkpointing": False,
        "logging_steps": 1,
        "logging_nan_inf_filter": False,  # a loss that is not finite must not read as 0
        "logging_strategy": "steps",
        "save_strategy": "steps",
        "save_steps": cell.save_every,
        "save_total_limit": 1,
        "report_to": "none",
        "disable_tqdm": True,
        "dataloader_num_workers": 0,
        "dataloader_pin_memory": not on_cpu,
    }


def last_checkpoint(workdir: Path) -> str | None:
    """The newest whole checkpoint of an interrupted run, if any."""
    found = [
        path
        for path in (workdir / "checkpoints").glob("checkpoint-*")
        if (path / "trainer_state.json").is_file()
        and (path / "adapter_model.safetensors").is_file()
    ]
    if not found:
        return None
    return str(max(found, key=lambda path: int(path.name.rsplit("-", 1)[1])))
