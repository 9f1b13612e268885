"""Sampling many prompts with a sampler, resumably and with feedback."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from apeft.progress import chunks, progress
from apeft.records import Record, digest
from apeft.sampling.base import Sampler, SampleSettings
from apeft.worklog import Worklog


def sample_prompts(
    sampler: Sampler,
    prompts: Sequence[str],
    settings: SampleSettings,
    log: Worklog,
    what: str,
    *,
    chunk: int = 64,
) -> list[list[Record]]:
    """Sample every prompt; finished chunks are in ``log`` and are not sampled again.

    Returns:
        For each prompt its completions as records (text, tokens, ended, near_ties, logp).
    """
    keys = [digest([prompt, asdict(settings)]) for prompt in prompts]
    todo = [index for index, key in enumerate(keys) if key not in log]
    # Whole prompts to a chunk, about ``chunk`` sequences each: what one batch decodes together.
    # In the order of their texts, so that a batch's prompts share long starts.
    todo.sort(key=lambda index: (prompts[index], index))
    parts = chunks(todo, max(1, chunk // settings.n))
    for part in progress(parts, what, unit="batches"):
        written = sampler.sample([prompts[index] for index in part], settings)
        log.add(
            {
                keys[index]: {"completions": [asdict(item) for item in completions]}
                for index, completions in zip(part, written, strict=True)
            }
        )
    return [log[key]["completions"] for key in keys]


def token_count(rows: Sequence[Sequence[Record]]) -> int:
    """Tokens written in all."""
    return sum(len(item["tokens"]) for row in rows for item in row)
