"""Joining pairs with their references."""

import pytest

from apeft.errors import UserError
from apeft.training.references import with_references
from apeft.training.tokens import reference_key

PAIR = {"id": "general/1", "prompt": "p", "chosen": " a", "rejected": " b"}
LOGPS = {
    reference_key("p", " a"): {"logp": -1.5, "tokens": 3, "prompt_tokens": 2},
    reference_key("p", " b"): {"logp": -2.5, "tokens": 4, "prompt_tokens": 2},
}


def test_each_side_gets_its_own_reference_and_the_pair_stays() -> None:
    (row,), left_out = with_references([PAIR], LOGPS)
    assert left_out == 0
    assert row == {
        **PAIR, "ref_chosen": -1.5, "tokens_chosen": 3, "ref_rejected": -2.5, "tokens_rejected": 4,
    }  # fmt: skip
    assert "ref_chosen" not in PAIR


def test_a_missing_reference_is_told_with_its_side_and_pair() -> None:
    with pytest.raises(UserError, match="rejected side of general/1"):
        with_references([{**PAIR, "rejected": " c"}], LOGPS)


def test_keys_tell_prompt_and_completion_apart() -> None:
    assert reference_key("ab", "c") != reference_key("a", "bc")


def test_a_pair_whose_sides_begin_at_different_tokens_is_left_out_and_counted() -> None:
    logps = {key: dict(row) for key, row in LOGPS.items()}
    logps[reference_key("p", " b")]["prompt_tokens"] = 1
    assert with_references([PAIR], logps) == ([], 1)
