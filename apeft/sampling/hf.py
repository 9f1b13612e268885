"""The transformers sampler: each prompt read once, noise keyed, finished rows dropped.

Sampling is Gumbel-max: argmax(logits / T + noise) draws from the softmax, and the noise comes
from a counter-based generator keyed by (seed, prompt, sample, step). So a draw depends neither on
the batch nor on what was sampled before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch

from apeft.models.cache import take_rows
from apeft.models.load import LoadedModel
from apeft.models.prefill import Starts, prefill, read
from apeft.rng import key_bits
from apeft.sampling.base import Completion, SampleSettings
from apeft.sampling.tokens import stop_tokens, written_text

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

NEAR_TIE = {torch.float32: 0.01, torch.bfloat16: 0.1, torch.float16: 0.02}
KEEP_SHARE = 0.8  # rows are dropped from a batch when no more than this share of them is alive


class HfSampler:
    """Write completions with a transformers model held in this process."""

    batch_independent = True

    def __init__(
        self, loaded: LoadedModel, *, rows: int = 64, starts: Starts | None = None
    ) -> None:
        """Wrap a loaded model.

        Args:
            loaded: model and tokenizer.
            rows: sequences decoded side by side.
            starts: keeps common starts of prompts, to be shared with what else reads them.
        """
        self._starts = starts or Starts(loaded.model)
        self._model = loaded.model
        self._tokenizer = loaded.tokenizer
        self._rows = rows
        self._stops: dict[str, set[int]] = {}

    def sample(self, prompts: Sequence[str], settings: SampleSettings) -> list[list[Completion]]:
        """Return completions ``first`` to ``first + n - 1`` of each prompt, in order."""
        if settings.schema:
            raise ValueError("transformers writes freely: it follows no schema")
        if not prompts:
            return []
        ids = [self._tokenizer(prompt)["input_ids"] for prompt in prompts]
        draws = range(settings.first, settings.first + settings.n)
        jobs = [(index, draw) for index in range(len(prompts)) for draw in draws]
        done: dict[tuple[int, int], Completion] = {}
        for start in range(0, len(jobs), self._rows):
            batch = jobs[start : start + self._rows]
            done.update(self._batch(batch, prompts, ids, settings))
        return [[done[index, draw] for draw in draws] for index in range(len(prompts))]

    @torch.inference_mode()
    def _batch(
        self,
        jobs: list[tuple[int, int]],
        prompts: Sequence[str],
        ids: list[list[int]],
        settings: SampleSettings,
    ) -> dict[tuple[int, int], Completion]:
        device = self._model.device
        # Each prompt is read once, and its cache is then spread over its samples.
        prompted = sorted({index for index, _ in jobs})
        made = prefill(
            self._model,
            [ids[index] for index in prompted],
            pad=self._tokenizer.pad_token_id,
            starts=self._starts,
        )
        spread = made.take([prompted.index(index) for index, _ in jobs], settings.max_new_tokens)
        cache, mask, logits = spread.cache, spread.mask, spread.logits[:, -1]

        near = NEAR_TIE[self._model.dtype]
        writers = [_Writer(prompts[index], draw, settings, near) for index, draw in jobs]
        stops = self._stop_tokens(settings.stop)
        held = list(range(len(jobs)))  # jobs in the cache, also ended ones until they are dropped
        for step in range(settings.max_new_tokens):
            for place, row in enumerate(held):
                if not writers[row].ended:
                    token = writers[row].choose(logits[place], step)
                    writers[row].take(token, token in stops)
            alive = [place for place, row in enumerate(held) if not writers[row].ended]
            if not alive or step + 1 == settings.max_new_tokens:
                break
            if len(alive) <= KEEP_SHARE * len(held):
                # Ended rows cost as much as live ones; dropping them copies the cache once.
                index = torch.tensor(alive, device=device)
                cache = take_rows(cache, index, settings.max_new_tokens - step)
                mask = mask[index]
                held = [held[place] for place in alive]
            mask = torch.cat([mask, mask.new_ones(len(held), 1)], dim=1)
            fresh = torch.tensor([[writers[row].newest] for row in held], device=device)
            logits = read(self._model, fresh, mask, cache, 1)[:, -1]
        return {
            job: writer.completion(self._tokenizer, ids[job[0]][-1])
            for job, writer in zip(jobs, writers, strict=True)
        }

    def _stop_tokens(self, stop: str) -> set[int]:
        if stop not in self._stops:
            size = self._model.config.vocab_size
            self._stops[stop] = stop_tokens(self._tokenizer, size, stop)
        return self._stops[stop]


class _Writer:
    """One completion in the making."""

    def __init__(self, prompt: str, draw: int, settings: SampleSettings, near: float) -> None:
        self._settings = settings
        self._near = near
        self._key = key_bits(settings.seed, "sample", prompt, draw, bits=64)
        self.tokens: list[int] = []
        self.ended = False
        self._last: int | None = None
        self._near_ties = 0
        self._logp = 0.0

    @property
    def newest(self) -> int:
        """The last token, to be read next (of an ended row: anything, nobody looks)."""
        return self.tokens[-1] if self.tokens else 0

    def choose(self, logits: torch.Tensor, step: int) -> int:
        """Pick a token from logits of shape (vocabulary,)."""
        if self._settings.temperature == 0:
            return self._best(logits)
        bits = np.random.Philox(key=self._key, counter=[0, 0, 0, step])
        draws = np.random.Generator(bits).standard_exponential(len(logits), dtype=np.float32)
        # An exponential draw can round to 0, whose noise would be infinite.
        np.maximum(draws, 1e-30, out=draws)
        np.log(draws, out=draws)
        scaled = logits / self._settings.temperature
        token = self._best(scaled - torch.from_numpy(draws).to(logits.device))
        self._logp += float(scaled[token] - scaled.logsumexp(dim=0))
        return token

    def _best(self, logits: torch.Tensor) -> int:
        best = logits.topk(2)
        self._near_ties += int(best.values[0] - best.values[1] < self._near)
        return int(best.indices[0])

    def take(self, token: int, stops: bool) -> None:
        if stops:
            self.ended, self._last = True, token
        else:
            self.tokens.append(token)

    def completion(self, tokenizer: PreTrainedTokenizerBase, before: int) -> Completion:
        """Give the completion; ``before`` is the prompt's last token."""
        # A stop token may begin with text of its own (".\n"), which belongs to the completion.
        tokens = [*self.tokens, *([] if self._last is None else [self._last])]
        text = written_text(tokenizer, before, tokens)
        return Completion(
            text=text.split(self._settings.stop)[0],
            tokens=tuple(self.tokens),
            ended=self.ended,
            near_ties=self._near_ties,
            logp=self._logp if self._settings.temperature > 0 else None,
        )
