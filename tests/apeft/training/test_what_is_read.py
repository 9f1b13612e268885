"""What a trainer really reads: pairs, their order, their ends, their weight, their rates."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_model import tiny_llama
from transformers import PreTrainedTokenizerBase, PrinterCallback, TrainerCallback

from apeft.errors import UserError
from apeft.models.load import LoadedModel
from apeft.records import Record
from apeft.sampling.base import SampleSettings
from apeft.sampling.tokens import stop_tokens
from apeft.training.data import cut_steps, schedule_steps
from apeft.training.settings import ALGORITHMS, SUPERVISED, CellSettings
from apeft.training.trainer import build_trainer, passes_of

Cell = Callable[..., CellSettings]
EVERY = (*ALGORITHMS, SUPERVISED)
ALPHA = {"cpo": 0.7, SUPERVISED: 1.0}


@pytest.fixture
def both(preferences: list[Record]) -> list[Record]:
    """Five general and four atomic pairs."""
    atomic = [
        {**row, "id": f"atomic/{n}", "kind": "atomic", "prompt": row["prompt"].replace("e", "E")}
        for n, row in enumerate(preferences[:4])
    ]
    return [*preferences, *atomic]


@pytest.fixture
def read(
    tokenizer: PreTrainedTokenizerBase, cell: Cell, tmp_path: Path, one_thread: None
) -> Callable[..., Any]:
    def read(algorithm: str, rows: list[Record], **changes: Any) -> Any:
        """Train for real; return the texts of every step's passes, the log and the gradients."""
        settings = cell(algorithm=algorithm, cpo_alpha=ALPHA.get(algorithm), **changes)
        loaded = LoadedModel(tiny_llama(tokenizer), tokenizer, {"name": "tiny"})
        gradients: list[torch.Tensor] = []

        class Kept(TrainerCallback):
            def on_pre_optimizer_step(self, *args: Any, model: Any, **_: Any) -> None:
                given = [p.grad.flatten() for p in model.parameters() if p.grad is not None]
                gradients.append(torch.cat(given).clone())

        trainer = build_trainer(loaded, rows, settings, tmp_path, [Kept()])
        trainer.remove_callback(PrinterCallback)
        steps: list[list[list[str]]] = [[] for _ in range(settings.steps)]
        compute = trainer.compute_loss

        def recorded(model: Any, inputs: Any, **kwargs: Any) -> Any:
            steps[trainer.state.global_step].append(texts(tokenizer, inputs))
            return compute(model, inputs, **kwargs)

        trainer.compute_loss = recorded
        trainer.train()
        return steps, trainer.state.log_history, gradients

    return read


def texts(tokenizer: PreTrainedTokenizerBase, inputs: dict[str, Any]) -> list[str]:
    """Every sequence of a collated batch without its padding."""
    prefixes = ("",) if "input_ids" in inputs else ("chosen_", "rejected_")
    return [
        tokenizer.decode(ids[mask.bool()])
        for prefix in prefixes
        for ids, mask in zip(
            inputs[f"{prefix}input_ids"], inputs[f"{prefix}attention_mask"], strict=True
        )
    ]


def told(pairs: list[Record]) -> list[str]:
    return sorted(
        f"{pair['prompt']}{pair[side]}\n" for pair in pairs for side in ("chosen", "rejected")
    )


