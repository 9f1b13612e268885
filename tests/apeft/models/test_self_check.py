"""A working model passes the self-check; broken ones are refused before any work."""

import math
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, PreTrainedModel

from apeft.errors import UserError
from apeft.models.check import self_check
from apeft.models.load import LoadedModel, Machine, load_model

MACHINE = Machine(device="cpu", threads=1, attention="grouped")


@pytest.fixture(scope="module")
def real(model_dir: Path) -> LoadedModel:
    return load_model(model_dir, MACHINE, "float32")


def test_the_default_model_passes(real: LoadedModel) -> None:
    report = self_check(real)
    assert report["chance"] == pytest.approx(math.log(49152))
    # Between the entropy of print and half of chance; a 135M model reads plain English in between.
    assert 1.0 < report["nats_per_token"] < 4.0
    assert "Paris" in report["continuation"]


def test_random_weights_of_the_same_shape_are_refused(model_dir: Path, one_thread: None) -> None:
    config = AutoConfig.from_pretrained(model_dir)
    config.num_hidden_layers = 1
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(config).eval()
    loaded = LoadedModel(model, AutoTokenizer.from_pretrained(model_dir), {"name": "noise"})
    with pytest.raises(UserError, match="output is broken") as error:
        self_check(loaded)
    assert error.value.where == "noise"


def test_varied_noise_is_refused_for_its_likelihood_alone(tiny: LoadedModel) -> None:
    with pytest.raises(UserError, match="output is broken") as error:
        self_check(tiny)
    continuation = str(error.value).split("goes on as ")[1].splitlines()[0]
    assert len(set(continuation)) > 4  # not one repeated token


def nan(model: PreTrainedModel) -> None:
    model.lm_head.weight.data[0] = float("nan")


def flat(model: PreTrainedModel) -> None:
    model.lm_head.weight.data.zero_()  # every token is as likely: chance


@pytest.mark.parametrize("damage", [nan, flat])
def test_what_is_not_finite_or_no_better_than_chance_is_refused(
    tiny: LoadedModel, damage: Callable[[PreTrainedModel], None]
) -> None:
    damage(tiny.model)
    with pytest.raises(UserError, match="output is broken"):
        self_check(tiny)


def test_a_continuation_of_one_repeated_token_is_refused(
    real: LoadedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Reads as well as ever, but the last position always prefers one token.
    forward = real.model.forward

    def stuck(*args: object, **kwargs: object) -> object:
        out = forward(*args, **kwargs)
        out.logits[:, -1, 260] += 100.0
        return out

    monkeypatch.setattr(real.model, "forward", stuck)
    with pytest.raises(UserError, match="goes on as"):
        self_check(real)
