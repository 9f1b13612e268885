"""Ranks and divergences on a vocabulary of four words, by hand."""

import math

import pytest
import torch

from apeft.shift import region, token_shift

TUNED = torch.tensor([[1 / 2, 1 / 4, 1 / 8, 1 / 8]]).log()
BASE = torch.tensor([[1 / 8, 1 / 2, 1 / 4, 1 / 8]]).log()
LN2 = math.log(2)


def test_rank_and_divergence_by_hand_in_both_directions() -> None:
    shift = token_shift(torch.tensor([0]), TUNED, BASE)
    # KL(tuned || base) = 1/2 ln 4 - 1/4 ln 2 - 1/8 ln 2 = 5/8 ln 2
    assert shift.kl_tuned_base == pytest.approx([5 / 8 * LN2], abs=1e-6)
    # KL(base || tuned) = -1/8 ln 4 + 1/2 ln 2 + 1/4 ln 2 = 1/2 ln 2
    assert shift.kl_base_tuned == pytest.approx([1 / 2 * LN2], abs=1e-6)
    assert (shift.rank, shift.top) == ([3], [1])


def test_logits_need_no_normalising() -> None:
    shift = token_shift(torch.tensor([0]), TUNED + 3.0, BASE - 5.0)
    assert shift.kl_tuned_base == pytest.approx([5 / 8 * LN2], abs=1e-5)
    assert shift.rank == [3]


def test_ties_share_the_better_rank_and_are_counted() -> None:
    base = torch.tensor([[1.0, 2.0, 1.0, 1.0], [0.0, 0.0, 0.0, 0.0], [4.0, 3.0, 2.0, 1.0]])
    shift = token_shift(torch.tensor([2, 3, 1]), base, base)
    assert shift.rank == [2, 1, 2]
    assert shift.ties == [2, 3, 0]


def test_a_model_against_itself_is_unshifted_at_each_greedy_token() -> None:
    logits = torch.randn(40, 97, generator=torch.Generator().manual_seed(0))
    shift = token_shift(logits.argmax(dim=-1), logits, logits.clone())
    assert shift.rank == [1] * 40
    assert shift.kl_tuned_base == shift.kl_base_tuned == [0.0] * 40


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_reduced_precision_is_refused(dtype: torch.dtype) -> None:
    with pytest.raises(TypeError, match="float32"):
        token_shift(torch.tensor([0]), TUNED.to(dtype), BASE)
    with pytest.raises(TypeError, match="float32"):
        token_shift(torch.tensor([0]), TUNED, BASE.to(dtype))


def test_logits_of_other_positions_are_refused() -> None:
    with pytest.raises(ValueError, match="shapes differ"):
        token_shift(torch.tensor([0, 1]), TUNED, BASE)
    with pytest.raises(ValueError, match="shapes differ"):
        token_shift(torch.tensor([0]), TUNED[:, :3], BASE)


def test_regions_by_rank() -> None:
    assert [region(rank) for rank in (1, 2, 3, 4)] == [
        "unshifted", "marginal", "marginal", "shifted",
    ]  # fmt: skip
    assert region(5, marginal_rank=5) == "marginal"
