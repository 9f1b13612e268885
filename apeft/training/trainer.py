"""One training cell with TRL: the right trainer for an algorithm, on a fixed order of pairs.

Pairs are tokenised and cut into forward passes here, and TRL's trainers read them as they are: a
pass is one item of their data set, with its weight in the mean over the step's pairs.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from apeft.models.load import LoadedModel
from apeft.records import Record
from apeft.training.adapters import lora_config
from apeft.training.data import Step, cut_steps, schedule_steps
from apeft.training.kto import unpaired
from apeft.training.schedule import rate_share
from apeft.training.settings import REFERENCE_FREE, TRL_LOSS, CellSettings
from apeft.training.tokens import split_completion

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase, Trainer, TrainerCallback


IGNORED = -100  # the label of a token that is no target


class ByStep:
    """What a TRL trainer does differently here: its batches, their weights and its rates."""

    def _prepare_dataset(self, dataset: Any, *_: Any) -> Any:
        """Keep what is tokenised already (DPO, KTO)."""
        return dataset

    def tokenize_row(self, row: Record, *_: Any) -> Record:
        """Keep what is tokenised already (CPO)."""
        return row

    def get_train_dataloader(self: Any) -> Any:
        """Read pass by pass; several processes take turns."""
        from torch.utils.data import DataLoader

        loader = DataLoader(
            self.train_dataset,
            batch_size=1,
            collate_fn=self._collated,
            pin_memory=self.args.dataloader_pin_memory,
        )
        return self.accelerator.prepare(loader)

    def _collated(self: Any, one: list[Record]) -> dict[str, Any]:
        import torch

        given = {name: torch.tensor(value) for name, value in one[0].items() if name != "rows"}
        return {**self.data_collator(one[0]["rows"]), **given}

    def compute_loss(
        self: Any, model: Any, inputs: Mapping[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Weight a pass's mean so that a step's sum is the mean over its pairs."""
        rest = {name: value for name, value in inputs.items() if name != "weight"}
        return inputs["weight"] * super().compute_loss(model, rest, *args, **kwargs)  # type: ignore[misc]

    def create_scheduler(self: Any, num_training_steps: int, optimizer: Any = None) -> Any:
        """Give every step a learning rate above 0."""
        from torch.optim.lr_scheduler import LambdaLR

        share = partial(
            rate_share,
            steps=num_training_steps,
            warmup=int(self.args.warmup_steps),
            schedule=self.args.lr_scheduler_type.value,
        )
        self.lr_scheduler = LambdaLR(optimizer or self.optimizer, share)
        return self.lr_scheduler


class Likelihood:
    """CPO's likelihood term over a step is the mean over the tokens of all of its passes."""

    def concatenated_forward(self: Any, model: Any, batch: Mapping[str, Any]) -> tuple[Any, ...]:
        """Weight the mean over a pass's tokens."""
        found = super().concatenated_forward(model, batch)  # type: ignore[misc]
        return (*found[:4], batch["likelihood"] * found[4], *found[5:])


def build_trainer(
    loaded: LoadedModel,
    rows: Sequence[Record],
    cell: CellSettings,
    workdir: Path,
    callbacks: Sequence[TrainerCallback],
) -> Trainer:
    """Make the trainer of one cell; it reads the scheduled steps (``schedule_steps``) in order.

    Args:
        loaded: the base model, already in the cell's dtype; it becomes the policy.
        rows: preference rows with ``prompt, chosen, rejected, ref_chosen, ref_rejected``.
        cell: the cell's settings.
        workdir: where checkpoints go (outside every output; loaded weights-only, then deleted).
        callbacks: transformers callbacks (curves, live view).
    """
    os.environ.setdefault("TRL_EXPERIMENTAL_SILENCE", "1")
    import datasets

    datasets.disable_progress_bars()
    logging.getLogger("accelerate").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", category=UserWarning, module="trl")
    warnings.filterwarnings("ignore", category=FutureWarning, module="transformers")
    kind, config, given = _kinds(cell)
    steps = schedule_steps(rows, cell.steps, cell.batch_pairs, cell.seed)
    # KTO's KL term mismatches the completions of a pass, so there must be two pairs.
    smallest = 2 if cell.algorithm == "kto" else 1
    cut = cut_steps(steps, cell.micro_pairs, cell.processes, smallest)
    passes = passes_of(loaded, cut, cell)
    arguments = _arguments(cell, workdir, loaded)
    arguments["per_device_train_batch_size"] = max(len(one["rows"]) for one in passes)
    arguments["gradient_accumulation_steps"] = len(cut[0]) // cell.processes
    trainer = kind(
        args=config(**arguments, **given),
        train_dataset=datasets.Dataset.from_list(passes),
        processing_class=loaded.tokenizer,
        peft_config=lora_config(cell.lora),
        callbacks=list(callbacks),
        model=loaded.model,
    )
    # References are given: asked for in the arguments, TRL would compute them again.
    trainer.precompute_ref_logps = True
    return trainer


