"""Batched, padded and shared reading against plain passes over one sequence each."""

from collections.abc import Callable, Sequence

import pytest
import torch
from tiny_model import plain_logits, plain_logp, tiny_llama
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from apeft.models.scoring import candidate_logps, completion_logits, completion_logps

PAD = 1
Rows = list[tuple[list[int], list[int]]]


def tokens(*lengths: int, seed: int = 0) -> list[list[int]]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randint(5, 200, (n,), generator=generator).tolist() for n in lengths]


@pytest.fixture(params=["grouped", "eager"])
def model(
    request: pytest.FixtureRequest, one_thread: None, tokenizer: PreTrainedTokenizerBase
) -> PreTrainedModel:
    return tiny_llama(tokenizer, implementation=request.param)


def own() -> Rows:
    return list(zip(tokens(5, 1, 9, 3), tokens(4, 6, 1, 1, seed=1), strict=True))


def shared() -> Rows:
    start = tokens(6)[0]
    return [
        ([*start, *p], c) for p, c in zip(tokens(3, 1, 4), tokens(2, 5, 1, seed=1), strict=True)
    ]


def same_prompt() -> Rows:
    return [(tokens(6)[0], completion) for completion in tokens(3, 1, 7, seed=1)]


def one_token_prompts() -> Rows:
    return [(prompt, [7, 8]) for prompt in tokens(1, 1)]


def twice() -> Rows:
    return [(tokens(4)[0], [9, 9])] * 2


def two_starts() -> Rows:
    """Two groups with starts of their own, and a prompt of one token that joins neither."""
    one, other = tokens(8, 5, seed=3)
    prompts = [[*one, 11], [*other, 12], [*one, 13, 14], [7], [*other, 15]]
    return list(zip(prompts, tokens(2, 4, 1, 3, 2, seed=4), strict=True))


SETS: list[Callable[[], Rows]] = [
    own, shared, same_prompt, one_token_prompts, twice, two_starts,
]  # fmt: skip


@pytest.mark.parametrize("rows", SETS)
@pytest.mark.parametrize("budget", [1, 20, 2048])
def test_completions_score_as_in_plain_passes(
    model: PreTrainedModel, rows: Callable[[], Rows], budget: int
) -> None:
    expected = [plain_logp(model, *row) for row in rows()]
    assert completion_logps(model, rows(), pad=PAD, tokens=budget) == pytest.approx(
        expected, abs=1e-4
    )


@pytest.mark.parametrize("rows", SETS)
def test_logits_stand_at_the_positions_that_predict_the_completion(
    model: PreTrainedModel, rows: Callable[[], Rows]
) -> None:
    found = dict(completion_logits(model, rows(), pad=PAD, tokens=30))
    assert sorted(found) == list(range(len(rows())))
    for index, (prompt, completion) in enumerate(rows()):
        plain = plain_logits(model, [*prompt, *completion])[len(prompt) - 1 : -1]
        assert found[index].shape == (len(completion), model.config.vocab_size)
        assert found[index].dtype == torch.float32
        torch.testing.assert_close(found[index], plain, atol=1e-4, rtol=1e-4)


def test_nothing_to_read_is_no_error(model: PreTrainedModel) -> None:
    assert completion_logps(model, [], pad=PAD) == []
    assert candidate_logps(model, [], [], pad=PAD) == []


CANDIDATES = {
    "own prompts": (tokens(5, 2, 8), [tokens(1, 4), tokens(2, 2, seed=1), tokens(3, 1, seed=2)]),
    "shared start": (
        [[*tokens(6)[0], *end] for end in tokens(2, 5, seed=3)],
        [tokens(1, 4, 2), tokens(2, 2, 5, seed=1)],
    ),
    "one prompt": (tokens(7), [tokens(1, 3, 6)]),
    "one token each": (tokens(5, 3), [[[9], [10]], [[11], [9]]]),
    "one-token prompts": (tokens(1, 1), [tokens(2, 3), tokens(1, 1, seed=4)]),
    "a single one-token prompt": (tokens(1), [tokens(3, 1, 2)]),
    "groups of other sizes": (tokens(4, 6), [tokens(2), tokens(1, 2, 3, seed=5)]),
    "common starts": (tokens(4, 4), [[[9, 10], [9, 10, 11]], [[9], [9, 9]]]),
}


@pytest.mark.parametrize("name", CANDIDATES)
@pytest.mark.parametrize("rows", [1, 4, 64])
def test_candidates_score_as_in_plain_passes(model: PreTrainedModel, name: str, rows: int) -> None:
    prompts, groups = CANDIDATES[name]
    scored = candidate_logps(model, prompts, groups, pad=PAD, rows=rows)
    expected: list[Sequence[float]] = [
        [plain_logp(model, prompt, candidate) for candidate in group]
        for prompt, group in zip(prompts, groups, strict=True)
    ]
    assert [len(group) for group in scored] == [len(group) for group in expected]
    for ours, plain in zip(scored, expected, strict=True):
        assert ours == pytest.approx(plain, abs=1e-4)


def test_both_ways_of_scoring_agree(model: PreTrainedModel) -> None:
    prompts, groups = CANDIDATES["shared start"]
    flat = [(p, c) for p, group in zip(prompts, groups, strict=True) for c in group]
    one = candidate_logps(model, prompts, groups, pad=PAD)
    other = completion_logps(model, flat, pad=PAD)
    assert [logp for group in one for logp in group] == pytest.approx(other, abs=1e-4)
