"""Training curves: TRL's logs under one set of names, and validation at fixed steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from apeft.progress import Steps
from apeft.records import Record
from apeft.training.validation import Validation
from apeft.worklog import Worklog

# TRL's key -> ours. Logs that a trainer does not give (CPO has no reference, KTO no accuracy) are
# simply absent from its curves.
NAMES = {
    "loss": "loss",
    "grad_norm": "grad_norm",
    "learning_rate": "learning_rate",
    "rewards/chosen": "rewards_chosen",
    "rewards/rejected": "rewards_rejected",
    "rewards/margins": "margin",
    "rewards/accuracies": "accuracy",
    "logps/chosen": "logp_chosen",
    "logps/rejected": "logp_rejected",
    "kl": "kto_kl",
    "nll_loss": "nll",
}

MARGINS = "margins"  # key of the last step's margin of each pair


class Curves(TrainerCallback):
    """Validate every ``every`` steps; results live in the worklog, so a kill loses none.

    ``shown`` holds the same pairs behind few-shot prompts. They are read after the last step only:
    training takes plain prompts, and this tells whether what it moves carries over to the prompts
    of evaluation.
    """

    def __init__(
        self,
        validation: Validation,
        shown: Validation,
        every: int,
        log: Worklog,
        live: Callable[[int, dict[str, float]], None],
    ) -> None:
        """``live`` receives every step's measures for a view; it decides nothing."""
        self._validation = validation
        self._shown = shown
        self._every = every
        self._log = log
        self._live = live
        self._steps: Steps | None = None

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        if state.is_world_process_zero:
            self._steps = Steps("train", state.max_steps, unit="steps", at=state.global_step)
        if state.global_step == 0:  # a resumed run begins at its checkpoint
            self._validate(kwargs["model"], state, last=False)

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        last = state.global_step == state.max_steps
        if state.global_step % self._every == 0 or last:
            self._validate(kwargs["model"], state, last=last)
        if self._steps is not None:
            self._steps.done(state.global_step)

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, float] | None = None,
        **kwargs: Any,
    ) -> None:
        if state.is_world_process_zero:
            self._live(state.global_step, _named(logs or {}))

    def _validate(self, model: Any, state: TrainerState, *, last: bool) -> None:
        """Measure at a step; of several processes all do, to keep pace, and one writes it."""
        step = state.global_step
        if f"{step}" in self._log:
            return
        training = model.training
        model.eval()
        measures = self._validation.measure(model)
        kept: Record = {f"{step}": measures}
        if last:
            kept[MARGINS] = {"nats": self._validation.margins}
            shown = self._shown.measure(model)
            measures |= {f"shown_{k.removeprefix('validation_')}": v for k, v in shown.items()}
        model.train(training)
        if state.is_world_process_zero:
            self._log.add(kept)
            self._live(step, measures)

    def margins(self) -> list[float]:
        """Validation margin of each pair after the last step (nats), in the order of the pairs."""
        found: list[float] = self._log[MARGINS]["nats"]
        return found

    def rows(self, history: list[dict[str, float]]) -> list[Record]:
        """Join the trainer's log history and the validations: one row a step, sorted."""
        steps: dict[int, Record] = {}
        for logs in history:
            if named := _named(logs):
                steps.setdefault(int(logs["step"]), {}).update(named)
        for step in [*steps, 0]:
            if f"{step}" in self._log:
                steps.setdefault(step, {}).update(self._log[f"{step}"])
        return [{"step": step, **steps[step]} for step in sorted(steps)]


def _named(logs: dict[str, float]) -> dict[str, float]:
    return {ours: float(logs[theirs]) for theirs, ours in NAMES.items() if theirs in logs}
