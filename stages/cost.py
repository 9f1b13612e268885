"""What running a stage took, recorded beside the outputs and never inside them.

Seconds, memory, hosts and versions change without changing a result, so the record lives in
``.work/cost/<stage name>.json``; ``python -m stages.track`` takes it from there.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from apeft.records import write_json
from stages.lockfile import content_hash
from stages.tracking import commit

COSTS = Path(".work") / "cost"
CPUINFO = Path("/proc/cpuinfo")
# What decides a model's numbers, beside Python itself.
PACKAGES = (
    *("torch", "transformers", "tokenizers", "trl", "peft", "accelerate", "datasets", "numpy"),
    "vllm",
)


@contextmanager
def measured(stage: str, *outs: str) -> Iterator[dict[str, Any]]:
    """Time the block and record it when it succeeds; add ``tokens`` or ``device`` to the dict.

    ``stage`` is the instance's full name (``train@dpo-apeft-0``). ``outs`` are its outputs, which
    must be in place when the block ends: their hashes tell whether the record belongs to what is
    in the workspace later, after a restore from cache. Files: seconds are wall clock, memory is
    the process's peak in MiB.
    """
    cost: dict[str, Any] = {
        "stage": stage,
        "started": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "host": platform.node(),
        "commit": commit(),
        "processor": processor(),
        "versions": versions(),
    }
    clock = time.perf_counter()
    yield cost
    cost["seconds"] = round(time.perf_counter() - clock, 3)
    cost["peak_memory_mib"] = peak_memory_mib()
    cost["outputs"] = {out: content_hash(Path(out)) for out in outs}
    write_json(COSTS / f"{stage}.json", cost)


def peak_memory_mib() -> float:
    """Largest resident size so far of this process, or of one that it started and waited for.

    In MiB; 0 where the system cannot tell.
    """
    try:
        import resource
    except ImportError:
        return 0.0
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    peak = max(resource.getrusage(who).ru_maxrss for who in whose)
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10), 1)


def versions() -> dict[str, str]:
    """Version of Python and of each of ``PACKAGES`` that is installed; none is imported for it."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def processor() -> str:
    """Model name of the processor; its architecture where the system tells no more."""
    try:
        text = CPUINFO.read_text(encoding="utf-8", errors="replace")
    except OSError:
        text = ""
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name" and value.strip():
            return value.strip()
    return platform.processor() or platform.machine()