@pytest.mark.parametrize("algorithm", EVERY)
def test_every_step_reads_its_scheduled_pairs_whole_and_once(
    read: Any, both: list[Record], algorithm: str
) -> None:
    found, _, _ = read(algorithm, both, batch_pairs=4, micro_pairs=4)
    steps = schedule_steps(both, 6, 4, 0)
    assert {len(step) for step in steps} == {7, 8}  # 4 general and 3.2 atomic ones
    for passes, pairs in zip(found, steps, strict=True):
        assert sorted(text for one in passes for text in one) == told(pairs)
        assert [len(one) // 2 for one in passes] == [-(-len(pairs) // 2), len(pairs) // 2]


@pytest.mark.parametrize("algorithm", EVERY)
def test_apeft_reads_the_pairs_of_general_at_the_same_steps(
    read: Any, both: list[Record], algorithm: str
) -> None:
    general = [row for row in both if row["kind"] == "general"]
    texts_of = [
        [
            [text for one in passes for text in one]
            for passes in read(algorithm, rows, micro_pairs=4)[0]
        ]
        for rows in (general, both)
    ]
    mine = set(told(general))
    for alone, more in zip(*texts_of, strict=True):
        assert sorted(alone) == sorted(text for text in more if text in mine)
        assert len(more) > len(alone)


@pytest.mark.parametrize("algorithm", EVERY)
def test_a_steps_gradient_is_the_mean_over_its_pairs_however_they_are_cut(
    read: Any, both: list[Record], algorithm: str
) -> None:
    # Seven pairs in passes of 3, 2 and 2, against one pass. Before the first update KTO's z is 0.
    shared: dict[str, Any] = {"steps": 1, "batch_pairs": 4, "max_grad_norm": 1e9}
    whole, log, (expected,) = read(algorithm, both, micro_pairs=7, **shared)
    cut, other, (gradient,) = read(algorithm, both, micro_pairs=3, **shared)
    assert [len(one) for one in whole[0]] == [14]
    assert [len(one) for one in cut[0]] == [6, 4, 4]
    torch.testing.assert_close(gradient, expected, rtol=1e-4, atol=1e-6)
    assert expected.abs().max() > 1e-4
    assert other[0]["loss"] == pytest.approx(log[0]["loss"], abs=1e-5)


def test_the_plain_mean_over_passes_would_be_another_gradient(
    read: Any, both: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    shared: dict[str, Any] = {"steps": 1, "batch_pairs": 4, "max_grad_norm": 1e9}
    expected = read("dpo", both, micro_pairs=7, **shared)[2][0]

    def unweighted(*given: Any) -> list[Record]:
        return [{**one, "weight": 1.0} for one in passes_of(*given)]

    monkeypatch.setattr("apeft.training.trainer.passes_of", unweighted)
    gradient = read("dpo", both, micro_pairs=3, **shared)[2][0]
    assert (gradient - expected).abs().max() > 0.01 * expected.abs().max()


@pytest.mark.parametrize(
    ("algorithm", "schedule", "shares"),
    [
        *((algorithm, "linear", [0.5, 1, 0.8, 0.6, 0.4, 0.2]) for algorithm in EVERY),
        ("dpo", "constant", [0.5, 1, 1, 1, 1, 1]),
    ],
)
def test_the_learning_rates_of_all_steps_are_the_schedules_and_none_is_zero(
    read: Any, preferences: list[Record], algorithm: str, schedule: str, shares: list[float]
) -> None:
    _, log, _ = read(algorithm, preferences, schedule=schedule)
    rates = [row["learning_rate"] for row in log if "learning_rate" in row]
    assert rates == pytest.approx([5e-3 * share for share in shares])


@pytest.mark.parametrize("algorithm", EVERY)
def test_a_trained_completion_ends_in_a_token_that_ends_a_sampled_one(
    read: Any, tokenizer: PreTrainedTokenizerBase, both: list[Record], algorithm: str
) -> None:
    """Also where the line end joins the full stop before it in one token, as ".\\n" here."""
    stops = stop_tokens(tokenizer, len(tokenizer), SampleSettings.stop)
    stops.remove(tokenizer.eos_token_id)
    found, _, _ = read(algorithm, both, steps=1, micro_pairs=4)
    ends = [tokenizer(text)["input_ids"][-1] for one in found[0] for text in one]
    assert set(ends) <= stops
    assert len(set(ends)) == 2, "the joined token and the plain one"
    assert not any(tokenizer.eos_token in text for one in found[0] for text in one)


def test_where_few_pairs_would_share_a_pass_of_kto_it_is_refused(
    tiny: LoadedModel, preferences: list[Record], cell: Cell, tmp_path: Path
) -> None:
    settings = cell(algorithm="kto", batch_pairs=5, micro_pairs=3, processes=2)
    assert len(cut_steps(schedule_steps(preferences, 1, 5, 0), 3, 2)[0]) == 2
    build_trainer(tiny, preferences, settings, tmp_path, [])
    with pytest.raises(UserError, match="each needs 2"):
        build_trainer(tiny, preferences, replace(settings, batch_pairs=3), tmp_path, [])
