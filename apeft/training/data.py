"""From preference rows to the exact sequence of examples that an optimizer step sees."""

from __future__ import annotations

from collections.abc import Sequence

from apeft.records import Record
from apeft.rng import keyed


def schedule_pairs(rows: Sequence[Record], count: int, seed: int) -> list[Record]:
    """Return exactly ``count`` rows: whole passes, each shuffled by its own keyed generator.

    The order is fixed here, and trainers read it sequentially, so that all algorithms see the
    same pairs at the same step. Where rows have an ``order``, the same rows are read, smaller
    orders first (a curriculum); without one they are mixed.
    """
    ordered = sorted(rows, key=lambda row: row["id"])
    sequence: list[Record] = []
    epoch = 0
    while len(sequence) < count:
        order = keyed(seed, "epoch", epoch).permutation(len(ordered))
        sequence += [ordered[int(index)] for index in order]
        epoch += 1
    return sorted(sequence[:count], key=lambda row: row.get("order", 0))


def by_length(rows: Sequence[Record], batch_pairs: int) -> list[Record]:
    """Sort the pairs of each optimizer step by length, so that micro-batches carry less padding.

    Where the loss is a mean over pairs (DPO, IPO, RSO) a step's gradient is the same. KTO's KL term
    is then estimated on texts of like length. Not for CPO, whose likelihood term is a mean over a
    micro-batch's tokens: sorted, those of short texts would weigh more.
    """
    ordered: list[Record] = []
    for start in range(0, len(rows), batch_pairs):
        step = rows[start : start + batch_pairs]
        ordered += sorted(step, key=_characters)
    return ordered


def paired(rows: Sequence[Record]) -> dict[str, list]:
    """Columns for TRL's paired trainers, reference log-probabilities included."""
    return {
        "prompt": [row["prompt"] for row in rows],
        "chosen": [row["chosen"] for row in rows],
        "rejected": [row["rejected"] for row in rows],
        "ref_chosen_logps": [row["ref_chosen"] for row in rows],
        "ref_rejected_logps": [row["ref_rejected"] for row in rows],
    }


def _characters(row: Record) -> int:
    return len(row["prompt"]) + max(len(row["chosen"]), len(row["rejected"]))
