"""Train one adapter. Usage: python -m stages.train ALGORITHM RECIPE SEED.

With `hardware.processes` over 1 the script starts itself that many times by ``accelerate launch``;
the first of these processes writes what a single one would.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from contextlib import nullcontext
from itertools import groupby
from pathlib import Path
from typing import Any

from apeft.finite import told
from apeft.pairs.general import PairRule, balanced, make_pair
from apeft.records import Record, file_digest, read_json, read_jsonl, write_json, write_jsonl
from apeft.training.processes import as_process, is_main, launch, launched
from stages.general_params import Params as General
from stages.hardware import Hardware, check_processes
from stages.machine import MachineParams
from stages.stage import Made, Reads, output, read_params, run, validate, wrong_arguments
from stages.training_params import Training, is_cell

READS: Reads = {
    "hardware": Hardware, "machine": MachineParams, "training": Training, "general": General,
}  # fmt: skip
CHECKS = [check_processes]


def main(params: dict[str, Any]) -> Made:
    """Write out/train/VARIANT: adapter/, {settings,collapse}.json, {curves,validation}.jsonl."""
    from apeft.errors import UserError

    if faults := check_processes(params):
        raise UserError("; ".join(faults), where="params.yaml", fix="correct these keys")
    variant = "-".join(sys.argv[1:])
    hardware: Hardware = params["hardware"]
    if hardware.processes > 1:
        folder = Path(".work/launch") / variant
        print(f"train {variant}: {hardware.processes} processes, writing {folder}", flush=True)
        launch(
            "stages.train",
            sys.argv[1:],
            processes=hardware.processes,
            threads=params["machine"].threads,
            device=params["machine"].device,
            config=Path(hardware.accelerate_config) if hardware.accelerate_config else None,
            folder=folder,
        )
    else:
        train(params)
    return _made(Path("out/train") / variant, params["machine"].device)


def train(params: dict[str, Any]) -> None:
    """Train the cell that the command line names, alone or as one of several processes."""
    # TRL draws a bar of its own that no setting turns off; this must stand before its import.
    os.environ["TQDM_DISABLE"] = "1"
    from apeft.models.load import load_model
    from apeft.training.cell import seen, train_cell
    from apeft.training.collapse import CollapseLimits
    from apeft.training.data import parted
    from apeft.worklog import Worklog
    from stages.live import LiveRun

    algorithm, recipe, seed = sys.argv[1], sys.argv[2], int(sys.argv[3])
    training: Training = params["training"]
    machine = params["machine"].machine()
    mixed = Path("out/mix") / recipe
    rows = read_jsonl(mixed / "train.jsonl")
    validation = read_jsonl(mixed / "validation.jsonl")[: training.validation_pairs]
    if algorithm == "rso" and training.rso.sampling:
        rows = _rejection_sampled(rows, training, params["general"].pair_rule(), seed)
    counted = len(parted(rows)[0])
    cell = training.cell(algorithm, recipe, seed, counted, params["hardware"].processes)
    variant = cell.variant
    # Validation and the collapse check also read as evaluation does, with examples before a prompt.
    shown = {
        row["plain"]: row["text"]
        for row in read_jsonl(Path("out/prompts/prompts.jsonl"))
        if row["set"] == "bio" and row["split"] == "validation"
    }
    key = [
        vars(machine), cell.flat(), file_digest(Path("out/model/identity.json")), rows, validation,
        shown,
    ]  # fmt: skip
    log = Worklog(f"train-{variant}", key)
    limits = CollapseLimits(
        training.collapse.repetition, training.collapse.empty, training.collapse.kl
    )
    loaded = load_model(Path("out/model"), machine, cell.dtype)
    kinds = Counter(row["kind"] for row in rows)
    settings = {
        **cell.flat(),
        "base": loaded.identity["name"],
        "pairs_general": kinds["general"],
        "pairs_atomic": kinds["atomic"],
        **({"pairs_own": kinds["own"]} if kinds["own"] else {}),
        **seen(loaded, rows, cell),
    }
    if algorithm == "rso":
        settings["rso.sampling"] = training.rso.sampling
        settings["rso.beta_rso"] = training.rso.beta_rso
    with (
        LiveRun(variant, log.folder.name, settings) as live,
        output(f"out/train/{variant}") if is_main() else nullcontext(log.folder) as folder,
    ):
        made = train_cell(
            loaded,
            rows,
            validation,
            cell,
            log,
            live.log,
            folder / "adapter",
            shown=shown,
            texts=training.collapse.texts,
            limits=limits,
            max_new_tokens=training.collapse.max_new_tokens,
        )
        if made is None:  # another process writes
            return
        write_jsonl(folder / "curves.jsonl", made.curves)
        write_jsonl(folder / "validation.jsonl", made.margins)
        write_json(folder / "settings.json", settings)
        write_json(folder / "collapse.json", made.collapse)
    shutil.rmtree(log.folder, ignore_errors=True)


def _made(folder: Path, device: str) -> Made:
    """Say what lies in the output, whichever process wrote it."""
    settings, collapse = read_json(folder / "settings.json"), read_json(folder / "collapse.json")
    last = read_jsonl(folder / "curves.jsonl")[-1]
    pairs = sum(settings.get(f"pairs_{kind}", 0) for kind in ("general", "atomic", "own"))
    flag = f"; COLLAPSED: {', '.join(collapse['reasons'])}" if collapse["flag"] else ""
    line = (
        f"train {folder.name}: {settings['steps']} steps on {pairs} pairs, "
        f"validation accuracy {told(last['validation_accuracy'], '.2f')}, "
        f"KL {told(last['kl'], '.3f')} nats{flag}"
    )
    return Made(line, {"trained": settings["tokens_seen"]}, device)


def _rejection_sampled(
    rows: list[Record], training: Training, rule: PairRule, seed: int
) -> list[Record]:
    """Replace the general pairs by pairs of accepted biographies; others stay as they are."""
    from apeft.errors import UserError
    from apeft.training.references import with_references
    from apeft.training.rejection import rejection_pairs

    kept = [row for row in rows if row["kind"] != "general"]
    count = len(rows) - len(kept)
    if not count:
        return rows
    responses = [
        row for row in read_jsonl(Path("out/score/responses.jsonl")) if row["split"] == "train"
    ]
    responses.sort(key=lambda row: (row["prompt"], row["id"]))
    grouped = [list(group) for _, group in groupby(responses, key=lambda row: row["prompt"])]
    drawn = rejection_pairs(
        grouped,
        lambda better, worse: make_pair(better, worse, rule),
        count,
        training.rso.beta_rso,
        seed,
    )
    pairs = balanced(drawn, rule.year_balance)
    if not pairs:
        raise UserError(
            "rejection sampling left no pair of accepted biographies",
            where="training.rso.beta_rso",
            fix="raise it (more is accepted), sample more biographies, or set rso.sampling: false",
        )
    logps = {row["key"]: row for row in read_jsonl(Path("out/reference/logps.jsonl"))}
    return [*with_references(pairs, logps)[0], *kept]


if __name__ == "__main__":
    if not is_cell(sys.argv[1:]):
        wrong_arguments("python -m stages.train ALGORITHM RECIPE SEED")
    if launched():
        if not is_main():
            os.environ["APEFT_LIVE"] = "0"  # one view of one training
        given = validate(read_params(), READS)
        as_process(
            lambda: train(given),
            processes=given["hardware"].processes,
            device=given["machine"].device,
        )
    else:
        variant = "-".join(sys.argv[1:])
        run(f"train@{variant}", READS, main, f"out/train/{variant}")
