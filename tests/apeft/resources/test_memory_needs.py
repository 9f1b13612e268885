"""Estimates against what autograd keeps, sums by hand, and measured peaks of the default study."""

from pathlib import Path

import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM

from apeft.models import attention
from apeft.resources.memory import GIB, LIBRARIES, reading_need, sampling_need, training_need
from apeft.resources.shapes import Shapes, shapes_of

ALL = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
SIZES = Shapes(
    parameters=1000, vocabulary=50, layers=3, hidden=8, intermediate=20, heads=2, kv_width=4, lora=7
)


def test_terms_are_the_sums_by_hand() -> None:
    need = training_need(
        SIZES, dtype="bfloat16", rank=4, micro_pairs=2, max_length=10, validation_pairs=3,
        fused=False,
    )  # fmt: skip
    sizes = [term.size for term in need.terms]
    # 40 tokens; a token keeps 3 layers x (8 x 8 + 4 x 20 + 2 heads x 10) = 492 elements.
    assert sizes == [LIBRARIES, 2000, 448, 40 * 492 * 2, 40 * 50 * 4 * 3, 60 * 50 * 2]
    assert need.size == sum(sizes)
    sample = sampling_need("sample", SIZES, dtype="float32", rows=5, prompt=6, new=4)
    # 50 tokens x 3 layers x keys and values of 4 x 4 bytes, twice.
    assert [t.size for t in sample.terms] == [LIBRARIES, 4000, 9600, 5 * 50 * 4 * 2]
    respond = reading_need("respond", SIZES, dtype="float32", models=2, batch_tokens=30)
    assert [t.size for t in respond.terms] == [LIBRARIES, 8000, 30 * 50 * 4 * 2]


@pytest.mark.parametrize("implementation", ["sdpa", "grouped", "eager"])
@pytest.mark.parametrize(("hidden", "intermediate", "groups"), [(64, 256, 4), (64, 128, 8)])
def test_activations_are_what_autograd_keeps(
    implementation: str, hidden: int, intermediate: int, groups: int, tmp_path: Path
) -> None:
    """Counted through autograd's own hooks, each storage once, within a tenth."""
    attention.register()
    config = LlamaConfig(
        vocab_size=300, hidden_size=hidden, intermediate_size=intermediate, num_hidden_layers=2,
        num_attention_heads=8, num_key_value_heads=groups, attn_implementation=implementation,
    )  # fmt: skip
    config.save_pretrained(tmp_path)
    base = LlamaForCausalLM(config)
    model = get_peft_model(base, LoraConfig(r=2, target_modules=ALL)).train()
    weights = {p.untyped_storage().data_ptr() for p in model.parameters()}
    kept: dict[int, torch.Tensor] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        kept[tensor.untyped_storage().data_ptr()] = tensor  # held, so that no address is reused
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        model.base_model.model.model(torch.randint(0, 300, (4, 48)))
    counted = sum(t.untyped_storage().nbytes() for at, t in kept.items() if at not in weights)
    need = training_need(
        shapes_of(tmp_path, ALL), dtype="float32", rank=2, micro_pairs=2, max_length=48,
        validation_pairs=1, fused=implementation == "sdpa",
    )  # fmt: skip
    (reckoned,) = (term.size for term in need.terms if term.name == "activations")
    assert counted == pytest.approx(reckoned, rel=0.1)


def test_measured_peaks_of_the_default_study_lie_between_half_of_the_estimate_and_it(
    root: Path,
) -> None:
    """Peaks of resident memory in MiB that cost records of the default gave on two cores (AVX2).

    They are of earlier runs with other numbers of people and the same sizes of batches and texts;
    `train` is DPO's. README.md has 3.8 GiB as the largest of a whole run, which must lie there too.
    """
    from stages.check import load
    from stages.doctor_needs import needs

    # Sizes of SmolLM2-135M, from its published configuration.
    smol = Shapes(134_515_008, 49_152, 30, 576, 1536, 9, 192, 305_280)
    reckoned = {need.stage: need.size for need in needs(load(root / "params.yaml"), smol)}
    measured = {"sample": 1683, "detect": 2520, "reference": 2071, "train": 3472, "respond": 3369}
    assert set(reckoned) == set(measured)
    for stage, peak in measured.items():
        share = peak / 1024 * GIB / reckoned[stage]
        assert 0.5 <= share <= 1, (stage, share)
    assert 0.5 <= 3.8 * GIB / max(reckoned.values()) <= 1
