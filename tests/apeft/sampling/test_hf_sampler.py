"""What a completion depends on, and what it never depends on."""

from collections import Counter
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.stats import chi2
from tiny_model import plain_logits, tiny_llama
from transformers import PreTrainedTokenizerBase

from apeft.models.load import LoadedModel, Machine, load_model
from apeft.sampling.base import Completion, SampleSettings
from apeft.sampling.hf import HfSampler, _Writer

PROMPTS = [
    "Name: the inn\nText:",
    "Name: a thin thing\nText:",
    "x",
    "Name: the inn\nText:the",
    "Question: who?\nAnswer:",
]
RANDOM = SampleSettings(n=3, temperature=1.0, max_new_tokens=24, stop="\n", seed=1)
GREEDY = SampleSettings(n=1, temperature=0.0, max_new_tokens=24, stop="\n", seed=1)


def same(one: list[list[Completion]], other: list[list[Completion]]) -> bool:
    return [[c.tokens for c in row] for row in one] == [[c.tokens for c in row] for row in other]


@pytest.fixture(params=["grouped", "sdpa"])
def loaded(
    request: pytest.FixtureRequest, one_thread: None, tokenizer: PreTrainedTokenizerBase
) -> LoadedModel:
    model = tiny_llama(tokenizer, implementation=request.param, seed=3)
    return LoadedModel(model, tokenizer, {})


@pytest.mark.parametrize("settings", [RANDOM, GREEDY])
def test_the_batch_changes_no_completion(loaded: LoadedModel, settings: SampleSettings) -> None:
    whole = HfSampler(loaded, rows=64).sample(PROMPTS, settings)
    for rows in (1, 2, 4):
        assert same(HfSampler(loaded, rows=rows).sample(PROMPTS, settings), whole)
    alone = [HfSampler(loaded).sample([prompt], settings)[0] for prompt in PROMPTS]
    assert same(alone, whole)
    assert len({c.tokens for row in whole for c in row}) > len(PROMPTS) - 1  # not all the same


def test_the_order_of_prompts_and_prompts_beside_them_change_none(loaded: LoadedModel) -> None:
    sampler = HfSampler(loaded)
    whole = sampler.sample(PROMPTS, RANDOM)
    assert same(sampler.sample(PROMPTS[::-1], RANDOM)[::-1], whole)
    assert same(sampler.sample(["another one:", *PROMPTS[:2]], RANDOM)[1:], whole[:2])
    assert same(sampler.sample([PROMPTS[0]] * 2, RANDOM), [whole[0]] * 2)


def test_more_samples_keep_the_earlier_ones(loaded: LoadedModel) -> None:
    few = HfSampler(loaded).sample(PROMPTS, RANDOM)
    more = HfSampler(loaded).sample(PROMPTS, SampleSettings(5, 1.0, 24, "\n", 1))
    assert same([row[:3] for row in more], few)


@pytest.mark.parametrize("settings", [RANDOM, GREEDY])
def test_a_stream_that_is_read_in_parts_is_the_same_stream(
    loaded: LoadedModel, settings: SampleSettings
) -> None:
    sampler = HfSampler(loaded, rows=8)
    whole = sampler.sample(PROMPTS, replace(settings, n=8))
    parts = [sampler.sample(PROMPTS, replace(settings, n=4, first=first)) for first in (0, 4)]
    assert same([[*one, *two] for one, two in zip(*parts, strict=True)], whole)
    alone = sampler.sample(PROMPTS[1:2], replace(settings, n=1, first=5))
    assert same(alone, [whole[1][5:6]])


def test_no_stream_begins_before_its_first_completion() -> None:
    with pytest.raises(ValueError, match="-1"):
        SampleSettings(first=-1)


def test_a_longer_limit_keeps_the_start(loaded: LoadedModel) -> None:
    short = HfSampler(loaded).sample(PROMPTS, SampleSettings(2, 1.0, 6, "\x07", 1))
    long = HfSampler(loaded).sample(PROMPTS, SampleSettings(2, 1.0, 12, "\x07", 1))
    for one, other in zip(chain(*short), chain(*long), strict=True):
        assert other.tokens[: len(one.tokens)] == one.tokens


def test_another_seed_writes_something_else(loaded: LoadedModel) -> None:
    sampler = HfSampler(loaded)
    other = sampler.sample(PROMPTS, SampleSettings(3, 1.0, 24, "\n", 2))
    first = sampler.sample(PROMPTS, RANDOM)
    for one, two in zip(first, other, strict=True):
        assert [c.tokens for c in one] != [c.tokens for c in two]


def test_samples_of_one_prompt_differ(loaded: LoadedModel) -> None:
    for row in HfSampler(loaded).sample(PROMPTS, RANDOM):
        assert len({c.tokens for c in row}) == 3


def test_greedy_is_argmax_of_plain_passes(loaded: LoadedModel) -> None:
    for prompt, row in zip(PROMPTS, HfSampler(loaded).sample(PROMPTS, GREEDY), strict=True):
        ids = list(loaded.tokenizer(prompt)["input_ids"])
        for token in row[0].tokens:
            assert token == int(plain_logits(loaded.model, ids)[-1].argmax())
            ids.append(token)
        if row[0].ended:
            last = int(plain_logits(loaded.model, ids)[-1].argmax())
            assert last == loaded.tokenizer.eos_token_id or "\n" in loaded.tokenizer.decode([last])


