"""An adapter whose update is switched off layer by layer and module by module, and what that costs.

The adapter is added once into a copy of the base. A part is switched off by putting the base's own
numbers back and switched on by putting the sum back, so nothing is ever subtracted and a hundred
switches leave no rounding behind.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from apeft.errors import UserError
from apeft.evaluation.ranks import grade_candidates
from apeft.models.prefill import Starts
from apeft.models.scoring import candidate_logps
from apeft.progress import progress
from apeft.records import Record, digest
from apeft.sampling.tokens import continuation
from apeft.training.adapters import merged
from apeft.training.update import layer_of, module_of, read_state, weights
from apeft.worklog import Worklog

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

NONE, ALL = "none", "all"  # what is switched off: nothing, and the whole update


@dataclass(frozen=True, eq=False)
class _Target:
    """A weight of the copy (``tuned``), its original, and the parts that it belongs to."""

    parts: frozenset[str]
    tuned: torch.Tensor
    base: torch.Tensor


class Switched:
    """A copy of ``base`` with an adapter added; the base itself is not changed."""

    def __init__(self, base: PreTrainedModel, folder: Path) -> None:
        """Add the adapter in ``folder`` to a copy of ``base``."""
        self.model = merged(base, folder)
        own, theirs = dict(self.model.named_parameters()), dict(base.named_parameters())
        names = weights(read_state(folder))
        self._targets = [
            _Target(
                frozenset({ALL, f"module {module_of(name)}", *_layer(name)}),
                own[f"{name}.weight"],
                theirs[f"{name}.weight"],
            )
            for name in names
        ]
        layers = [part for name in names for part in _layer(name)]
        modules = sorted({f"module {module_of(name)}" for name in names})
        self.parts = list(dict.fromkeys([NONE, ALL, *layers, *modules]))

    @contextmanager
    def off(self, part: str) -> Iterator[PreTrainedModel]:
        """Give the model without the update of a part ("none", "all", "layer 3", "module q_proj").

        The update is back when the block ends. Anything computed of one part (starts of prompts,
        caches) must not be used with another.
        """
        if part not in self.parts:
            raise UserError(
                f"the adapter has no part {part!r}",
                where="a part to switch off",
                fix=f"one of: {', '.join(self.parts)}",
            )
        chosen = [one for one in self._targets if part in one.parts]
        kept = [one.tuned.detach().clone() for one in chosen]
        try:
            with torch.no_grad():
                for one in chosen:
                    one.tuned.copy_(one.base)
            yield self.model
        finally:
            with torch.no_grad():
                for one, before in zip(chosen, kept, strict=True):
                    one.tuned.copy_(before)


def _layer(name: str) -> list[str]:
    number = layer_of(name)
    return [] if number is None else [f"layer {number}"]


def margins(
    switched: Switched,
    tokenizer: PreTrainedTokenizerBase,
    facts: Sequence[Record],
    log: Worklog,
    *,
    rows: int,
) -> Iterator[list[Record]]:
    """Score the facts with each part switched off in turn; yield one list of records a part.

    Candidates are whole answers with their line end, as in
    :meth:`apeft.evaluation.respond.Evaluation.candidates`, and graded as there.

    Args:
        switched: the model with its adapter.
        tokenizer: the base's.
        facts: test facts with ``text``, ``right`` and ``others``.
        log: keeps each part's numbers.
        rows: candidates read side by side.

    Yields:
        For each part in the order of ``switched.parts``: ``part``, ``fact``, ``set``,
        ``relation``, ``entity``, ``margin`` (nats, right over best other), by set and fact.
    """
    ordered = sorted(facts, key=lambda row: (row["set"], row["fact"]))
    prompts = [tokenizer(row["text"])["input_ids"] for row in ordered]
    options = [
        [
            continuation(tokenizer, row["text"], f" {text}\n")
            for text in (row["right"], *row["others"])
        ]
        for row in ordered
    ]
    asked = digest([[row["fact"], row["text"], row["right"], row["others"]] for row in ordered])
    for part in progress(switched.parts, "where", unit="parts"):
        key = digest(["where", part, asked])
        if key not in log:
            with switched.off(part) as model:
                logps = candidate_logps(
                    model,
                    prompts,
                    options,
                    pad=tokenizer.pad_token_id,
                    rows=rows,
                    starts=Starts(model, prompts),  # this part's own: the weights have changed
                )
            log.add({key: {"logps": logps}})
        scored = [
            {**row, "logps": logps} for row, logps in zip(ordered, log[key]["logps"], strict=True)
        ]
        yield [
            {
                "part": part,
                **{name: row[name] for name in ("fact", "set", "relation", "entity", "margin")},
            }
            for row in grade_candidates(scored)
        ]
