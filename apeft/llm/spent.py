"""What a run asked a language model, and what that cost."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from apeft.llm.chat import Reply


@dataclass(frozen=True)
class Prices:
    """Price of a million tokens, in any one currency; None is unknown, 0 is free."""

    prompt: float | None = None
    completion: float | None = None


class Spent:
    """Counts of one run: requests that were answered, taken from the kept ones, or lost.

    Tokens are those of this run's calls, not of kept replies.
    """

    def __init__(self, prices: Prices) -> None:
        self.prices = prices
        self.calls = 0
        self.cached = 0
        self.unreadable = 0
        self.lost = 0
        self.prompt_tokens = 0
        self.completion_tokens = 0
        self.uncounted = 0
        self._lock = threading.Lock()

    def called_one(self, reply: Reply) -> None:
        """Count a call that was answered."""
        with self._lock:
            self.calls += 1
            self.prompt_tokens += reply.prompt_tokens or 0
            self.completion_tokens += reply.completion_tokens or 0
            self.uncounted += reply.prompt_tokens is None or reply.completion_tokens is None

    def cached_one(self) -> None:
        """Count a reply of an earlier run."""
        with self._lock:
            self.cached += 1

    def unreadable_one(self) -> None:
        """Count a question that two replies did not answer."""
        with self._lock:
            self.unreadable += 1

    def lost_one(self) -> None:
        """Count a question that got no reply."""
        with self._lock:
            self.lost += 1

    @property
    def cost(self) -> float | None:
        """Price of this run's calls; None when a price or a count of tokens is unknown."""
        if self.calls == 0:
            return 0.0
        prompt, completion = self.prices.prompt, self.prices.completion
        if prompt is None or completion is None or self.uncounted:
            return None
        return (self.prompt_tokens * prompt + self.completion_tokens * completion) / 1e6

    def counts(self) -> dict[str, int]:
        """Return the counts by name, as a stage's cost record takes them.

        ``judge_millionths`` is the cost in millionths of the prices' currency, where it is known.
        """
        cost = {} if self.cost is None else {"judge_millionths": round(1e6 * self.cost)}
        return {
            **cost,
            "judge_calls": self.calls,
            "judge_cached": self.cached,
            "judge_unreadable": self.unreadable,
            "judge_lost": self.lost,
            "judge_prompt": self.prompt_tokens,
            "judge_completion": self.completion_tokens,
        }

    def line(self) -> str:
        """Tell all of it in one line."""
        cost = "unknown" if self.cost is None else f"{self.cost:.4f}"
        return (
            f"judge: {self.calls} calls, {self.cached} kept replies, {self.unreadable} unreadable, "
            f"{self.lost} lost; {self.prompt_tokens} + {self.completion_tokens} tokens, cost {cost}"
        )
