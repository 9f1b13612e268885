"""What every sampler promises, on a tiny random model.

A sampler's test module makes a class of these tests by inheriting them and giving the fixtures
``sampler`` and ``loaded`` (the same weights in transformers, whose plain passes are the independent
path). Promises about draws whatever else is in a call are kept only by a sampler that declares
``batch_independent``; one that does not skips exactly those.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np
import pytest
from scipy.stats import chi2
from tiny_model import plain_logits

from apeft.models.load import LoadedModel
from apeft.sampling.base import Completion, Sampler, SampleSettings
from apeft.sampling.tokens import stop_tokens

PROMPTS = [
    "Name: the inn\nText:",
    "Name: a thin thing\nText:",
    "x",
    "Name: the inn\nText:the",
    "Question: who?\nAnswer:",
]
RANDOM = SampleSettings(n=3, temperature=1.0, max_new_tokens=24, stop="\n", seed=1)
GREEDY = SampleSettings(n=1, temperature=0.0, max_new_tokens=24, stop="\n", seed=1)
CLOSE = 1e-3  # logits of one model by two routes in float32, whose sums run in another order


def tokens(rows: Iterable[Sequence[Completion]]) -> list[list[tuple[int, ...]]]:
    return [[completion.tokens for completion in row] for row in rows]


class SamplerContract:
    """Tests that every sampler passes."""

    @pytest.fixture
    def independent(self, sampler: Sampler) -> Sampler:
        """The sampler, if it promises that the batch changes nothing."""
        if not sampler.batch_independent:
            pytest.skip("this sampler declares that the batch can change its completions")
        return sampler

    @pytest.mark.parametrize("settings", [RANDOM, GREEDY])
    def test_a_prompt_alone_gets_what_it_gets_in_a_batch(
        self, independent: Sampler, settings: SampleSettings
    ) -> None:
        whole = tokens(independent.sample(PROMPTS, settings))
        assert tokens(independent.sample([prompt], settings)[0] for prompt in PROMPTS) == whole
        assert len(set(chain(*whole))) > len(PROMPTS) - 1  # not all the same

    def test_the_order_of_prompts_and_prompts_beside_them_change_none(
        self, independent: Sampler
    ) -> None:
        whole = tokens(independent.sample(PROMPTS, RANDOM))
        assert tokens(independent.sample(PROMPTS[::-1], RANDOM)[::-1]) == whole
        beside = independent.sample(["another one:", *PROMPTS[:2]], RANDOM)[1:]
        assert tokens(beside) == whole[:2]
        assert tokens(independent.sample([PROMPTS[0]] * 2, RANDOM)) == [whole[0]] * 2

    def test_more_samples_keep_the_earlier_ones(self, independent: Sampler) -> None:
        few = independent.sample(PROMPTS, RANDOM)
        more = independent.sample(PROMPTS, SampleSettings(5, 1.0, 24, "\n", 1))
        assert tokens(row[:3] for row in more) == tokens(few)

    @pytest.mark.parametrize("settings", [RANDOM, GREEDY])
    def test_a_stream_that_is_read_in_parts_is_the_same_stream_or_refused(
        self, sampler: Sampler, settings: SampleSettings
    ) -> None:
        later = replace(settings, n=4, first=4)
        if not sampler.batch_independent:
            with pytest.raises(ValueError, match="first"):
                sampler.sample(PROMPTS, later)
            return
        whole = tokens(sampler.sample(PROMPTS, replace(settings, n=8)))
        start = tokens(sampler.sample(PROMPTS, replace(settings, n=4)))
        rest = tokens(sampler.sample(PROMPTS, later))
        assert [one + two for one, two in zip(start, rest, strict=True)] == whole
        alone = tokens(sampler.sample(PROMPTS[1:2], replace(settings, n=1, first=5)))
        assert alone == [whole[1][5:6]]

    def test_a_longer_limit_keeps_the_start(self, independent: Sampler) -> None:
        short = independent.sample(PROMPTS, SampleSettings(2, 1.0, 6, "\x07", 1))
        long = independent.sample(PROMPTS, SampleSettings(2, 1.0, 12, "\x07", 1))
        for one, other in zip(chain(*short), chain(*long), strict=True):
            assert other.tokens[: len(one.tokens)] == one.tokens

    @pytest.mark.parametrize("settings", [RANDOM, GREEDY])
    def test_the_same_call_writes_the_same_in_as_many_completions_as_asked_for(
        self, sampler: Sampler, settings: SampleSettings
    ) -> None:
        first = sampler.sample(PROMPTS, settings)
        assert [len(row) for row in first] == [settings.n] * len(PROMPTS)
        sampler.sample(PROMPTS[1:3], RANDOM)  # what is asked in between changes nothing
        assert sampler.sample(PROMPTS, settings) == first

    def test_another_seed_writes_something_else(self, sampler: Sampler) -> None:
        other = sampler.sample(PROMPTS, SampleSettings(3, 1.0, 24, "\n", 2))
        for one, two in zip(tokens(sampler.sample(PROMPTS, RANDOM)), tokens(other), strict=True):
            assert one != two

    def test_samples_of_one_prompt_differ(self, sampler: Sampler) -> None:
        for row in tokens(sampler.sample(PROMPTS, RANDOM)):
            assert len(set(row)) == 3

    def test_greedy_is_the_best_of_plain_passes(
        self, sampler: Sampler, loaded: LoadedModel
    ) -> None:
        for prompt, (written,) in zip(PROMPTS, sampler.sample(PROMPTS, GREEDY), strict=True):
            ids = list(loaded.tokenizer(prompt)["input_ids"])
            for token in written.tokens:
                logits = plain_logits(loaded.model, ids)[-1]
                assert logits.max() - logits[token] < CLOSE
                ids.append(token)
            if written.ended:
                last = int(plain_logits(loaded.model, ids)[-1].argmax())
                assert last == loaded.tokenizer.eos_token_id or "\n" in loaded.tokenizer.decode(
                    [last]
                )

    @pytest.mark.parametrize("temperature", [1.0, 0.5, 2.0])
    def test_first_tokens_are_as_frequent_as_the_softmax_says(
        self, sampler: Sampler, loaded: LoadedModel, temperature: float
    ) -> None:
        """Chi-square against one plain pass; all stop tokens are one bin, as are rare tokens."""
        draws = 2000
        settings = SampleSettings(draws, temperature, 1, "\n", 7)
        (row,) = sampler.sample(PROMPTS[:1], settings)
        logits = plain_logits(loaded.model, loaded.tokenizer(PROMPTS[0])["input_ids"])[-1]
        expected = draws * (logits / temperature).softmax(dim=-1).numpy().astype(float)
        counts = np.zeros(len(expected))
        for token, count in Counter(token for c in row for token in c.tokens).items():
            counts[token] = count
        stops = np.zeros(len(expected), dtype=bool)
        stops[sorted(stop_tokens(loaded.tokenizer, len(expected), "\n"))] = True
        common = ~stops & (expected >= 5)
        rare = ~stops & ~common
        ended = sum(completion.ended for completion in row)
        seen = np.array([*counts[common], counts[rare].sum(), ended])
        told = np.array([*expected[common], expected[rare].sum(), expected[stops].sum()])
        assert seen.sum() == draws
        statistic = ((seen - told) ** 2 / told).sum()
        assert statistic < chi2.ppf(0.999, df=len(told) - 1)

    def test_logp_is_that_of_plain_passes_at_the_temperature_and_of_the_stop_too(
        self, sampler: Sampler, loaded: LoadedModel
    ) -> None:
        settings = SampleSettings(n=2, temperature=0.7, max_new_tokens=24, stop="\n", seed=1)
        stops = sorted(stop_tokens(loaded.tokenizer, len(loaded.tokenizer), "\n"))
        for prompt, row in zip(PROMPTS, sampler.sample(PROMPTS, settings), strict=True):
            for completion in row:
                ids = list(loaded.tokenizer(prompt)["input_ids"])
                expected = 0.0
                for token in completion.tokens:
                    scaled = plain_logits(loaded.model, ids)[-1] / 0.7
                    expected += float(scaled.log_softmax(dim=-1)[token])
                    ids.append(token)
                assert completion.logp is not None
                if completion.ended:  # by one of the stops, of which any is possible
                    scaled = plain_logits(loaded.model, ids)[-1] / 0.7
                    logps = scaled.log_softmax(dim=-1)[stops].tolist()
                    assert min(abs(completion.logp - expected - logp) for logp in logps) < CLOSE
                else:
                    assert completion.logp == pytest.approx(expected, abs=CLOSE)
        assert all(c.logp is None for row in sampler.sample(PROMPTS, GREEDY) for c in row)

    def test_a_completion_ends_at_any_stop_token_and_never_holds_one(
        self, sampler: Sampler, loaded: LoadedModel
    ) -> None:
        settings = SampleSettings(n=12, temperature=1.5, max_new_tokens=120, stop="\n", seed=5)
        rows = list(chain(*sampler.sample(PROMPTS[:3], settings)))
        decode = loaded.tokenizer.decode
        assert {row.ended for row in rows} == {True, False}
        for row in rows:
            assert "\n" not in row.text
            assert loaded.tokenizer.eos_token_id not in row.tokens
            assert not any("\n" in decode([token]) for token in row.tokens)
            assert len(row.tokens) < 120 if row.ended else len(row.tokens) == 120
            assert row.text.startswith(decode(list(row.tokens), skip_special_tokens=True))

    def test_no_prompts_give_no_completions(self, sampler: Sampler) -> None:
        assert sampler.sample([], GREEDY) == []
