"""Parts of an update switched off and on: exact weights, and the margins of plain passes."""

from pathlib import Path

import pytest
import torch
from peft import get_peft_model
from safetensors.torch import save_file
from switched_off import without
from tiny_model import plain_logits, plain_logp

from apeft.errors import UserError
from apeft.evaluation.switched import Switched, margins
from apeft.models.load import LoadedModel
from apeft.records import Record
from apeft.training.adapters import lora_config, merged, save_adapter
from apeft.training.settings import LoraSettings
from apeft.training.update import read_state
from apeft.worklog import Worklog

LORA = LoraSettings(4, 8, ("v_proj", "q_proj", "down_proj"))
IDS = [5, 80, 17, 33, 120, 9]
PARTS = ["none", "all", "layer 0", "layer 1", "module down_proj", "module q_proj", "module v_proj"]
FACTS: list[Record] = [
    {"fact": name, "entity": f"e/{name}", "set": "bio", "relation": "x", "right": right,
     "text": f"Question: {name}?\nAnswer:", "others": others}
    for name, right, others in (
        ("b", "1867", ["1900", "1"]), ("a", "thin", ["the inn", "x"]), ("c", "x", ["thin", "in"]),
    )
]  # fmt: skip


@pytest.fixture
def adapter(tiny: LoadedModel, tmp_path: Path) -> Path:
    torch.manual_seed(0)
    policy = get_peft_model(tiny.model, lora_config(LORA))
    for name, weight in policy.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.1)
    save_adapter(policy, LORA, tmp_path / "adapter")
    policy.unload()
    return tmp_path / "adapter"


def equal(one: torch.nn.Module, other: torch.nn.Module) -> bool:
    left, right = one.state_dict(), other.state_dict()
    return list(left) == list(right) and all(torch.equal(left[k], right[k]) for k in left)


def test_all_off_is_the_base_and_none_off_the_merged_adapter_bit_by_bit(
    tiny: LoadedModel, adapter: Path
) -> None:
    switched = Switched(tiny.model, adapter)
    tuned = merged(tiny.model, adapter)
    assert not equal(tuned, tiny.model)
    with switched.off("all") as model:
        assert equal(model, tiny.model)
    with switched.off("none") as model:
        assert equal(model, tuned)


@pytest.mark.parametrize(
    ("part", "named"), [("layer 1", {"layer": 1}), ("module q_proj", {"module": "q_proj"})]
)
def test_a_part_off_is_the_adapter_trained_without_it(
    tiny: LoadedModel, adapter: Path, tmp_path: Path, part: str, named: dict[str, object]
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "adapter_config.json").write_bytes((adapter / "adapter_config.json").read_bytes())
    save_file(without(read_state(adapter), **named), other / "adapter_model.safetensors")
    switched = Switched(tiny.model, adapter)
    with switched.off(part) as model:
        torch.testing.assert_close(
            plain_logits(model, IDS), plain_logits(merged(tiny.model, other), IDS)
        )


def test_many_switches_leave_no_rounding_behind_even_after_an_error(
    tiny: LoadedModel, adapter: Path
) -> None:
    switched = Switched(tiny.model, adapter)
    before = {name: tensor.clone() for name, tensor in switched.model.state_dict().items()}
    base = {name: tensor.clone() for name, tensor in tiny.model.state_dict().items()}
    for part in PARTS * 3:
        with pytest.raises(RuntimeError, match="midway"), switched.off(part):
            raise RuntimeError("midway")
    after = switched.model.state_dict()
    assert all(torch.equal(after[name], tensor) for name, tensor in before.items())
    kept = tiny.model.state_dict()
    assert all(torch.equal(kept[name], tensor) for name, tensor in base.items())


def test_an_unknown_part_is_told_with_those_there_are(tiny: LoadedModel, adapter: Path) -> None:
    switched = Switched(tiny.model, adapter)
    assert switched.parts == PARTS
    with pytest.raises(UserError, match="no part 'layer 7'"), switched.off("layer 7"):
        pass


def test_margins_are_right_over_best_other_by_plain_passes(
    tiny: LoadedModel, adapter: Path, tmp_path: Path
) -> None:
    switched = Switched(tiny.model, adapter)
    log = Worklog("where", 1, root=tmp_path)
    found = list(margins(switched, tiny.tokenizer, FACTS, log, rows=4))
    assert [rows[0]["part"] for rows in found] == PARTS
    encode = tiny.tokenizer
    for part, rows in zip(PARTS, found, strict=True):
        assert [row["fact"] for row in rows] == ["a", "b", "c"]
        with switched.off(part) as model:
            for row, asked in zip(rows, (FACTS[1], FACTS[0], FACTS[2]), strict=True):
                ids = encode(asked["text"])["input_ids"]
                right, *others = (
                    plain_logp(model, ids, encode(f" {value}\n")["input_ids"])
                    for value in (asked["right"], *asked["others"])
                )
                assert row["margin"] == pytest.approx(right - max(others), abs=1e-4)
                assert (row["entity"], row["set"]) == (asked["entity"], "bio")
    assert len({rows[0]["margin"] for rows in found}) == len(PARTS)  # every part tells


def test_finished_parts_are_not_scored_again(
    tiny: LoadedModel, adapter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def again() -> list[list[Record]]:
        log = Worklog("where", 1, root=tmp_path)
        return list(margins(Switched(tiny.model, adapter), tiny.tokenizer, FACTS, log, rows=4))

    first = again()

    def fail(*args: object, **kwargs: object) -> None:
        raise AssertionError("the model was read again")

    monkeypatch.setattr("apeft.evaluation.switched.candidate_logps", fail)
    assert again() == first
