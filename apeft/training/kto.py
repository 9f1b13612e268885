"""KTO's examples: both sides of each pair, and the references of its KL term.

TRL estimates the KL term of a micro-batch on mismatched completions: each prompt with the
completion of the example before it, the first with the last's. Their reference log-probabilities
depend on the micro-batches, so they are computed in the cell; those of the examples' own
completions are the stage ``reference``'s. TRL's precompute would compute both, unsorted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from apeft.models.load import LoadedModel
from apeft.records import Record
from apeft.rng import keyed
from apeft.training.tokens import split_completion


def unpaired(rows: Sequence[Record], micro_pairs: int, seed: int) -> dict[str, list[Any]]:
    """Columns for KTO: both sides of each pair, mixed within every micro-batch.

    TRL would put all chosen sides before all rejected ones and train in that order; here each
    micro-batch of 2 x ``micro_pairs`` completions holds whole pairs, as the other algorithms see.
    A pair's sides stand half a micro-batch apart, so that in the KL term no completion meets its
    own prompt (``micro_pairs`` must be at least 2).
    """
    columns: dict[str, list[Any]] = {"prompt": [], "completion": [], "label": [], "ref_logps": []}
    for start in range(0, len(rows), micro_pairs):
        batch = rows[start : start + micro_pairs]
        first = keyed(seed, "unpaired", start).permutation([i % 2 for i in range(len(batch))])
        for half in (0, 1):
            for row, turn in zip(batch, first, strict=True):
                side = "chosen" if (turn == 0) == (half == 0) else "rejected"
                example = (row["prompt"], row[side], side == "chosen", row[f"ref_{side}"])
                for name, value in zip(columns, example, strict=True):
                    columns[name].append(value)
    return columns


def mismatched_references(
    loaded: LoadedModel, columns: dict[str, list[Any]], micro_batch: int, tokens: int = 2048
) -> list[float]:
    """Reference log-probability (nats) of the completion that each example's KL term reads.

    Args:
        loaded: the base, not yet trained.
        columns: of :func:`unpaired`.
        micro_batch: examples of a forward pass, within which TRL turns the completions round.
        tokens: in a forward pass here.
    """
    from apeft.models.scoring import completion_logps

    split = [
        split_completion(loaded.tokenizer, *example)
        for example in zip(columns["prompt"], columns["completion"], strict=True)
    ]
    rows = []
    for start in range(0, len(split), micro_batch):
        batch = split[start : start + micro_batch]
        rows += [(batch[place][0], batch[place - 1][1]) for place in range(len(batch))]
    return completion_logps(loaded.model, rows, pad=loaded.tokenizer.pad_token_id, tokens=tokens)
