"""Training one cell from start (or from where a kill left it) to adapter, curves and check."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from apeft.errors import UserError
from apeft.models.load import LoadedModel
from apeft.records import Record
from apeft.training.collapse import CollapseLimits, check_collapse
from apeft.training.data import schedule_steps
from apeft.training.settings import CellSettings
from apeft.worklog import Worklog

if TYPE_CHECKING:
    from transformers import Trainer


@dataclass(frozen=True)
class Trained:
    """What a cell leaves besides its adapter."""

    curves: list[Record]
    margins: list[Record]  # of each validation pair after the last step, nats
    collapse: Record


def train_cell(
    loaded: LoadedModel,
    rows: Sequence[Record],
    validation: Sequence[Record],
    cell: CellSettings,
    log: Worklog,
    live: Callable[[int, dict[str, float]], None],
    adapter: Path,
    *,
    shown: Mapping[str, str],
    texts: int,
    limits: CollapseLimits,
    max_new_tokens: int,
) -> Trained | None:
    """Train, save the adapter to ``adapter`` and judge it.

    Of several processes (``apeft.training.processes``) only the main one saves and judges; the
    others return None when training is over.

    Args:
        loaded: the base, in the cell's dtype (it becomes the policy).
        rows: preference rows with reference log-probabilities.
        validation: pairs of validation people.
        cell: settings.
        log: partial work; checkpoints lie beside it.
        live: receives every step's measures.
        adapter: folder to write.
        shown: the few-shot prompt of evaluation for each plain prompt of validation people.
        texts: how many of them the collapse check has continued.
        limits: of the collapse check.
        max_new_tokens: of its texts.
    """
    from transformers import PrinterCallback

    from apeft.sampling.base import SampleSettings
    from apeft.sampling.hf import HfSampler
    from apeft.training.adapters import save_adapter
    from apeft.training.curves import Curves
    from apeft.training.trainer import build_trainer, last_checkpoint
    from apeft.training.validation import Validation

    tokenizer = loaded.tokenizer
    _check_lengths(loaded, rows, cell.max_length)
    few_shot = [{**row, "prompt": shown[row["prompt"]]} for row in validation]
    curves = Curves(
        Validation(loaded.model, tokenizer, validation),
        Validation(loaded.model, tokenizer, few_shot),
        cell.validate_every,
        log,
        live,
    )
    trainer = build_trainer(loaded, rows, cell, log.folder, [curves])
    _check_whole(trainer)
    trainer.remove_callback(PrinterCallback)
    trainer.train(resume_from_checkpoint=last_checkpoint(log.folder))
    trainer.accelerator.wait_for_everyone()
    if not trainer.is_world_process_zero():
        return None
    policy = trainer.model.eval()
    save_adapter(policy, cell.lora, adapter)
    history = curves.rows(trainer.state.log_history)

    sampler = HfSampler(LoadedModel(policy, tokenizer, loaded.identity))
    settings = SampleSettings(n=1, temperature=0.0, max_new_tokens=max_new_tokens)
    prompts = list(shown.values())[:texts]
    written = [completions[0].text for completions in sampler.sample(prompts, settings)]
    collapse = check_collapse(written, history[-1]["kl"], limits)
    margins = [
        {"pair": row["id"], "entity": row.get("entity") or row["id"], "margin": margin}
        for row, margin in zip(validation, curves.margins(), strict=True)
    ]
    return Trained(history, margins, {**collapse, "texts": written})


def seen(loaded: LoadedModel, rows: Sequence[Record], cell: CellSettings) -> dict[str, int]:
    """Count what a cell reads in training, in all and of each kind of pair.

    Returns:
        ``pairs_seen`` and ``tokens_seen`` (prompts and both completions of every pair read), and
        each with the ending ``_general``, ``_atomic`` or another kind of the rows.
    """
    steps = schedule_steps(rows, cell.steps, cell.batch_pairs, cell.seed)
    counted: Counter[str] = Counter()
    for kind in ("", "_general", "_atomic"):
        counted[f"pairs_seen{kind}"] = counted[f"tokens_seen{kind}"] = 0
    for row in chain(*steps):
        prompt = len(loaded.tokenizer(row["prompt"])["input_ids"])
        tokens = 2 * prompt + row["tokens_chosen"] + row["tokens_rejected"]
        for kind in ("", f"_{row['kind']}"):
            counted[f"pairs_seen{kind}"] += 1
            counted[f"tokens_seen{kind}"] += tokens
    return dict(counted)


def _check_whole(trainer: Trainer) -> None:
    """Refuse launchers that spread one model's weights over processes, before hours are spent."""
    # The launcher's word for FSDP: on processors accelerate would silently not follow it.
    fsdp = os.environ.get("ACCELERATE_USE_FSDP") == "true"
    deepspeed = getattr(trainer.accelerator.state, "deepspeed_plugin", None)
    if not fsdp and getattr(deepspeed, "zero_stage", 0) != 3:
        return
    raise UserError(
        "FSDP and ZeRO-3 spread a model's weights over the processes; validation, the collapse "
        "check and the adapter's file need them whole in one",
        where="hardware.accelerate_config",
        fix="use ZeRO stage 1 or 2, or null (plain data parallelism); for larger models lower "
        "training.micro_pairs or training.dtype",
    )


def _check_lengths(loaded: LoadedModel, rows: Sequence[Record], max_length: int) -> None:
    """Refuse rows that TRL would truncate: their references are of the whole texts."""
    longest = max(
        len(loaded.tokenizer(row["prompt"])["input_ids"])
        + max(row["tokens_chosen"], row["tokens_rejected"])
        for row in rows
    )
    if longest > max_length:
        raise UserError(
            f"a training text has {longest} tokens, more than training.max_length {max_length}",
            where="training.max_length",
            fix=f"set it to at least {longest}, or sample shorter biographies",
        )
