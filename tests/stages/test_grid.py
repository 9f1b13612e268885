"""The grid of variants, and how a cell's settings are resolved from the parameter file."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from apeft.errors import UserError
from stages.grid import BASE, adapters, variants
from stages.stage import validate
from stages.training_params import Training


@pytest.fixture
def section(root: Path) -> dict[str, Any]:
    """The `training` section of the default parameters, as plain data."""
    return yaml.safe_load((root / "params.yaml").read_text(encoding="utf-8"))["training"]


def training(section: dict[str, Any], **changes: Any) -> Training:
    return validate({"training": {**section, **changes}}, {"training": Training})["training"]


def told(section: dict[str, Any], **changes: Any) -> str:
    with pytest.raises(UserError) as error:
        training(section, **changes)
    return error.value.what


GRID: dict[str, Any] = {"algorithms": ["ipo", "dpo"], "recipes": ["apeft", "general"],
                        "seeds": [1, 0]}  # fmt: skip


def test_every_cell_is_a_variant_in_the_order_of_the_file_after_the_base(
    section: dict[str, Any],
) -> None:
    found = variants(training(section, **GRID), ["lora-of-mine"])
    assert found[0] == BASE
    mine = found.pop()
    assert (mine.name, mine.algorithm, mine.recipe) == ("lora-of-mine", "lora-of-mine", "")
    assert [variant.name for variant in found] == [
        "base",
        "ipo-apeft-1", "ipo-apeft-0", "ipo-general-1", "ipo-general-0",
        "dpo-apeft-1", "dpo-apeft-0", "dpo-general-1", "dpo-general-0",
    ]  # fmt: skip
    assert adapters(training(section, **GRID)) == found[1:]
    assert (found[2].algorithm, found[2].recipe, found[2].seed) == ("ipo", "apeft", 0)


def test_a_cells_own_name_is_its_variants(section: dict[str, Any]) -> None:
    params = training(section, **GRID)
    for variant in adapters(params):
        cell = params.cell(variant.algorithm, variant.recipe, variant.seed, 40)
        assert cell.variant == variant.name


def test_an_algorithms_null_takes_the_shared_rate_and_its_own_wins(
    section: dict[str, Any],
) -> None:
    params = training(
        section, learning_rate=1e-4,
        dpo={"beta": 0.1, "learning_rate": 3e-4}, ipo={"beta": 0.7, "learning_rate": None},
    )  # fmt: skip
    dpo, ipo = (params.cell(name, "apeft", 0, 40) for name in ("dpo", "ipo"))
    assert (dpo.beta, dpo.learning_rate) == (0.1, 3e-4)
    assert (ipo.beta, ipo.learning_rate) == (0.7, 1e-4)


def test_only_cpo_has_an_alpha(section: dict[str, Any]) -> None:
    own = {"beta": 0.1, "learning_rate": None, "alpha": 0.25}
    params = training(section, cpo=own)
    assert params.cell("cpo", "apeft", 0, 40).cpo_alpha == 0.25
    assert params.cell("dpo", "apeft", 0, 40).cpo_alpha is None


def test_steps_follow_the_budget(section: dict[str, Any]) -> None:
    by_steps = training(section, budget="steps", steps=7)
    assert {by_steps.cell("dpo", "apeft", 0, pairs).steps for pairs in (5, 500)} == {7}
    by_epochs = training(section, budget="epochs", epochs=2.0, batch_pairs=8, micro_pairs=8)
    assert by_epochs.cell("dpo", "apeft", 0, 33).steps == 9  # 66 / 8, rounded up


def test_target_modules_are_sorted_so_that_their_order_is_no_other_cell(
    section: dict[str, Any],
) -> None:
    lora = {**section["lora"], "target_modules": ["v_proj", "q_proj"]}
    cell = training(section, lora=lora).cell("dpo", "apeft", 0, 40)
    assert cell.lora.target_modules == ("q_proj", "v_proj")


def test_every_shared_value_reaches_the_cell(section: dict[str, Any]) -> None:
    changes = {"batch_pairs": 6, "micro_pairs": 3, "warmup_steps": 5, "schedule": "cosine",
               "weight_decay": 0.5, "max_grad_norm": 2.0, "max_length": 99, "validate_every": 4,
               "save_every": 11, "dtype": "bfloat16"}  # fmt: skip
    cell = training(section, **changes).cell("rso", "general", 5, 40)
    assert {name: getattr(cell, name) for name in changes} == changes
    assert (cell.algorithm, cell.recipe, cell.seed) == ("rso", "general", 5)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"algorithms": ["kto"], "batch_pairs": 5, "micro_pairs": 2}, "kto needs at least 2 pairs"),
        ({"seeds": [0, 1, 0]}, "seeds names something twice"),
        ({"algorithms": ["dpo", "dpo"]}, "algorithms names something twice"),
        ({"algorithms": ["dpo", "ppo"]}, "training.algorithms.1: "),
        ({"recipes": []}, "training.recipes: "),
        ({"seeds": [-1]}, "training.seeds.0: "),
        ({"schedule": "step"}, "training.schedule: "),
        ({"dpo": {"beta": 0.0, "learning_rate": None}}, "training.dpo.beta: "),
        ({"algorithms": ["kto"], "batch_pairs": 4, "micro_pairs": 1}, "raise micro_pairs"),
    ],
)
def test_what_cannot_be_trained_is_refused(
    section: dict[str, Any], changes: dict[str, Any], fault: str
) -> None:
    assert fault in told(section, **changes)
