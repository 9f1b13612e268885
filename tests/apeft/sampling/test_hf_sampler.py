"""The transformers sampler keeps the contract; its draws, near ties and stops."""

from collections import Counter
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
import torch
from sampler_contract import GREEDY, PROMPTS, RANDOM, SamplerContract, tokens
from scipy.stats import chi2
from tiny_model import tiny_llama
from transformers import PreTrainedTokenizerBase

from apeft.models.load import LoadedModel, Machine, load_model
from apeft.sampling.base import Completion, SampleSettings
from apeft.sampling.hf import HfSampler, _Writer


@pytest.fixture(params=["grouped", "sdpa"])
def loaded(
    request: pytest.FixtureRequest, one_thread: None, tokenizer: PreTrainedTokenizerBase
) -> LoadedModel:
    model = tiny_llama(tokenizer, implementation=request.param, seed=3)
    return LoadedModel(model, tokenizer, {})


class TestHfSampler(SamplerContract):
    """The contract, with both kinds of attention."""

    @pytest.fixture
    def sampler(self, loaded: LoadedModel) -> HfSampler:
        return HfSampler(loaded)


@pytest.mark.parametrize("settings", [RANDOM, GREEDY])
def test_the_batch_changes_no_completion(loaded: LoadedModel, settings: SampleSettings) -> None:
    whole = tokens(HfSampler(loaded, rows=64).sample(PROMPTS, settings))
    for rows in (1, 2, 4):
        assert tokens(HfSampler(loaded, rows=rows).sample(PROMPTS, settings)) == whole


def test_no_stream_begins_before_its_first_completion() -> None:
    with pytest.raises(ValueError, match="-1"):
        SampleSettings(first=-1)


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