def counted(logits: torch.Tensor, temperature: float, draws: int) -> np.ndarray:
    settings = SampleSettings(n=draws, temperature=temperature, seed=7)
    writers = [_Writer("toy", draw, settings, 0.0) for draw in range(draws)]
    chosen = Counter(writer.choose(logits, step=4) for writer in writers)
    return np.array([chosen[token] for token in range(len(logits))])


@pytest.mark.parametrize("temperature", [1.0, 0.5, 2.0])
def test_frequencies_are_those_of_the_softmax(temperature: float) -> None:
    logits = torch.tensor([1.5, 0.0, -1.0, 0.7, 0.7])
    counts = counted(logits, temperature, 4000)
    expected = 4000 * torch.softmax(logits / temperature, dim=-1).numpy()
    statistic = ((counts - expected) ** 2 / expected).sum()
    assert statistic < chi2.ppf(0.999, df=4)


def test_steps_of_one_completion_draw_independently() -> None:
    writer = _Writer("toy", 0, SampleSettings(temperature=1.0, seed=7), 0.0)
    tokens = np.array([writer.choose(torch.zeros(4), step) for step in range(4000)])
    pairs = np.bincount(tokens[:-1] * 4 + tokens[1:], minlength=16)
    expected = (len(tokens) - 1) / 16
    assert ((pairs - expected) ** 2 / expected).sum() < chi2.ppf(0.999, df=15)


def test_logp_is_that_of_plain_passes_at_the_temperature_and_of_the_stop_too(
    loaded: LoadedModel,
) -> None:
    settings = SampleSettings(n=2, temperature=0.7, max_new_tokens=24, stop="\n", seed=1)
    for prompt, row in zip(PROMPTS, HfSampler(loaded).sample(PROMPTS, settings), strict=True):
        for completion in row:
            ids = list(loaded.tokenizer(prompt)["input_ids"])
            expected = 0.0
            for token in completion.tokens:
                scaled = plain_logits(loaded.model, ids)[-1] / 0.7
                expected += float(scaled.log_softmax(dim=-1)[token])
                ids.append(token)
            assert completion.logp is not None
            if completion.ended:  # the stop is one token more
                assert completion.logp < expected + 1e-4
            else:
                assert completion.logp == pytest.approx(expected, abs=1e-3)
    assert all(c.logp is None for row in HfSampler(loaded).sample(PROMPTS, GREEDY) for c in row)


def test_near_ties_are_counted() -> None:
    writer = _Writer("toy", 0, SampleSettings(), 0.01)
    for step, gap in enumerate((0.005, 0.02, 0.0, 3.0)):
        writer.choose(torch.tensor([1.0, 1.0 - gap, -5.0]), step)
    assert writer.completion(_Words(), 6).near_ties == 2


class _Words:
    """Decodes token ids by a table."""

    def decode(self, tokens: list[int], skip_special_tokens: bool) -> str:
        assert skip_special_tokens
        words = {1: "He", 2: " was", 3: ".\n", 4: "\n", 5: "", 6: ":"}
        return "".join(words[token] for token in tokens)


@pytest.mark.parametrize(
    ("last", "text"), [(3, "He was."), (4, "He was"), (5, "He was"), (None, "He was")]
)
def test_the_text_of_a_stop_token_before_the_stop_belongs_to_the_completion(
    last: int | None, text: str
) -> None:
    writer = _Writer("p", 0, SampleSettings(stop="\n"), 0.0)
    for token in (1, 2):
        writer.take(token, stops=False)
    if last is not None:
        writer.take(last, stops=True)
    completion = writer.completion(_Words(), 6)
    assert completion == Completion(text, (1, 2), last is not None, 0, None)


def test_a_completion_ends_at_any_stop_token_and_never_holds_one(loaded: LoadedModel) -> None:
    settings = SampleSettings(n=12, temperature=1.5, max_new_tokens=120, stop="\n", seed=5)
    rows = list(chain(*HfSampler(loaded).sample(PROMPTS[:3], settings)))
    decode = loaded.tokenizer.decode
    assert {row.ended for row in rows} == {True, False}
    for row in rows:
        assert "\n" not in row.text
        assert loaded.tokenizer.eos_token_id not in row.tokens
        assert not any("\n" in decode([token]) for token in row.tokens)
        assert len(row.tokens) < 120 or not row.ended
        assert row.text.startswith(decode(list(row.tokens), skip_special_tokens=True))


def test_no_prompts_give_no_completions(tiny: LoadedModel) -> None:
    assert HfSampler(tiny).sample([], GREEDY) == []


def test_the_real_model_writes_the_same_whatever_the_batch_in_float32(model_dir: Path) -> None:
    loaded = load_model(model_dir, Machine("cpu", 1, "grouped"), "float32")
    shots = "Name: Ada Lovelace\nBiography: Ada Lovelace was an English mathematician.\n\n"
    names = ("Marie Curie", "Ludwig van Beethoven")
    prompts = [f"{shots}Name: {name}\nBiography:" for name in names]
    settings = SampleSettings(n=2, temperature=0.7, max_new_tokens=8, seed=1)
    beside = HfSampler(loaded, rows=4).sample(prompts, settings)
    alone = HfSampler(loaded, rows=1).sample(prompts[::-1], settings)[::-1]
    for one, other in zip(chain(*beside), chain(*alone), strict=True):
        assert one.tokens == other.tokens or one.near_ties
    assert sum(c.near_ties for row in beside for c in row) <= 1
