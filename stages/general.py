"""General preferences D_g: better against worse biographies of one person."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from apeft.errors import UserError
from apeft.pairs.general import SPLITS, paired
from apeft.records import Record, read_jsonl, write_json, write_jsonl
from stages.general_params import Params
from stages.stage import Made, Reads, output, run

READS: Reads = {"general": Params}


def main(params: dict[str, Any]) -> Made:
    """Write out/general/pairs.jsonl for training and validation people."""
    p: Params = params["general"]
    pairs, reasons = paired(
        read_jsonl(Path("out/score/responses.jsonl")), p.pair_rule(), p.per_person
    )
    by_split = {split: [row for row in pairs if row["split"] == split] for split in SPLITS}
    told = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
    for split, rows in by_split.items():
        if not rows:
            raise UserError(
                f"no pair of {split} people: {told}",
                where="general",
                fix="sample more people or biographies, lower general.min_gap or .min_facts, or "
                "set general.rule: plain",
            )
    years = {split: _years(rows) for split, rows in by_split.items()}
    with output("out/general") as folder:
        write_jsonl(folder / "pairs.jsonl", pairs)
        counts = {split: len(rows) for split, rows in by_split.items()}
        write_json(folder / "counts.json", {**counts, "years": years, "left_out": dict(reasons)})
    gap = sum(pair["gap"] for pair in pairs) / len(pairs)
    chosen, rejected = years["train"].values()
    return Made(
        f"general: {counts['train']} training and {counts['validation']} validation pairs, "
        f"mean gap {gap:.2f}, scored years a text {chosen:.2f} chosen and {rejected:.2f} "
        f"rejected; no pair: {told}"
    )


def _years(pairs: Sequence[Record]) -> dict[str, float]:
    """Mean scored years a text of either side."""
    return {
        side: round(sum(pair[f"years_{side}"] for pair in pairs) / len(pairs), 4)
        for side in ("chosen", "rejected")
    }


if __name__ == "__main__":
    run("general", READS, main, "out/general")
