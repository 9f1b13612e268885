"""What the machine has, against the system's own tools and files written by hand."""

import os
import shutil
from pathlib import Path

import pytest

from apeft.resources import machine


def test_a_lock_gives_its_pins_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "x.lock").write_text("# a comment==1\n\nno-such-package-here==1.0\npytest==0.0.1\n")
    pins = machine.read_lock(tmp_path / "x.lock")
    assert pins == {"no-such-package-here": "1.0", "pytest": "0.0.1"}
    assert machine.differing(pins) == {"no-such-package-here": None, "pytest": pytest.__version__}
    assert machine.differing({"pytest": pytest.__version__}) == {}
    assert machine.read_lock(tmp_path / "none.lock") == {}


def test_a_build_for_another_device_is_the_same_version() -> None:
    import torch

    assert machine.installed("torch") == torch.__version__.partition("+")[0]


def test_memory_is_the_systems_or_a_containers_lower_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "CGROUP", tmp_path)
    total, free = machine.memory()
    assert total == os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert 0 < free < total
    (tmp_path / "memory.max").write_text("1000000\n")
    (tmp_path / "memory.current").write_text("400000\n")
    assert machine.memory() == (1_000_000, 600_000)
    (tmp_path / "memory.max").write_text("max\n")
    assert machine.memory()[0] == total


def test_free_disk_of_a_folder_that_is_not_yet_there_is_its_parents(tmp_path: Path) -> None:
    free = machine.free_disk(tmp_path / "a" / "b")
    assert free == pytest.approx(shutil.disk_usage(tmp_path).free, rel=0.05)
