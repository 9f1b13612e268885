"""Where a completion begins and ends in tokens (by hand)."""

from pathlib import Path

import pytest
from tiny_model import MERGES, SPACE, tiny_tokenizer
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from apeft import prompts
from apeft.training.tokens import split_completion


def words(tokenizer: PreTrainedTokenizerBase, ids: list[int]) -> list[str]:
    return [tokenizer.decode([index]) for index in ids]


def test_a_completion_ends_with_one_line_end(tokenizer: PreTrainedTokenizerBase) -> None:
    for completion in (" the x", " the x\n"):
        prompt, ids = split_completion(tokenizer, "in:", completion)
        assert words(tokenizer, prompt) == ["in", ":"]
        assert words(tokenizer, ids) == [" the", " ", "x", "\n"]


def test_a_line_end_that_joins_the_full_stop_is_one_token_with_it(
    tokenizer: PreTrainedTokenizerBase,
) -> None:
    assert words(tokenizer, split_completion(tokenizer, "in:", " the x.")[1])[2:] == ["x", ".\n"]


def test_an_empty_completion_is_the_line_end(tokenizer: PreTrainedTokenizerBase) -> None:
    assert words(tokenizer, split_completion(tokenizer, "in:", "")[1]) == ["\n"]


def test_a_token_that_grows_over_the_boundary_belongs_to_the_completion() -> None:
    joined = tiny_tokenizer([(":", SPACE), *MERGES])
    prompt, ids = split_completion(joined, "in:", " x")
    assert words(joined, prompt) == ["in"]
    assert words(joined, ids) == [": ", "x", "\n"]


@pytest.mark.parametrize("completion", [" Ada was born.", " 1815", "", "\n", " \n", " ("])
def test_no_prompt_of_the_study_grows_together_with_a_completion(
    model_dir: Path, completion: str
) -> None:
    tokenizer = AutoTokenizer.from_pretrained(model_dir)
    asked = [prompts.plain(kind, "Ada Lovelace") for kind in prompts.LABELS]
    for prompt in [*asked, prompts.question("Who was Ada?")]:
        begin, ids = split_completion(tokenizer, prompt, completion)
        assert begin == tokenizer(prompt)["input_ids"]
        assert tokenizer.decode(ids) == completion.removesuffix("\n") + "\n"
