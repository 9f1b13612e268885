"""Sampling many prompts with a sampler, resumably and with feedback."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace

from apeft.errors import UserError
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


def sample_rounds(
    sampler: Sampler,
    prompts: Sequence[str],
    settings: SampleSettings,
    log: Worklog,
    what: str,
    *,
    sizes: Sequence[int],
    enough: Callable[[int, list[Record]], bool],
    chunk: int = 64,
) -> list[list[Record]]:
    """Sample each prompt round by round, until ``enough(prompt's index, its completions)``.

    What is returned for a prompt is the beginning of what :func:`sample_prompts` gives for
    n = sum(sizes), since a batch-independent sampler's completion i depends on (seed, prompt, i)
    alone; near ties (counted in each completion) are the one exception.

    Raises:
        UserError: the sampler is not batch independent. Its rounds would be other samples.
    """
    if not sampler.batch_independent:
        raise UserError(
            "this sampler's completions depend on what else is sampled beside them, so stopping "
            "early would change the classes and not only save samples",
            where=f"{what}.adaptive",
            fix=f"set {what}.adaptive to false, or sample with transformers",
        )
    written: list[list[Record]] = [[] for _ in prompts]
    going = list(range(len(prompts)))
    first = settings.first
    for size in sizes:
        part = replace(settings, n=size, first=first)
        rows = sample_prompts(
            sampler, [prompts[index] for index in going], part, log, what, chunk=chunk
        )
        for index, row in zip(going, rows, strict=True):
            written[index] += row
        first += size
        going = [index for index in going if not enough(index, written[index])]
    return written


def token_count(rows: Sequence[Sequence[Record]]) -> int:
    """Tokens written in all."""
    return sum(len(item["tokens"]) for row in rows for item in row)
