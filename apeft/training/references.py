"""Joining pairs with the reference log-probabilities of their sides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from apeft.errors import UserError
from apeft.records import Record
from apeft.training.tokens import reference_key


def with_references(pairs: Iterable[Record], logps: Mapping[str, Record]) -> list[Record]:
    """Add ``ref_chosen`` and ``ref_rejected`` (nats) and both token counts to each pair."""
    joined = []
    for pair in pairs:
        row = dict(pair)
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
        joined.append(row)
    return joined
