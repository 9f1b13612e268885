"""Tasks of EleutherAI's lm-evaluation-harness (GSM8K, HumanEval, ToxiGen, …), item by item.

The package is an extra (requirements/lm-eval.lock), and most of its tasks read their rows from the
hub. Prompts, examples and grading are the task's own; what is added here is one row an item, so
that a variant can be compared with the base on the very same items.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from apeft.errors import UserError
from apeft.models.load import LoadedModel
from apeft.records import Record

if TYPE_CHECKING:
    from lm_eval.tasks import TaskManager

PREFIX = "lm-eval/"
# The first of these that a task has is the one by which it is compared (ours): what it generates is
# right (HumanEval, GSM8K), or its options are ranked right, by sums over lengths if it has them.
METRICS = ("pass@1", "pass_at_1", "exact_match", "acc_norm", "acc")
NO_VALUE = "the task gave this item no value between 0 and 1"


def scored(
    loaded: LoadedModel,
    tasks: Sequence[str],
    *,
    rows: int,
    seed: int,
    batch_size: int,
    run_code: bool,
    folder: Path | None,
) -> tuple[list[Record], Record]:
    """Put the first ``rows`` items of every task to a model.

    Args:
        loaded: the model, its adapter merged.
        tasks: names that lm-eval knows, or that a file in ``folder`` defines.
        rows: items of each task, in its own order, so that all variants get the same.
        seed: of the examples that a task draws.
        batch_size: items side by side.
        run_code: let a task execute what the model wrote (HumanEval).
        folder: further tasks' YAML files.

    Returns:
        ``{id, set, group, value, unscored, response}`` for each item, ``set`` being "lm-eval/TASK",
        ``value`` in 0..1 or None, ``response`` what lm-eval's filter made of the model's; and, by
        set, ``{task, version, metric, filter, chance, examples}``: ``chance`` is the mean of one in
        the number of options, None where text is generated.

    Raises:
        UserError: the extra is missing; a task is unknown, is a group, or has none of the metrics;
            its rows cannot be read; it would run code without ``run_code``.
    """
    manager = _manager(folder)
    known = set(manager.all_subtasks)  # groups would run whatever they hold
    for task in tasks:
        if task not in known:
            raise UserError(
                f"lm-eval knows no single task {task!r}",
                where="ablations.lm_eval.tasks",
                fix="take a name out of `lm_eval ls tasks`, or give its file's folder as `folder`",
            )
    if run_code:
        os.environ["HF_ALLOW_CODE_EVAL"] = "1"  # asked for by `evaluate`, whose metric runs it
    from lm_eval import simple_evaluate
    from lm_eval.models.huggingface import HFLM

    model = HFLM(
        pretrained=loaded.model,
        tokenizer=loaded.tokenizer,
        batch_size=batch_size,
        add_bos_token=loaded.tokenizer.bos_token_id is not None,
    )
    try:
        found = simple_evaluate(
            model=model,
            tasks=list(tasks),
            limit=rows,
            task_manager=manager,
            log_samples=True,
            bootstrap_iters=0,
            random_seed=seed,
            numpy_random_seed=seed,
            torch_random_seed=seed,
            fewshot_random_seed=seed,
            confirm_run_unsafe_code=run_code,
        )
    except (OSError, ValueError) as error:
        raise UserError(
            f"lm-eval could not run: {error}",
            where=f"ablations.lm_eval.tasks: {', '.join(tasks)}",
            fix="tasks need their rows (mostly from the hub), and those that run what a model "
            "wrote need `run_code: true`, in a container without network or secrets",
        ) from error
    items: list[Record] = []
    about: Record = {}
    for task, samples in sorted(found["samples"].items()):
        if not samples:
            raise UserError(
                f"{task} has no item", where="ablations.lm_eval.tasks", fix="leave it out"
            )
        metric, first = metric_of(task, samples)
        kept = [one for one in samples if one["filter"] == first]
        items += [row_of(task, one, metric) for one in kept]
        options = [len(one["resps"]) for one in kept]
        about[PREFIX + task] = {
            "task": task,
            "version": str(found["versions"].get(task)),
            "metric": metric,
            "filter": first,
            "chance": sum(1 / n for n in options) / len(options) if min(options) > 1 else None,
            "examples": int(found["n-shot"].get(task) or 0),
        }
    return items, about


def metric_of(task: str, samples: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """Give the metric and the filter by which a task is compared: its first filter has the word."""
    metrics, name = samples[0]["metrics"], samples[0]["filter"]
    for metric in METRICS:
        if metric in metrics:
            return metric, name
    raise UserError(
        f"{task} gives {', '.join(metrics)}, none of which is a share of right items",
        where="ablations.lm_eval.tasks",
        fix=f"choose a task with one of {', '.join(METRICS)}",
    )


def row_of(task: str, sample: Mapping[str, Any], metric: str) -> Record:
    """Turn one of lm-eval's samples into a row; a value that is none stays unscored."""
    value = sample.get(metric)
    fine = isinstance(value, int | float) and math.isfinite(value) and 0 <= value <= 1
    return {
        "id": f"{PREFIX}{task}/{int(sample['doc_id']):05d}",
        "set": PREFIX + task,
        "group": "",
        "value": float(value) if fine and value is not None else None,
        "unscored": "" if fine else NO_VALUE,
        "response": [str(one) for one in sample["filtered_resps"]],
    }


def _manager(folder: Path | None) -> TaskManager:
    try:
        from lm_eval.tasks import TaskManager
    except ImportError as error:
        raise UserError(
            f"lm-eval is not here ({error})",
            where="ablations.lm_eval.tasks",
            fix=".venv/bin/pip install --no-deps -r requirements/lm-eval.lock, or name no task",
        ) from error
    if folder is not None and not folder.is_dir():
        raise UserError(
            "no such folder", where=f"ablations.lm_eval.folder: {folder}", fix="correct it"
        )
    return TaskManager(include_path=None if folder is None else str(folder))
