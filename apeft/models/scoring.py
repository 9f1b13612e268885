"""Teacher forcing: what a model thinks of given tokens, in one pass over each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from transformers import PreTrainedModel

from apeft.models.prefill import Prefilled, Starts, prefill, read

CANDIDATE_TOKENS = 256  # of candidates of like length that are read side by side

Row = tuple[Sequence[int], Sequence[int]]  # prompt ids (at least one), completion ids (likewise)


@torch.inference_mode()
def completion_logits(
    model: PreTrainedModel,
    rows: Sequence[Row],
    *,
    pad: int,
    tokens: int = 2048,
    starts: Starts | None = None,
) -> Iterator[tuple[int, torch.Tensor]]:
    """Yield (row, logits) with float32 logits of shape (completion tokens, vocabulary).

    ``logits[i]`` is the distribution from which completion token i is drawn. Rows are read
    sorted by the length of what they do not share, in batches of about ``tokens`` tokens; the
    order of yielding is therefore not the order of ``rows``.
    """
    if not rows:
        return
    starts = starts or Starts(model, [prompt for prompt, _ in rows])
    full = [[*prompt, *completion[:-1]] for prompt, completion in rows]
    # The last prompt token predicts the first completion token, so a row reads it itself.
    limits = [len(prompt) - 1 for prompt, _ in rows]
    own = [len(row) - len(s) for row, s in zip(full, starts.of(full, limits), strict=True)]
    for batch in _batches(own, tokens):
        longest = max(len(rows[index][1]) for index in batch)
        made = prefill(
            model,
            [full[index] for index in batch],
            pad=pad,
            keep=longest,
            limits=[limits[index] for index in batch],
            starts=starts,
        )
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
    starts: Starts | None = None,
) -> list[list[float]]:
    """Log-probability (nats, summed over tokens) of every candidate after its prompt.

    Each prompt is read once for all of its candidates.

    Args:
        model: a causal language model.
        prompts: token ids of each prompt.
        candidates: for each prompt, token ids of its candidates (each at least one token).
        pad: padding token id.
        rows: candidates read side by side.
        starts: keeps common starts of prompts from call to call.
    """
    results: list[list[float]] = [[] for _ in prompts]
    widest = max((len(group) for group in candidates), default=1)
    step = max(1, rows // widest)
    # In the order of their tokens, so that a batch's prompts share long starts.
    order = sorted(range(len(prompts)), key=lambda index: (list(prompts[index]), index))
    for batch in (order[at : at + step] for at in range(0, len(order), step)):
        made = prefill(model, [prompts[index] for index in batch], pad=pad, starts=starts)
        owner = [place for place, index in enumerate(batch) for _ in candidates[index]]
        flat = [list(c) for index in batch for c in candidates[index]]
        first = made.logits[:, -1].log_softmax(dim=-1)
        sums = [float(first[place, c[0]]) for place, c in zip(owner, flat, strict=True)]
        longer = [place for place, c in enumerate(flat) if len(c) > 1]
        for part in _batches([len(flat[place]) for place in longer], CANDIDATE_TOKENS):
            places = [longer[index] for index in part]
            _add_rest(model, made, places, owner, flat, sums, pad)
        for place, value in zip(owner, sums, strict=True):
            results[batch[place]].append(value)
    return results


def _add_rest(
    model: PreTrainedModel,
    made: Prefilled,
    places: Sequence[int],
    owner: Sequence[int],
    flat: Sequence[list[int]],
    sums: list[float],
    pad: int,
) -> None:
    """Add the log-probabilities of all tokens but the first of the candidates at ``places``."""
    longest = max(len(flat[place]) for place in places)
    wide = made.take([owner[place] for place in places], longest - 1)
    rest = torch.full((len(places), longest - 1), pad, dtype=torch.long)
    for row, place in enumerate(places):
        rest[row, : len(flat[place]) - 1] = torch.tensor(flat[place][:-1])
    # Padding stands behind a candidate, where causal attention cannot see it.
    mask = torch.cat([wide.mask, wide.mask.new_ones(len(places), longest - 1)], dim=1)
    logits = read(model, rest.to(model.device), mask, wide.cache, longest - 1)
    for row, place in enumerate(places):
        found = logits[row, : len(flat[place]) - 1].log_softmax(dim=-1)
        target = torch.tensor(flat[place][1:], device=logits.device)
        sums[place] += float(found.gather(1, target[:, None]).sum(dtype=torch.float64))
