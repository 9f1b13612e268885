"""Draw the rows of every set that other abilities are read from (apeft.abilities)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from apeft.abilities.read import draw, read_set
from apeft.abilities.sets import PACKAGE, SETS
from apeft.errors import UserError
from apeft.records import Record, write_json, write_jsonl
from apeft.sources.packages import default_folder, fetch
from stages.ablations.params import Ablations
from stages.stage import Made, Reads, output, run

SOURCES = Path("ablations/sources.txt")  # apart: the study itself does not read this package
READS: Reads = {"ablations": Ablations}


def main(params: dict[str, Any]) -> Made:
    """Write out/ability_sets: SET.jsonl and counts.json."""
    p: Ablations = params["ablations"]
    if not p.abilities.sets:
        raise UserError(
            "no set is named", where="ablations.abilities.sets", fix="name one, as params.yaml does"
        )
    local = p.abilities.local_sources
    folder = default_folder() if local is None else Path(local)
    archive = fetch(
        folder, SOURCES, download=local is None, parameter="ablations.abilities.local_sources"
    )[PACKAGE]
    drawn: dict[str, list[Record]] = {}
    counts: dict[str, Record] = {}
    for name in p.abilities.sets:
        rows, counted = read_set(archive, name, p.seed)
        drawn[name] = draw(rows, p.abilities.rows, p.seed)
        counts[name] = {**counted, "drawn": len(drawn[name]), "member": SETS[name].member}
    with output("out/ability_sets") as out:
        for key, rows in drawn.items():
            write_jsonl(out / f"{key}.jsonl", rows)
        write_json(out / "counts.json", {"source": PACKAGE, "sets": counts})
    told = ", ".join(f"{len(rows)} {key}" for key, rows in drawn.items())
    return Made(f"ability sets: {told}")


if __name__ == "__main__":
    run("ability_sets", READS, main, "out/ability_sets")
