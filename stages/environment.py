"""Whether the `python` that DVC found is the one that the locks describe.

`dvc repro` and `dvc exp run` call `python` from the path; `dvc exp run --temp` does so in a copy
without `.venv`. The first import of a stage's script asks here, before anything else can fail.
"""

from __future__ import annotations

import os
import re
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

LOCK = Path(__file__).parents[1] / "requirements" / "compute.lock"
ASKED = ("pydantic", "numpy", "torch", "transformers", "trl", "peft", "datasets")


def differences(lock: Path) -> tuple[list[str], list[str]]:
    """Return packages of ``ASKED`` that this python lacks, and those of another version."""
    locked = dict(re.findall(r"^([\w.-]+)==([^\s;]+)", lock.read_text(encoding="utf-8"), re.M))
    missing, other = [], []
    for name in ASKED:
        try:
            found = version(name).partition("+")[0]  # a build ("2.13.0+cpu") is the same version
        except PackageNotFoundError:
            missing.append(name)
            continue
        if found != locked[name].partition("+")[0]:
            other.append(f"{name} {found} (locked: {locked[name]})")
    return missing, other


def tell_wrong_python() -> None:
    """In a stage that DVC runs, end when packages are missing and warn of other versions."""
    if "DVC_STAGE" not in os.environ or not LOCK.is_file():
        return
    missing, other = differences(LOCK)
    if missing:
        print(
            f"error: this python lacks {', '.join(missing)}\n  where: {sys.executable}\n"
            '  to do: export PATH="$PWD/.venv/bin:$PATH" in the checkout (`make setup` makes it), '
            "then run again: stages call `python` from the path",
            file=sys.stderr,
        )
        sys.exit(2)
    if other:
        print(f"warning: {sys.executable} has {', '.join(other)}", file=sys.stderr)
