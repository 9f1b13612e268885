"""Joining pairs with the reference log-probabilities of their sides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from apeft.errors import UserError
from apeft.records import Record
from apeft.training.tokens import reference_key


def with_references(
    pairs: Iterable[Record], logps: Mapping[str, Record]
) -> tuple[list[Record], int]:
    """Add ``ref_chosen`` and ``ref_rejected`` (nats) and both token counts to each pair.

    Returns:
        The pairs, and how many were left out because one side's first token merges with the
        prompt and the other's does not: TRL then begins both sides earlier, and the references
        would be of other tokens.
    """
    joined = []
    left_out = 0
    for pair in pairs:
        row = dict(pair)
        starts = set()
        for side in ("chosen", "rejected"):
            found = logps.get(reference_key(pair["prompt"], pair[side]))
            if found is None:
                raise UserError(
                    f"no reference log-probability for the {side} side of {pair['id']}",
                    where="out/reference/logps.jsonl",
                    fix="run `dvc repro` so that references are computed from the present pairs",
                )
            row[f"ref_{side}"] = found["logp"]
            row[f"tokens_{side}"] = found["tokens"]
            starts.add(found["prompt_tokens"])
        if len(starts) == 1:
            joined.append(row)
        else:
            left_out += 1
    return joined, left_out
