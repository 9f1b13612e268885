"""Teacher forcing: what a model thinks of given tokens, in one pass over each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from transformers import DynamicCache, PreTrainedModel

from apeft.models.cache import roomy_cache, take_rows
from apeft.sampling.tokens import pad_left, shared_prefix

Row = tuple[Sequence[int], Sequence[int]]  # prompt ids, completion ids (at least one)


@torch.inference_mode()
def completion_logits(
    model: PreTrainedModel, rows: Sequence[Row], *, pad: int, tokens: int = 2048
) -> Iterator[tuple[int, torch.Tensor]]:
    """Yield (row, logits) with float32 logits of shape (completion tokens, vocabulary).

    ``logits[i]`` is the distribution from which completion token i is drawn. Rows are read
    sorted by length in batches of about ``tokens`` tokens, a prompt start that all rows share
    only once; the order of yielding is therefore not the order of ``rows``.
    """
    if not rows:
        return
    full = [[*prompt, *completion[:-1]] for prompt, completion in rows]
    # The last prompt token predicts the first completion token, so it must be read in the tail.
    limit = min(len(prompt) for prompt, _ in rows) - 1
    prefix = min(shared_prefix(full), limit)
    device = model.device
    head = DynamicCache(config=model.config)
    if prefix:
        model(
            torch.tensor([full[0][:prefix]], device=device),
            past_key_values=head,
            use_cache=True,
            logits_to_keep=1,
        )
    for batch in _batches([len(row) - prefix for row in full], tokens):
        ids, tail_mask = pad_left([full[index][prefix:] for index in batch], pad, device)
        mask = torch.cat([tail_mask.new_ones(len(batch), prefix), tail_mask], dim=1)
        positions = (mask.cumsum(dim=1) - 1).clamp(min=0)[:, prefix:]
        longest = max(len(rows[index][1]) for index in batch)
        cache = roomy_cache(model, head, len(batch), ids.shape[1]) if prefix else None
        logits = model(
            ids,
            attention_mask=mask,
            position_ids=positions,
            past_key_values=cache,
            use_cache=cache is not None,
            logits_to_keep=longest,
        ).logits
        for place, index in enumerate(batch):
            yield index, logits[place, longest - len(rows[index][1]) :].float()


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

    Each prompt is read once for all of its candidates, and what all prompts of the call share is
    read once in all.

    Args:
        model: a causal language model.
        prompts: token ids of each prompt.
        candidates: for each prompt, token ids of its candidates (each at least one token).
        pad: padding token id.
        rows: candidates read side by side.
    """
    if not prompts:
        return []
    device = model.device
    prefix = shared_prefix(prompts)
    head = DynamicCache(config=model.config)
    if prefix:
        start = torch.tensor([list(prompts[0][:prefix])], device=device)
        model(start, past_key_values=head, use_cache=True, logits_to_keep=1)
    results: list[list[float]] = [[] for _ in prompts]
    widest = max(len(group) for group in candidates)
    order = sorted(range(len(prompts)), key=lambda index: (len(prompts[index]), index))
    step = max(1, rows // widest)
    for batch in (order[at : at + step] for at in range(0, len(order), step)):
        tails, tail_mask = pad_left([prompts[index][prefix:] for index in batch], pad, device)
        mask = torch.cat([tail_mask.new_ones(len(batch), prefix), tail_mask], dim=1)
        positions = (mask.cumsum(dim=1) - 1).clamp(min=0)[:, prefix:]
        longest = max(len(c) for index in batch for c in candidates[index])
        cache = DynamicCache(config=model.config)
        if prefix:
            cache = roomy_cache(model, head, len(batch), tails.shape[1])
        first = model(
            tails,
            attention_mask=mask,
            position_ids=positions,
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
        ).logits[:, -1]
        owner = [place for place, index in enumerate(batch) for _ in candidates[index]]
        flat = [list(c) for index in batch for c in candidates[index]]
        logps = first.float().log_softmax(dim=-1)
        sums = [float(logps[place, c[0]]) for place, c in zip(owner, flat, strict=True)]
        if longest > 1:
            rest = torch.full((len(flat), longest - 1), pad, dtype=torch.long)
            for place, c in enumerate(flat):
                rest[place, : len(c) - 1] = torch.tensor(c[:-1])
            spread = torch.tensor(owner, device=device)
            if not prefix:
                cache = roomy_cache(model, cache, len(batch), 0)
            wide = take_rows(cache, spread, longest)
            wide_mask = torch.cat([mask[spread], mask.new_ones(len(flat), longest - 1)], dim=1)
            begin = mask.sum(dim=1)[spread, None]
            logits = model(
                rest.to(device),
                attention_mask=wide_mask,
                position_ids=begin + torch.arange(longest - 1, device=device),
                past_key_values=wide,
                use_cache=True,
            ).logits
            for place, c in enumerate(flat):
                # Padding stands behind the candidate, where causal attention cannot see it.
                if len(c) > 1:
                    row = logits[place, : len(c) - 1].float().log_softmax(dim=-1)
                    target = torch.tensor(c[1:], device=device)
                    sums[place] += float(row.gather(1, target[:, None]).sum(dtype=torch.float64))
        for place, value in zip(owner, sums, strict=True):
            results[batch[place]].append(value)
    return results
