"""Ranks and divergences on a vocabulary of four words, by hand."""

import math

import pytest
import torch

from apeft.shift import copied, prompt_words, region, token_shift

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
    assert shift.p_top == pytest.approx([1 / 2])


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


def flags(pieces: list[str], plain: str) -> list[bool]:
    ends = [len("".join(pieces[: n + 1])) for n in range(len(pieces))]
    return copied("".join(pieces), ends, plain)


@pytest.mark.parametrize(
    ("pieces", "plain", "expected"),
    [
        # a name in pieces, in other letters, and a word that only begins like it
        ([" Mar", "ie", " CURIE", " was", " Marieke"], "Name: Marie Curie\nBiography:", "11100"),
        ([" Li", " Bai", ",", " a", " poet"], "Name: Li Bai\nBiography:", "11000"),
        # a token of a name and a point is copied, one of two words of which one is new is not
        ([" Ada.", " Ada born"], "Name: Ada\nBiography:", "10"),
        # words of examples, labels and grammar are nobody's copy; names and longer words are
        (
            [" The", " lounge", " of", " American", " did", " open"],
            "Question: When did American Express open the Lounge of 1999?\nAnswer:",
            "010101",
        ),
        ([" 20", "th"], "Question: The 20th?\nAnswer:", "11"),
        ([" 20"], "Question: The 20th?\nAnswer:", "0"),
        ([" 東京", "都"], "Name: 東京都\nBiography:", "11"),
        ([".", "\n"], "Name: Ada\nBiography:", "00"),
        ([], "Name: Ada\nBiography:", ""),
    ],
)
def test_copied_tokens_lie_within_words_of_the_prompts_own_line(
    pieces: list[str], plain: str, expected: str
) -> None:
    assert flags(pieces, plain) == [one == "1" for one in expected]


def test_prompt_words_leave_out_labels_and_the_words_of_grammar() -> None:
    assert prompt_words("Question: Which is the capital of Peru?\nAnswer:") == {
        "which", "capital", "peru",
    }  # fmt: skip
    assert prompt_words("Country: Peru\nDescription:") == {"peru"}
