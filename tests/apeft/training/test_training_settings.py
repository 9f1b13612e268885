"""Steps of a cell, its name and its flat parameters."""

from dataclasses import replace

import pytest

from apeft.errors import UserError
from apeft.training.settings import (
    ALGORITHMS,
    SUPERVISED,
    TRL_LOSS,
    CellSettings,
    LoraSettings,
    equal_steps,
)

CELL = CellSettings(
    algorithm="cpo", recipe="apeft", seed=3, beta=0.1, learning_rate=2e-4, steps=12,
    batch_pairs=8, micro_pairs=4, warmup_steps=2, schedule="linear", weight_decay=0.0,
    max_grad_norm=1.0, max_length=64, dtype="float32", cpo_alpha=0.5,
    lora=LoraSettings(4, 8, ("q_proj", "v_proj")), validate_every=6, save_every=6,
)  # fmt: skip


@pytest.mark.parametrize("pairs", [1, 7, 1000])
def test_a_budget_of_steps_is_equal_whatever_the_pairs(pairs: int) -> None:
    assert equal_steps("steps", 12, 3.0, pairs, 8) == 12


@pytest.mark.parametrize(
    ("epochs", "pairs", "steps"), [(1.0, 16, 2), (1.0, 17, 3), (2.5, 16, 5), (0.1, 16, 1)]
)
def test_a_budget_of_epochs_rounds_up_to_whole_steps(epochs: float, pairs: int, steps: int) -> None:
    assert equal_steps("epochs", 12, epochs, pairs, 8) == steps


def test_an_empty_training_set_is_told() -> None:
    with pytest.raises(UserError, match="training set is empty"):
        equal_steps("steps", 12, 1.0, 0, 8)


def test_a_variant_is_named_by_algorithm_recipe_and_seed() -> None:
    assert CELL.variant == "cpo-apeft-3"


def test_flat_parameters_hold_what_the_cell_uses() -> None:
    flat = CELL.flat()
    assert flat["cpo_alpha"] == 0.5
    assert flat["lora.target_modules"] == "q_proj v_proj"
    assert (flat["lora.r"], flat["lora.alpha"]) == (4, 8)
    assert "lora" not in flat
    assert "cpo_alpha" not in replace(CELL, cpo_alpha=None).flat()


def test_every_algorithm_has_a_loss() -> None:
    assert set(TRL_LOSS) == {*ALGORITHMS, SUPERVISED}
