"""Scoring: each prompt read once for all its candidates, against every pair read in full."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from apeft.models.load import LoadedModel, Machine, load_model
from apeft.sampling.tokens import continuation
from benchmarks.case import Case, Once, Result, Size
from benchmarks.texts import fact_prompts

if TYPE_CHECKING:
    import torch

Ids = list[int]


def _encoded(loaded: LoadedModel, count: int) -> tuple[list[Ids], list[list[Ids]]]:
    """Token ids of prompts and of their candidates."""
    facts = fact_prompts(count)
    prompts = [loaded.tokenizer(prompt)["input_ids"] for prompt, _ in facts]
    return prompts, [
        [continuation(loaded.tokenizer, prompt, candidate) for candidate in candidates]
        for prompt, candidates in facts
    ]


def ours(model: Path, machine: Machine, size: Size) -> Once:
    """candidate_logps with its shared prefill."""
    from apeft.models.scoring import candidate_logps

    loaded = load_model(model, machine, "float32")
    prompts, candidates = _encoded(loaded, size["prompts"])
    pad = loaded.tokenizer.pad_token_id

    def once() -> Result:
        result = Result()
        with result.clock():
            logps = candidate_logps(loaded.model, prompts, candidates, pad=pad, rows=size["rows"])
        result.values = [value for group in logps for value in group]
        result.units = len(result.values)
        return result

    return once


def in_full(model: Path, machine: Machine, size: Size) -> Once:
    """One plain pass over prompt + candidate, in left-padded batches of similar length.

    Only the logits of the candidates' positions are asked for, as a careful user would.
    """
    import torch

    loaded = load_model(model, replace(machine, attention="sdpa"), "float32")
    torch.use_deterministic_algorithms(False)  # its own kernels, without our price for equal bytes
    prompts, candidates = _encoded(loaded, size["prompts"])
    rows = [
        (prompt, candidate)
        for prompt, group in zip(prompts, candidates, strict=True)
        for candidate in group
    ]
    order = sorted(range(len(rows)), key=lambda index: len(rows[index][0]) + len(rows[index][1]))

    @torch.inference_mode()
    def once() -> Result:
        result = Result(len(rows), values=[0.0] * len(rows))
        with result.clock():
            for start in range(0, len(order), size["batch"]):
                batch = order[start : start + size["batch"]]
                for index, value in zip(
                    batch, _pass(loaded, [rows[index] for index in batch]), strict=True
                ):
                    result.values[index] = value
        return result

    return once  # type: ignore[no-any-return]


def _pass(loaded: LoadedModel, rows: list[tuple[Ids, Ids]]) -> list[float]:
    """Log-probabilities (nats) of each row's candidate by one forward pass."""
    import torch

    longest = max(len(prompt) + len(candidate) for prompt, candidate in rows)
    keep = max(len(candidate) for _, candidate in rows) + 1
    ids = torch.full((len(rows), longest), loaded.tokenizer.pad_token_id)
    mask = torch.zeros_like(ids)
    for place, (prompt, candidate) in enumerate(rows):
        row = torch.tensor([*prompt, *candidate])
        ids[place, -len(row) :], mask[place, -len(row) :] = row, 1
    device = loaded.model.device
    out = loaded.model(
        ids.to(device),
        attention_mask=mask.to(device),
        position_ids=(mask.cumsum(dim=1) - 1).clamp(min=0).to(device),
        use_cache=False,
        logits_to_keep=keep,
    )
    logps: torch.Tensor = out.logits[:, :-1].float().log_softmax(dim=-1)
    return [
        float(logps[place, range(-len(candidate), 0), candidate].sum())
        for place, (_, candidate) in enumerate(rows)
    ]


SCORING = Case(
    "scoring",
    "candidates/s",
    ours,
    in_full,
    ("candidate_logps", "forward pass over each prompt + candidate"),
    {
        "quick": {"prompts": 6, "rows": 96, "batch": 32},
        "full": {"prompts": 45, "rows": 96, "batch": 32},
    },
)
