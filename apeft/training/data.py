"""From preference rows to the exact sequence of examples that an optimizer step sees."""

from __future__ import annotations

from collections.abc import Sequence

from apeft.records import Record
from apeft.rng import keyed


def schedule_pairs(rows: Sequence[Record], count: int, seed: int) -> list[Record]:
    """Return exactly ``count`` rows: whole passes, each shuffled by its own keyed generator.

    The order is fixed here, and trainers read it sequentially, so that all algorithms see the
    same pairs at the same step.
    """
    ordered = sorted(rows, key=lambda row: row["id"])
    sequence: list[Record] = []
    epoch = 0
    while len(sequence) < count:
        order = keyed(seed, "epoch", epoch).permutation(len(ordered))
        sequence += [ordered[int(index)] for index in order]
        epoch += 1
    return sequence[:count]


def paired(rows: Sequence[Record]) -> dict[str, list]:
    """Columns for TRL's paired trainers, reference log-probabilities included."""
    return {
        "prompt": [row["prompt"] for row in rows],
        "chosen": [row["chosen"] for row in rows],
        "rejected": [row["rejected"] for row in rows],
        "ref_chosen_logps": [row["ref_chosen"] for row in rows],
        "ref_rejected_logps": [row["ref_rejected"] for row in rows],
    }


def unpaired(rows: Sequence[Record], micro_pairs: int, seed: int) -> dict[str, list]:
    """Columns for KTO: both sides of each pair, mixed within every micro-batch.

    TRL would put all chosen sides before all rejected ones and train in that order; here each
    micro-batch of 2 x ``micro_pairs`` completions holds whole pairs, as the other algorithms see.
    TRL's KL term gives each prompt its neighbour's completion, so a pair's sides stand half a
    micro-batch apart: no completion meets its own prompt (``micro_pairs`` must be at least 2).
    """
    columns: dict[str, list] = {"prompt": [], "completion": [], "label": [], "ref_logps": []}
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