def _kinds(cell: CellSettings) -> tuple[type[Any], type[Any], dict[str, Any]]:
    """TRL's trainer and configuration for an algorithm, and what is its own in the latter."""
    loss = TRL_LOSS[cell.algorithm]
    if cell.algorithm == "kto":
        from trl import KTOConfig, KTOTrainer

        return type("Kto", (ByStep, KTOTrainer), {}), KTOConfig, {"loss_type": loss}
    if cell.algorithm in REFERENCE_FREE:
        from trl.experimental.cpo import CPOConfig, CPOTrainer

        given = {"loss_type": loss, "cpo_alpha": cell.cpo_alpha}
        return type("Cpo", (ByStep, Likelihood, CPOTrainer), {}), CPOConfig, given
    from trl import DPOConfig, DPOTrainer

    return type("Dpo", (ByStep, DPOTrainer), {}), DPOConfig, {"loss_type": [loss]}


def passes_of(
    loaded: LoadedModel, cut: Sequence[Sequence[Step]], cell: CellSettings
) -> list[Record]:
    """Tokenise the passes of every step, and weight each in its step.

    TRL divides the sum of a step's losses by the number of its passes, so a pass of n of N pairs in
    m passes weighs m n / N; CPO's likelihood term weighs by tokens in place of pairs.
    """
    flat = [pairs for step in cut for pairs in step]
    weights = [
        len(step) * len(pairs) / sum(len(one) for one in step) for step in cut for pairs in step
    ]
    if cell.algorithm == "kto":
        examples = unpaired(loaded, flat, cell.seed)
    else:
        columns = _labelled if cell.algorithm in REFERENCE_FREE else _paired
        examples = [[columns(loaded.tokenizer, pair) for pair in pairs] for pairs in flat]
    passes: list[Record] = [
        {"rows": rows, "weight": weight} for rows, weight in zip(examples, weights, strict=True)
    ]
    if cell.algorithm in REFERENCE_FREE:
        _weigh_likelihoods(passes, len(cut[0]))
    return passes


def _weigh_likelihoods(passes: list[Record], accumulation: int) -> None:
    """Let a pass's mean over t of a step's T tokens weigh m t / T, beside its weight in pairs."""
    for start in range(0, len(passes), accumulation):
        step = passes[start : start + accumulation]
        tokens = [
            sum(label != IGNORED for row in one["rows"] for label in row["chosen_labels"])
            for one in step
        ]
        for one, count in zip(step, tokens, strict=True):
            one["likelihood"] = accumulation * count / sum(tokens) / one["weight"]


def _paired(tokenizer: PreTrainedTokenizerBase, pair: Record) -> Record:
    """Columns for TRL's DPO; the prompts of both sides have the same tokens (``references``)."""
    prompt, chosen = split_completion(tokenizer, pair["prompt"], pair["chosen"])
    return {
        "prompt_ids": prompt,
        "chosen_ids": chosen,
        "rejected_ids": split_completion(tokenizer, pair["prompt"], pair["rejected"])[1],
        "ref_chosen_logps": pair["ref_chosen"],
        "ref_rejected_logps": pair["ref_rejected"],
    }


def _labelled(tokenizer: PreTrainedTokenizerBase, pair: Record) -> Record:
    """Columns for TRL's CPO, as its own ``tokenize_row`` names them."""
    row: Record = {}
    for side in ("chosen", "rejected"):
        prompt, completion = split_completion(tokenizer, pair["prompt"], pair[side])
        row[f"{side}_input_ids"] = prompt + completion
        row[f"{side}_attention_mask"] = [1] * len(prompt + completion)
        row[f"{side}_labels"] = [IGNORED] * len(prompt) + completion
    return row


def _arguments(cell: CellSettings, workdir: Path, loaded: LoadedModel) -> dict[str, Any]:
    """Training arguments that all trainers share."""
    on_cpu = loaded.model.device.type == "cpu"
    return {
        "output_dir": str(workdir / "checkpoints"),
        "beta": cell.beta,
        "learning_rate": cell.learning_rate,
        "max_steps": cell.steps,
        "warmup_steps": cell.warmup_steps,
        "lr_scheduler_type": cell.schedule,
        "weight_decay": cell.weight_decay,
        "max_grad_norm": cell.max_grad_norm,
        "max_length": cell.max_length,
        "seed": cell.seed,
        "data_seed": cell.seed,
        "train_sampling_strategy": "sequential",
        "remove_unused_columns": False,
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
