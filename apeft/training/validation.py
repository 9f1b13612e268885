"""How the policy stands to its reference on validation people: preference and drift.

Everything is teacher-forced on fixed pairs. The KL is the mean over completion tokens of the
full-vocabulary KL(policy || reference) on the chosen texts: an estimate of the drift on text that
both models read, not on the policy's own samples.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from apeft.models.scoring import completion_logits
from apeft.records import Record
from apeft.training.tokens import split_completion


class Validation:
    """Reads validation pairs with the reference once and with the policy at each call."""

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        rows: Sequence[Record],
    ) -> None:
        """Score ``rows`` (prompt, chosen, rejected) with ``model``, which is still the base."""
        self._pad = tokenizer.pad_token_id
        self._rows = [
            split_completion(tokenizer, row["prompt"], row[side])
            for side in ("chosen", "rejected")
            for row in rows
        ]
        self._half = len(rows)
        self.margins: list[float] = []  # of each pair at the last measurement, nats
        self._reference: dict[int, torch.Tensor] = {}
        self._reference_logps = [0.0] * len(self._rows)
        for index, logps in self._logps(model):
            self._reference_logps[index] = self._sum(index, logps)
            if index < self._half:
                # float16 keeps a log-probability to a thousandth and halves the memory.
                self._reference[index] = logps.half()

    def _logps(self, model: PreTrainedModel):  # type: ignore[no-untyped-def]
        for index, logits in completion_logits(model, self._rows, pad=self._pad, tokens=512):
            yield index, logits.log_softmax(dim=-1)

    def _sum(self, index: int, logps: torch.Tensor) -> float:
        target = torch.tensor(self._rows[index][1], device=logps.device)
        return float(logps.gather(1, target[:, None]).sum(dtype=torch.float64))

    def measure(self, model: PreTrainedModel) -> dict[str, float]:
        """Measure the policy against the reference.

        Returns:
            ``validation_accuracy``: share of pairs whose chosen side gained more log-probability
            over the reference than the rejected one (ties count half, and a policy that gives
            NaN has none); ``validation_margin``:
            mean of that difference (nats); ``validation_logp_chosen`` and ``_rejected`` (nats);
            ``kl`` (nats a token).
        """
        logps = [0.0] * len(self._rows)
        drift: list[float] = []
        for index, policy in self._logps(model):
            logps[index] = self._sum(index, policy)
            if index < self._half:
                reference = self._reference[index].float()
                drift += (policy.exp() * (policy - reference)).sum(dim=-1).tolist()
        gains = [logps[i] - self._reference_logps[i] for i in range(len(logps))]
        margins = [gains[i] - gains[i + self._half] for i in range(self._half)]
        self.margins = margins
        half = self._half
        won = [math.nan if math.isnan(m) else (m > 0) + 0.5 * (m == 0) for m in margins]
        return {
            "validation_accuracy": sum(won) / half,
            "validation_margin": sum(margins) / half,
            "validation_logp_chosen": sum(logps[:half]) / half,
            "validation_logp_rejected": sum(logps[half:]) / half,
            "kl": sum(drift) / len(drift),
        }
