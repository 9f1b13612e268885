"""Run the benchmarks: python -m benchmarks.run [--only NAME] [--size quick|full]."""

from __future__ import annotations

import argparse
import os
import platform
import re
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import yaml

from apeft.models.load import Machine
from apeft.records import Record, write_json
from benchmarks.decoding import ATTENTION, DECODING
from benchmarks.measure import measure
from benchmarks.model import ROOT, study_or_converted_model
from benchmarks.scoring import SCORING
from benchmarks.training import TRAINING

CASES = {case.name: case for case in (DECODING, ATTENTION, SCORING, TRAINING)}
REPEATS = {"quick": 3, "full": 5}
LIBRARIES = ("torch", "transformers", "trl", "peft")


def processor() -> str:
    """The processor's name as the system gives it."""
    told = Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*: (.*)$", told.read_text(), re.M) if told.is_file() else None
    return found[1] if found else platform.processor() or platform.machine()


def benchmark(
    names: Sequence[str], model: Path, machine: Machine, size: str, repeats: int, out: Path
) -> Record:
    """Measure the named cases, print a line each, and write the report after each of them."""
    report: Record = {
        "machine": {
            "processor": processor(),
            "device": machine.device,
            "threads": machine.threads,
            "versions": {name: version(name) for name in LIBRARIES},
        },
        "cases": [],
    }
    for name in names:
        made = measure(CASES[name], model, machine, size, repeats)
        report["cases"].append(made)
        write_json(out, report)
        print(line(made), flush=True)
    return report


def line(case: Record) -> str:
    """One case in one line."""
    told, peak = case["compared"], case["peak_memory_mib"]
    return (
        f"{case['name']}: {case['ours']:.1f} {case['unit']} ({told['ours']}), "
        f"{case['yardstick']:.1f} ({told['yardstick']}): x {case['ratio']:.2f}; "
        f"peak {peak['ours']:.0f} and {peak['yardstick']:.0f} MiB"
    )


def main() -> None:
    """Read the command line and the study's machine setting; write reports/bench.json."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("--only", choices=CASES, action="append", help="this case (repeatable)")
    parser.add_argument("--size", choices=REPEATS, default="quick")
    arguments = parser.parse_args()
    # For the processes of the sides, which must neither draw bars nor ask a hub.
    os.environ.update(TQDM_DISABLE="1", HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false")
    setting = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))["machine"]
    benchmark(
        arguments.only or list(CASES),
        study_or_converted_model(),
        # The study's device and threads; attention is what a case compares, and ours is grouped.
        Machine(setting["device"], setting["threads"], "grouped"),
        arguments.size,
        REPEATS[arguments.size],
        ROOT / "reports" / "bench.json",
    )


if __name__ == "__main__":
    main()
