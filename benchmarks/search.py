"""Choose steps, rates and β on validation people: train some cells of a study with other values.

``python -m benchmarks.search --study FOLDER --set training.steps=16 training.batch_pairs=3`` trains
every algorithm on the pairs of a study that has run up to its pairs (FOLDER/out), and adds to the
record (--to) what validation people's pairs say of each cell, whether it collapsed, what it took,
and the cosines between the algorithms' updates. No test prompt is read.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir
from pathlib import Path
from typing import Any

import yaml

from apeft.records import Record, read_json, read_jsonl, write_json
from benchmarks.model import ROOT

GIVEN = ("model", "knowledge", "prompts", "score", "general", "atomic")
READ = ("validation_accuracy", "validation_margin", "shown_margin", "kl", "shown_kl")


def workspace(study: Path, folder: Path, changes: Mapping[str, Any]) -> None:
    """Make a workspace on a study's pairs, with these parameters in place of the checkout's."""
    (folder / "out").mkdir(parents=True, exist_ok=True)
    for name in GIVEN:
        link = folder / "out" / name
        if not link.exists():
            link.symlink_to((study / "out" / name).resolve())
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    for key, value in changes.items():
        *sections, last = key.split(".")
        section = params
        for name in sections:
            section = section[name]
        if last not in section:
            raise KeyError(key)
        section[last] = value
    text = yaml.safe_dump(params, sort_keys=False)
    (folder / "params.yaml").write_text(text, encoding="utf-8")


def train(cells: Sequence[tuple[str, str]]) -> Iterator[Record]:
    """Train cells of the workspace that is the working folder; give a row on each."""
    from stages import mix, reference
    from stages import train as training
    from stages.stage import read_params, validate

    def stage(module: Any, *arguments: str) -> Any:
        sys.argv = ["", *arguments]
        return module.main(validate(read_params(), module.READS))

    if not Path("out/reference").is_dir():
        stage(reference)
    for recipe in dict.fromkeys(recipe for _, recipe in cells):
        stage(mix, recipe)
    for algorithm, recipe in cells:
        began = time.perf_counter(), time.process_time()
        made = stage(training, algorithm, recipe, "0")
        print(made.line, flush=True)
        yield {
            "cell": f"{algorithm}-{recipe}",
            "seconds": round(time.perf_counter() - began[0], 1),
            "processor_seconds": round(time.process_time() - began[1], 1),
            **_read(Path("out/train") / f"{algorithm}-{recipe}-0"),
        }


def _read(folder: Path) -> Record:
    """What a cell's curves, settings and collapse check say."""
    settings, curves = read_json(folder / "settings.json"), read_jsonl(folder / "curves.jsonl")
    read = {name: settings[name] for name in ("beta", "learning_rate", "steps", "tokens_seen")}
    drift = [row["kto_kl"] for row in curves if "kto_kl" in row]
    return {
        **read,
        **{name: curves[-1][name] for name in READ},
        "loss": [row["loss"] for row in curves if "loss" in row],
        **({"kto_z": drift} if drift else {}),
        "collapse": read_json(folder / "collapse.json")["reasons"],
    }


def alike(cells: Sequence[tuple[str, str]]) -> Record:
    """Cosines between the updates of every two algorithms of a recipe."""
    from apeft.training.cosines import cosines

    found = cosines([Path("out/train") / f"{one}-{recipe}-0" / "adapter" for one, recipe in cells])
    return {
        f"{one} {other} {recipe}": round(float(found[i, j]), 4)
        for i, (one, recipe) in enumerate(cells)
        for j, (other, its) in enumerate(cells)
        if i < j and recipe == its
    }


def main() -> None:
    """Read the command line, train the cells and add a row to the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path(".work/search"))
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "search.json")
    parser.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE")
    parser.add_argument("--cells", nargs="+", metavar="ALGORITHM-RECIPE")
    given = parser.parse_args()
    changes = {key: yaml.safe_load(value) for key, value in (one.split("=") for one in given.set)}
    cells = [tuple(cell.split("-")) for cell in given.cells]
    # TRL draws bars of its own; before its import.
    os.environ["TQDM_DISABLE"], os.environ["APEFT_LIVE"] = "1", "0"
    to = given.to.resolve()
    workspace(given.study, given.work, changes)
    with chdir(given.work):
        rows = list(train(cells))
        row = {"set": changes, "cells": rows, "cosines": alike(cells)}
    record = read_json(to) if to.is_file() else []
    write_json(to, [*record, row])
    print(yaml.safe_dump(row["cosines"]), flush=True)


if __name__ == "__main__":
    main()
