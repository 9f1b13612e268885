"""What this machine has: packages, memory, disk, cards. Nothing here needs a network."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>\S+)")
CGROUP = Path("/sys/fs/cgroup")


def read_lock(path: Path) -> dict[str, str]:
    """Read a lock file's ``name==version`` lines."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    found = (PIN.match(line.strip()) for line in lines)
    return {match["name"]: match["version"] for match in found if match}


def installed(name: str) -> str | None:
    """Version of an installed package without its local part (``+cpu``); None if there is none."""
    try:
        return importlib.metadata.version(name).partition("+")[0]
    except importlib.metadata.PackageNotFoundError:
        return None


def differing(lock: dict[str, str]) -> dict[str, str | None]:
    """Packages of a lock whose installed version is another one, with that (None: none)."""
    found = {name: installed(name) for name in lock}
    return {name: version for name, version in found.items() if version != lock[name]}


def processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0))


def memory() -> tuple[int, int]:
    """Bytes of memory that this process may use in all, and that are free for it now.

    A container's limit (cgroup v2) counts where it is lower than the machine's memory.
    """
    import psutil

    machine = psutil.virtual_memory()
    total, free = int(machine.total), int(machine.available)
    for limit, used in _limits():
        total, free = min(total, limit), min(free, limit - used)
    return total, max(free, 0)


def _limits() -> Iterator[tuple[int, int]]:
    try:
        limit = (CGROUP / "memory.max").read_text(encoding="utf-8").strip()
        used = (CGROUP / "memory.current").read_text(encoding="utf-8").strip()
    except OSError:
        return
    if limit.isdecimal() and used.isdecimal():
        yield int(limit), int(used)


def free_disk(path: Path) -> int:
    """Free bytes of the file system that holds ``path``, or its nearest parent that exists."""
    path = path.absolute()
    while not path.exists():
        path = path.parent
    return shutil.disk_usage(path).free


def cards() -> list[tuple[str, int, int]]:
    """CUDA cards that PyTorch sees: name, bytes in all, bytes free now."""
    import torch

    if not torch.cuda.is_available():
        return []
    found = []
    for index in range(torch.cuda.device_count()):
        free, total = torch.cuda.mem_get_info(index)
        found.append((torch.cuda.get_device_name(index), int(total), int(free)))
    return found
