"""Sampling many prompts with a sampler, resumably and with feedback."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from itertools import takewhile

from apeft.progress import progress
from apeft.records import Record, digest
from apeft.sampling.base import Sampler, SampleSettings
from apeft.worklog import Worklog

ALIKE = 0.5  # share of a prompt that must be common to its group


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
        For each prompt its completions as records (text, tokens, ended, near_ties).
    """
    keys = [digest([prompt, asdict(settings)]) for prompt in prompts]
    todo = [index for index, key in enumerate(keys) if key not in log]
    # Whole prompts to a chunk, about ``chunk`` sequences each: what one batch decodes together.
    groups = prefix_groups([prompts[index] for index in todo], max(1, chunk // settings.n))
    parts = [[todo[place] for place in group] for group in groups]
    for part in progress(parts, what, unit="batch"):
        written = sampler.sample([prompts[index] for index in part], settings)
        log.add(
            {
                keys[index]: {"completions": [asdict(item) for item in completions]}
                for index, completions in zip(part, written, strict=True)
            }
        )
    return [log[key]["completions"] for key in keys]


def prefix_groups(texts: Sequence[str], size: int) -> list[list[int]]:
    """Group indices of texts that begin alike, at most ``size`` to a group.

    A sampler reads the start that a batch shares only once, so prompts with the same examples
    belong together, and prompts with other examples do not.
    """
    groups: list[list[int]] = []
    for index in sorted(range(len(texts)), key=lambda place: (texts[place], place)):
        if groups and len(groups[-1]) < size:
            first, text = texts[groups[-1][0]], texts[index]
            alike = sum(
                1 for _ in takewhile(lambda ab: ab[0] == ab[1], zip(first, text, strict=False))
            )
            if alike >= ALIKE * len(text):
                groups[-1].append(index)
                continue
        groups.append([index])
    return groups


def token_count(rows: Sequence[Sequence[Record]]) -> int:
    """Tokens written in all."""
    return sum(len(item["tokens"]) for row in rows for item in row)
