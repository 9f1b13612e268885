"""Preference pairs that a user brings, checked. Usage: python -m stages.own_pairs NAME."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from apeft.errors import UserError
from apeft.pairs.own import held_out, read_pairs
from apeft.records import read_jsonl, write_json, write_jsonl
from apeft.sources.packages import sha256
from stages.own import Own, check
from stages.stage import Made, Reads, output, run, wrong_arguments

READS: Reads = {"own": Own}
CHECKS = [check]


def main(params: dict[str, Any]) -> Made:
    """Write out/own/NAME: pairs.jsonl, left_out.jsonl, source.json and counts.json."""
    name = sys.argv[1]
    path = Path(params["own"].pairs[name])
    pairs = read_pairs(path, name)
    leaks = held_out(pairs, read_jsonl(Path("out/knowledge/entities.jsonl")))
    kept = [pair for pair in pairs if pair["id"] not in leaks]
    if not kept:
        raise UserError(
            f"every one of {len(pairs)} pairs asks about an entity of validation or test",
            where=f"own.pairs.{name}: {path}",
            fix="bring pairs about other entities; out/knowledge/entities.jsonl tells the split",
        )
    with output(f"out/own/{name}") as folder:
        write_jsonl(folder / "pairs.jsonl", kept)
        left_out = [
            {"id": pair["id"], "line": pair["line"], "entity": leaks[pair["id"]]}
            for pair in pairs
            if pair["id"] in leaks
        ]
        write_jsonl(folder / "left_out.jsonl", left_out)
        write_json(folder / "source.json", {"sha256": sha256(path)})
        counts = {"pairs": len(kept), "asks_about_held_out_entity": len(leaks)}
        write_json(folder / "counts.json", counts)
    return Made(f"own_pairs {name}: {len(kept)} pairs, {len(leaks)} left out (held-out entities)")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        wrong_arguments("python -m stages.own_pairs NAME")
    run(f"own_pairs@{sys.argv[1]}", READS, main, f"out/own/{sys.argv[1]}")
