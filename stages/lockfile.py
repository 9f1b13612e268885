"""What DVC has recorded: the stage instances of ``dvc.lock`` and the grid of ``dvc.yaml``.

``dvc.lock`` is read as plain YAML. It keeps the entries of cells that have since left the matrix
(measured with DVC 3.67), so the names that count are those that DVC itself resolves.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

import stages
from apeft.errors import UserError
from apeft.records import digest

LOCK = "dvc.lock"
PIPELINE = "dvc.yaml"


@dataclass(frozen=True)
class Instance:
    """One stage instance as ``dvc.lock`` holds it; ``key`` hashes the whole entry."""

    name: str
    cmd: str
    params: Mapping[str, Any]
    deps: Mapping[str, str]
    outs: Mapping[str, str]
    key: str

    @property
    def stage(self) -> str:
        """Name of the stage without its matrix cell."""
        return self.name.partition("@")[0]


def root() -> Path:
    """Folder of the checkout that this code belongs to, also when reached through a symlink."""
    return Path(stages.__file__).resolve().parents[1]


def read_lock(workspace: Path) -> list[Instance]:
    """Read the instances that ``dvc.lock`` holds and ``dvc.yaml`` still names, sorted by name.

    A workspace without a ``dvc.yaml`` counts everything in its lock. Raises UserError when there
    is no lock, or when it is not one.
    """
    path = workspace / LOCK
    if not path.is_file():
        raise UserError(
            "nothing has been run in this workspace yet", where=str(path), fix="run `make repro`"
        )
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        entries = data.get("stages") or {}
        found = [_instance(name, entry) for name, entry in sorted(entries.items())]
    except (yaml.YAMLError, AttributeError, KeyError, TypeError) as error:
        raise UserError(
            f"this is not a DVC lock file ({type(error).__name__})",
            where=str(path),
            fix="settle any merge conflict in it, or delete it and run `dvc repro`: "
            "finished stages come back from the cache",
        ) from None
    if (workspace / PIPELINE).is_file():
        named = set(stage_names(workspace))
        found = [instance for instance in found if instance.name in named]
    return found


def _instance(name: str, entry: Mapping[str, Any]) -> Instance:
    params: dict[str, Any] = {}
    for values in (entry.get("params") or {}).values():
        params.update(values)
    return Instance(
        name=name,
        cmd=str(entry["cmd"]),
        params=params,
        deps=_hashes(entry.get("deps") or []),
        outs=_hashes(entry.get("outs") or []),
        key=digest(entry),
    )


def _hashes(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    return {str(row["path"]): str(row.get("md5", "")) for row in rows}


def stage_names(workspace: Path) -> list[str]:
    """Ask DVC for the names of every stage instance of ``dvc.yaml``, matrices expanded."""
    done = subprocess.run(
        [sys.executable, "-m", "dvc", "stage", "list", "--name-only"],
        cwd=workspace,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise UserError(
            "DVC cannot read this pipeline:\n    "
            + "\n    ".join(done.stderr.strip().splitlines()[-5:]),
            where=str(workspace / PIPELINE),
            fix="correct dvc.yaml or params.yaml; `dvc stage list` shows the same fault",
        )
    return sorted(line.strip() for line in done.stdout.splitlines() if line.strip())


def content_hash(path: Path) -> str:
    """Hash a file or folder exactly as ``dvc.lock`` does (a folder's hash ends in ``.dir``)."""
    if path.is_file():
        return _md5(path)
    rows = [
        {"md5": _md5(file), "relpath": file.relative_to(path).as_posix()}
        for file in path.rglob("*")
        if file.is_file()
    ]
    rows.sort(key=lambda row: row["relpath"])
    text = json.dumps(rows, sort_keys=True)
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest() + ".dir"


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
