"""Preference accuracy and drift on validation pairs, against plain passes."""

import math

import pytest
import torch
from tiny_model import plain_logits, plain_logp, tiny_llama

from apeft.models.load import LoadedModel
from apeft.records import Record
from apeft.training.tokens import split_completion
from apeft.training.validation import Validation


def test_the_base_against_itself_has_no_margin_and_no_drift(
    tiny: LoadedModel, preferences: list[Record]
) -> None:
    measures = Validation(tiny.model, tiny.tokenizer, preferences).measure(tiny.model)
    assert measures["validation_accuracy"] == 0.5  # every pair is a tie
    assert measures["validation_margin"] == 0.0
    # The reference is kept in float16, whose rounding at 8 nats is below 0.004.
    assert measures["kl"] == pytest.approx(0.0, abs=1e-3)


def test_measures_of_another_policy_equal_those_of_plain_passes(
    tiny: LoadedModel, preferences: list[Record]
) -> None:
    policy = tiny_llama(tiny.tokenizer)
    with torch.no_grad():
        policy.lm_head.weight += 0.05 * torch.randn(
            policy.lm_head.weight.shape, generator=torch.Generator().manual_seed(4)
        )
    measures = Validation(tiny.model, tiny.tokenizer, preferences).measure(policy)

    margins, chosen, rejected, drift = [], [], [], []
    for row in preferences:
        gains = {}
        for side, store in (("chosen", chosen), ("rejected", rejected)):
            prompt, ids = split_completion(tiny.tokenizer, row["prompt"], row[side])
            store.append(plain_logp(policy, prompt, ids))
            gains[side] = store[-1] - plain_logp(tiny.model, prompt, ids)
            if side == "chosen":
                span = slice(len(prompt) - 1, len(prompt) + len(ids) - 1)
                p, q = (
                    plain_logits(model, [*prompt, *ids])[span].log_softmax(dim=-1)
                    for model in (policy, tiny.model)
                )
                drift += (p.exp() * (p - q)).sum(dim=-1).tolist()
        margins.append(gains["chosen"] - gains["rejected"])
    assert len({margin > 0 for margin in margins}) == 2  # some pairs each way
    assert measures == {
        "validation_accuracy": sum(margin > 0 for margin in margins) / 5,
        "validation_margin": pytest.approx(sum(margins) / 5, abs=1e-4),
        "validation_logp_chosen": pytest.approx(sum(chosen) / 5, abs=1e-4),
        "validation_logp_rejected": pytest.approx(sum(rejected) / 5, abs=1e-4),
        "kl": pytest.approx(sum(drift) / len(drift), abs=1e-3),
    }


def test_a_policy_that_diverged_has_no_accuracy(
    tiny: LoadedModel, preferences: list[Record]
) -> None:
    policy = tiny_llama(tiny.tokenizer)
    with torch.no_grad():
        policy.lm_head.weight.fill_(math.nan)
    measures = Validation(tiny.model, tiny.tokenizer, preferences).measure(policy)
    assert all(math.isnan(value) for value in measures.values())
