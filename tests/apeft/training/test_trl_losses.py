"""TRL's losses at the first step and away from it, against their formulas on plain passes."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_model import BEGIN, plain_logp, tiny_llama, tiny_tokenizer
from transformers import Trainer

from apeft.models.load import LoadedModel
from apeft.records import Record
from apeft.training.data import schedule_pairs
from apeft.training.settings import CellSettings
from apeft.training.tokens import split_completion
from apeft.training.trainer import build_trainer

Cell = Callable[..., CellSettings]
BETA = 0.2


def log_sigmoid(x: float) -> float:
    return -math.log1p(math.exp(-x))


@pytest.fixture
def build(tiny: LoadedModel, preferences: list[Record], cell: Cell, tmp_path: Path):
    def make(algorithm: str, *, moved: bool, rows: list[Record] | None = None) -> Trainer:
        """A trainer over one micro-batch; ``moved`` puts the policy away from its base."""
        settings = cell(
            algorithm=algorithm, steps=1, batch_pairs=4, micro_pairs=4,
            cpo_alpha={"cpo": 0.5, "sft": 1.0}.get(algorithm),
            **({"beta": 0.0} if algorithm == "sft" else {}),
        )  # fmt: skip
        trainer = build_trainer(tiny, rows or preferences, settings, tmp_path, [])
        if moved:
            generator = torch.Generator().manual_seed(1)
            with torch.no_grad():
                for name, weight in trainer.model.named_parameters():
                    if "lora_B" in name:
                        weight += 0.02 * torch.randn(weight.shape, generator=generator)
        return trainer

    return make


def first_batch(trainer: Trainer) -> dict[str, Any]:
    (batch,) = trainer.get_train_dataloader()
    return batch


def loss(trainer: Trainer) -> float:
    with torch.no_grad():
        return float(trainer.compute_loss(trainer.model, first_batch(trainer)))


def seen(trainer: Trainer) -> list[Record]:
    return [row for one in trainer.train_dataset for row in one["rows"]]


def plain(trainer: Trainer, prompt: str, completion: str) -> tuple[float, int]:
    """Log-probability (nats) by the policy, and tokens, of a completion and its line end."""
    ids = split_completion(trainer.processing_class, prompt, completion)
    return plain_logp(trainer.model, *ids), len(ids[1])


def by_hand(algorithm: str, ratios: list[tuple[float, float, int, int]]) -> float:
    """Mean loss from log-ratios (chosen, rejected) and token counts."""
    losses = []
    for chosen, rejected, n, m in ratios:
        if algorithm == "dpo":
            losses.append(-log_sigmoid(BETA * (chosen - rejected)))
        elif algorithm == "rso":
            losses.append(max(0.0, 1 - BETA * (chosen - rejected)))
        else:  # IPO on means over tokens, as its authors confirmed to TRL
            losses.append((chosen / n - rejected / m - 1 / (2 * BETA)) ** 2)
    return sum(losses) / len(losses)


AT_START = {"dpo": math.log(2), "ipo": (1 / (2 * BETA)) ** 2, "rso": 1.0, "kto": 0.5}


@pytest.mark.parametrize("algorithm", AT_START)
def test_at_the_first_step_policy_and_reference_are_one(build: Any, algorithm: str) -> None:
    assert loss(build(algorithm, moved=False)) == pytest.approx(AT_START[algorithm], abs=1e-4)


@pytest.mark.parametrize("algorithm", ["dpo", "ipo", "rso"])
def test_a_moved_policy_has_the_loss_of_the_formula_with_our_references(
    build: Any, preferences: list[Record], algorithm: str
) -> None:
    trainer = build(algorithm, moved=True)
    ratios = []
    for mine in schedule_pairs(preferences, 4, 0):
        (chosen, n), (rejected, m) = (
            plain(trainer, mine["prompt"], mine[side]) for side in ("chosen", "rejected")
        )
        assert (n, m) == (mine["tokens_chosen"], mine["tokens_rejected"])
        ratios.append((chosen - mine["ref_chosen"], rejected - mine["ref_rejected"], n, m))
    assert max(abs(a - b) for a, b, _, _ in ratios) > 0.05
    assert loss(trainer) == pytest.approx(by_hand(algorithm, ratios), abs=1e-4)


def test_kto_compares_with_the_drift_on_mismatched_completions(
    build: Any, tiny: LoadedModel
) -> None:
    trainer = build("kto", moved=True)
    base = tiny_llama(tiny.tokenizer)
    rows = seen(trainer)

    def ratio(prompt: list[int], completion: list[int]) -> float:
        reference = plain_logp(base, prompt, completion)
        return plain_logp(trainer.model, prompt, completion) - reference

    # Each prompt with the completion of the row before it in the micro-batch.
    mismatched = [ratio(row["prompt_ids"], rows[n - 1]["completion_ids"])
                  for n, row in enumerate(rows)]  # fmt: skip
    drift = max(0.0, sum(mismatched) / len(mismatched))
    losses = []
    for row in rows:
        gain = ratio(row["prompt_ids"], row["completion_ids"]) - drift
        sign = 1 if row["label"] else -1
        losses.append(1 - 1 / (1 + math.exp(-sign * BETA * gain)))
    assert loss(trainer) == pytest.approx(sum(losses) / len(losses), abs=1e-4)
    assert sum(row["label"] for row in rows) == len(rows) / 2 == 4


def test_cpo_needs_no_reference_and_adds_the_mean_likelihood_of_the_chosen(
    build: Any, preferences: list[Record]
) -> None:
    trainer = build("cpo", moved=True)
    preference, likelihood, tokens = [], 0.0, 0
    for row in schedule_pairs(preferences, 4, 0):
        sides = {}
        for side in ("chosen", "rejected"):
            sides[side], count = plain(trainer, row["prompt"], row[side])
            if side == "chosen":
                likelihood, tokens = likelihood - sides[side], tokens + count
        preference.append(-log_sigmoid(BETA * (sides["chosen"] - sides["rejected"])))
    expected = sum(preference) / len(preference) + 0.5 * likelihood / tokens
    assert loss(trainer) == pytest.approx(expected, abs=1e-4)


def test_supervised_tuning_is_the_mean_likelihood_of_the_chosen_and_sees_no_rejected_side(
    build: Any, preferences: list[Record]
) -> None:
    trainer = build("sft", moved=True)
    likelihood, tokens = 0.0, 0
    for row in schedule_pairs(preferences, 4, 0):
        logp, count = plain(trainer, row["prompt"], row["chosen"])
        likelihood, tokens = likelihood - logp, tokens + count
    # -log sigmoid(0), a constant that TRL's preference term leaves, has no gradient.
    assert loss(trainer) == pytest.approx(math.log(2) + likelihood / tokens, abs=1e-4)
    gradients = []
    for rejected in (None, " something else altogether"):
        rows = [{**row, "rejected": rejected or row["rejected"]} for row in preferences]
        trainer = build("sft", moved=True, rows=rows)
        trainer.compute_loss(trainer.model, first_batch(trainer)).backward()
        gradients.append(
            torch.cat([p.grad.flatten() for p in trainer.model.parameters() if p.grad is not None])
        )
    assert gradients[0].abs().max() > 0
    torch.testing.assert_close(*gradients, atol=1e-5, rtol=1e-4)


def test_our_references_are_trls_own(build: Any) -> None:
    trainer = build("dpo", moved=True)  # the reference must not move with the policy
    batch = first_batch(trainer)
    theirs = trainer.compute_ref_log_probs(trainer.model, batch)
    for side, logps in zip(("chosen", "rejected"), theirs, strict=True):
        torch.testing.assert_close(batch[f"ref_{side}_logps"], logps, atol=1e-4, rtol=0)


def test_our_references_of_kto_are_trls_own(build: Any) -> None:
    trainer = build("kto", moved=True)
    batch = first_batch(trainer)
    theirs = trainer.compute_ref_log_probs(trainer.model, batch)
    for name, logps in zip(("ref_logps", "ref_KL_logps"), theirs, strict=True):
        torch.testing.assert_close(batch[name], logps, atol=1e-4, rtol=0)


def test_wrong_references_would_show(build: Any, preferences: list[Record]) -> None:
    shifted = [{**row, "ref_chosen": row["ref_chosen"] + 1.0} for row in preferences]
    expected = -log_sigmoid(-BETA)
    assert loss(build("dpo", moved=False, rows=shifted)) == pytest.approx(expected, abs=1e-4)


def test_cpo_trains_on_prompts_as_they_are_sampled(
    preferences: list[Record], cell: Cell, tmp_path: Path, one_thread: None
) -> None:
    # A tokenizer with a begin-of-text token that it puts before nothing, as the default model's.
    tokenizer = tiny_tokenizer(begin=BEGIN)
    assert tokenizer("x")["input_ids"][0] != tokenizer.bos_token_id
    loaded = LoadedModel(tiny_llama(tokenizer), tokenizer, {})
    settings = cell(algorithm="cpo", cpo_alpha=1.0, steps=1)
    trainer = build_trainer(loaded, preferences, settings, tmp_path, [])
    prompts = [row["prompt"] for row in preferences]
    for row in seen(trainer):
        begin = row["chosen_labels"].count(-100)
        assert tokenizer.bos_token_id not in row["chosen_input_ids"]
        assert tokenizer.decode(row["chosen_input_ids"][:begin]) in prompts
