"""Teacher forcing: what a model thinks of given tokens, in one pass over each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from transformers import PreTrainedModel

from apeft.models.prefill import prefill, read

Row = tuple[Sequence[int], Sequence[int]]  # prompt ids (at least one), completion ids (likewise)


@torch.inference_mode()
def completion_logits(
    model: PreTrainedModel, rows: Sequence[Row], *, pad: int, tokens: int = 2048
) -> Iterator[tuple[int, torch.Tensor]]:
    """Yield (row, logits) with float32 logits of shape (completion tokens, vocabulary).

    ``logits[i]`` is the distribution from which completion token i is drawn. Rows are read
    sorted by the length of what they do not share, in batches of about ``tokens`` tokens; the
    order of yielding is therefore not the order of ``rows``.
    """
    if not rows:
        return
    full = [[*prompt, *completion[:-1]] for prompt, completion in rows]
    for batch in _batches([len(row) for row in full], tokens):
        longest = max(len(rows[index][1]) for index in batch)
        # The last prompt token predicts the first completion token, so a row reads it itself.
        limits = [len(rows[index][0]) - 1 for index in batch]
        made = prefill(model, [full[i] for i in batch], pad=pad, keep=longest, limits=limits)
        for place, index in enumerate(batch):
            yield index, made.logits[place, longest - len(rows[index][1]) :]


def completion_logps(
    model: PreTrainedModel, rows: Sequence[Row], *, pad: int, tokens: int = 2048
) -> list[float]:
    """Sum of log-probabilities (nats) of each row's completion tokens, in the order of rows."""
    sums = [0.0] * len(rows)
    for index, logits in completion_logits(model, rows, pad=pad, tokens=tokens):
        target = torch.tensor(list(rows[index][1]), device=logits.device)
        logps = logits.log_softmax(dim=-1).gather(1, target[:, None])
        sums[index] = float(logps.sum(dtype=torch.float64))
    return sums


def _batches(lengths: Sequence[int], tokens: int) -> Iterator[list[int]]:
    """Group indices of similar length so that rows x longest stays near ``tokens``."""
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lambda i: (lengths[i], i)):
        if batch and (len(batch) + 1) * lengths[index] > tokens:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


@torch.inference_mode()
def candidate_logps(
    model: PreTrainedModel,
    prompts: Sequence[Sequence[int]],
    candidates: Sequence[Sequence[Sequence[int]]],
    *,
    pad: int,
    rows: int = 64,
) -> list[list[float]]:
    """Log-probability (nats, summed over tokens) of every candidate after its prompt.

    Each prompt is read once for all of its candidates.

    Args:
        model: a causal language model.
        prompts: token ids of each prompt.
        candidates: for each prompt, token ids of its candidates (each at least one token).
        pad: padding token id.
        rows: candidates read side by side.
    """
    results: list[list[float]] = [[] for _ in prompts]
    widest = max((len(group) for group in candidates), default=1)
    step = max(1, rows // widest)
    # In the order of their tokens, so that a batch's prompts share long starts.
    order = sorted(range(len(prompts)), key=lambda index: (list(prompts[index]), index))
    for batch in (order[at : at + step] for at in range(0, len(order), step)):
        made = prefill(model, [prompts[index] for index in batch], pad=pad)
        owner = [place for place, index in enumerate(batch) for _ in candidates[index]]
        flat = [list(c) for index in batch for c in candidates[index]]
        first = made.logits[:, -1].log_softmax(dim=-1)
        sums = [float(first[place, c[0]]) for place, c in zip(owner, flat, strict=True)]
        longest = max(len(c) for c in flat)
        if longest > 1:
            wide = made.take(owner, longest - 1)
            rest = torch.full((len(flat), longest - 1), pad, dtype=torch.long)
            for place, c in enumerate(flat):
                rest[place, : len(c) - 1] = torch.tensor(c[:-1])
            # Padding stands behind a candidate, where causal attention cannot see it.
            mask = torch.cat([wide.mask, wide.mask.new_ones(len(flat), longest - 1)], dim=1)
            logits = read(model, rest.to(model.device), mask, wide.cache, longest - 1)
            for place, c in enumerate(flat):
                if len(c) > 1:
                    row = logits[place, : len(c) - 1].log_softmax(dim=-1)
                    target = torch.tensor(c[1:], device=logits.device)
                    sums[place] += float(row.gather(1, target[:, None]).sum(dtype=torch.float64))
        for place, value in zip(owner, sums, strict=True):
            results[batch[place]].append(value)
    return results
