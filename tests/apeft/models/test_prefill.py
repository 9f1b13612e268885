"""Common starts: found once for all prompts, read once, and without influence on each other."""

import pytest
import torch
from tiny_model import plain_logits, tiny_llama
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from apeft.models import prefill as module
from apeft.models.prefill import Starts, prefill

ONE, OTHER = list(range(10, 22)), list(range(40, 48))
PROMPTS = [[*ONE, 5, 6], [*ONE, 7], [*OTHER, 8], [*OTHER, 9, 5], [60, 61]]


@pytest.fixture(params=["grouped", "eager"])
def model(
    request: pytest.FixtureRequest, one_thread: None, tokenizer: PreTrainedTokenizerBase
) -> PreTrainedModel:
    return tiny_llama(tokenizer, implementation=request.param)


def test_known_starts_hold_for_prompts_in_any_portion(model: PreTrainedModel) -> None:
    starts = Starts(model, PROMPTS)
    limits = [len(prompt) - 1 for prompt in PROMPTS]
    whole = starts.of(PROMPTS, limits)
    assert whole[:4] == [tuple(ONE)] * 2 + [tuple(OTHER)] * 2
    for prompt, limit, start in zip(PROMPTS, limits, whole, strict=True):
        assert starts.of([prompt], [limit]) == [start]
    # A text behind a prompt shares the prompt's start; a limit below it shares nothing.
    assert starts.of([[*PROMPTS[0], 1, 2, 3]], [13]) == [tuple(ONE)]
    assert starts.of([PROMPTS[0]], [11]) == [()]


@torch.inference_mode()
def test_logits_are_those_of_plain_passes_whatever_was_read_before(model: PreTrainedModel) -> None:
    starts = Starts(model, PROMPTS)
    for portion in ([0, 2, 4], [1, 3], [0, 1, 2, 3, 4], [4], [0]):
        rows = [PROMPTS[index] for index in portion]
        made = prefill(model, rows, pad=0, starts=starts)
        for place, row in enumerate(rows):
            expected = plain_logits(model, row)[-1]
            torch.testing.assert_close(made.logits[place, -1], expected, atol=1e-4, rtol=1e-4)


@torch.inference_mode()
def test_a_start_is_read_once_and_only_so_many_are_kept(
    model: PreTrainedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts = Starts(model, PROMPTS)
    kept = starts.cache(tuple(ONE))
    assert starts.cache(tuple(ONE)) is kept
    monkeypatch.setattr(module, "KEPT_TOKENS", 15)
    starts.cache(tuple(OTHER))  # 12 + 8 tokens are too many: the one used longest ago goes
    assert starts.cache(tuple(ONE)) is not kept


@torch.inference_mode()
def test_what_was_read_before_changes_no_bit(model: PreTrainedModel) -> None:
    fresh = prefill(model, PROMPTS[2:4], pad=0, starts=Starts(model, PROMPTS)).logits
    used = Starts(model, PROMPTS)
    prefill(model, PROMPTS[:3], pad=0, starts=used)
    assert torch.equal(prefill(model, PROMPTS[2:4], pad=0, starts=used).logits, fresh)
