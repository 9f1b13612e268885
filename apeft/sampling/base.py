"""The Sampler seam: what every sampler takes and gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class SampleSettings:
    """How to write completions.

    Attributes:
        n: completions of each prompt.
        temperature: 0 means greedy.
        max_new_tokens: a completion that reaches this is cut (``ended`` is false).
        stop: a completion ends before this string (or at the model's end-of-text token).
        seed: the root of every draw; from a batch-independent sampler, completion i of a prompt
            depends on (seed, prompt, i) alone.
        first: index i of the first completion. A prompt's completions are one stream, of which a
            call gives n from here: 0..3 and then 4..7 are the same as 0..7 at once. Only a
            batch-independent sampler can promise that; any other refuses a ``first`` above 0.
        schema: JSON schema (as text) that every completion has to follow; only a sampler that is
            ``guided`` can promise that, and any other refuses it. "" promises nothing.
    """

    n: int = 1
    temperature: float = 0.0
    max_new_tokens: int = 64
    stop: str = "\n"
    seed: int = 0
    first: int = 0
    schema: str = ""

    def __post_init__(self) -> None:
        """Refuse a stop that could span tokens: it would cut the text and not the sampling."""
        if self.first < 0:
            raise ValueError(f"no completion comes before the first, so not {self.first}")
        if len(self.stop) != 1:
            raise ValueError(f"the stop must be one character, not {self.stop!r}")


@dataclass(frozen=True)
class Completion:
    """One completion: its text, its exact token ids (without the stop), and how it ended.

    ``near_ties`` counts steps at which the best two (perturbed) logits lay so close that
    another batch could have chosen the other token (0.01 in float32, 0.1 in reduced precision);
    None from a sampler that sees no logits.
    ``logp`` is the log-probability (nats) of the completion, its stop included, under the
    distribution that it was drawn from, temperature and all; minus its mean over samples estimates
    that distribution's entropy. None for greedy completions, and from a sampler that cannot tell.
    """

    text: str
    tokens: tuple[int, ...]
    ended: bool
    near_ties: int | None
    logp: float | None = None


class Sampler(Protocol):
    """Anything that writes completions. ``batch_independent`` is a promise, not a hope.

    A batch-independent sampler gives a prompt the same completions whatever else is in the call,
    up to near ties. Any other gives the same completions to the same call: the same prompts in the
    same order with the same settings.
    """

    batch_independent: bool

    def sample(self, prompts: Sequence[str], settings: SampleSettings) -> list[list[Completion]]:
        """Return completions ``first`` to ``first + n - 1`` of each prompt, in order."""
        ...
