"""Running the checkout's real stage scripts as subprocesses in workspaces of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from stages.code import judges

ROOT = Path(__file__).resolve().parents[2]
LOADED = ".loaded.json"
# Run a script as `python -m` does, and write which files of ours were loaded when it ended.
TRACER = f"""
import json, pathlib, runpy, sys
root = pathlib.Path({str(ROOT)!r})
name, sys.argv = sys.argv[1], sys.argv[1:]
try:
    runpy.run_module(name, run_name="__main__", alter_sys=True)
finally:
    files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    files.append(str(root / (name.replace(".", "/") + ".py")))
    ours = [pathlib.Path(file) for file in files if file and file.startswith(str(root))]
    found = sorted({{path.relative_to(root).as_posix() for path in ours}})
    pathlib.Path({LOADED!r}).write_text(json.dumps(found))
"""


def workspace(folder: Path, changes: Mapping[str, Any] | None = None) -> Path:
    """Write the checkout's params.yaml into ``folder``, with keys changed by their full path."""
    data = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    for key, value in (changes or {}).items():
        *sections, last = key.split(".")
        section = data
        for name in sections:
            section = section[name]
        section[last] = value
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "params.yaml").write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    return folder


def environment(sources: Path | None = None) -> dict[str, str]:
    """Give the environment of a stage: this checkout's code and these sources."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1", "APEFT_LIVE": "0"}
    return env | ({"APEFT_SOURCES": str(sources)} if sources else {})


def stage(
    folder: Path, *arguments: str, sources: Path | None = None, **env: str
) -> subprocess.CompletedProcess[str]:
    """Run ``python -m stages.<arguments>`` in ``folder``."""
    return subprocess.run(
        [sys.executable, "-m", f"stages.{arguments[0]}", *arguments[1:]],
        cwd=folder,
        env=environment(sources) | env,
        capture_output=True,
        text=True,
        check=False,
    )


def traced(
    folder: Path, name: str, sources: Path
) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Run a stage and say which of the checkout's files it had loaded at its end."""
    done = subprocess.run(
        [sys.executable, "-c", TRACER, f"stages.{name}"],
        cwd=folder,
        env=environment(sources),
        capture_output=True,
        text=True,
        check=False,
    )
    return done, json.loads((folder / LOADED).read_text())


def link_knowledge(folder: Path, factory: pytest.TempPathFactory, sources: Path) -> None:
    """Give ``folder`` the knowledge stage's real output, built once in a session."""
    built = factory.getbasetemp() / "knowledge"
    if not (built / "out" / "knowledge").is_dir():
        done = stage(workspace(built), "knowledge", sources=sources)
        assert done.returncode == 0, done.stderr
    (folder / "out").mkdir(exist_ok=True)
    (folder / "out" / "knowledge").symlink_to(built / "out" / "knowledge")


def link_labels(folder: Path) -> None:
    """Give ``folder`` the labels, and what the stage ``code`` says of the judges' code."""
    (folder / "labels").symlink_to(ROOT / "labels")
    (folder / "out" / "code").mkdir(parents=True)
    for name, digest in judges().items():
        (folder / "out" / "code" / name).write_text(digest + "\n", encoding="utf-8")


def below(folder: Path) -> set[Path]:
    """List everything under the folders that outputs lie in."""
    return {path for name in ("out", "reports") for path in (folder / name).rglob("*")}


def refused(folder: Path, *arguments: str, sources: Path | None = None, **env: str) -> str:
    """Run a stage that must refuse its input, check the form of its error and return it."""
    before = below(folder)
    done = stage(folder, *arguments, sources=sources, **env)
    said = done.stderr
    assert done.returncode == 2, (done.returncode, said)
    assert "Traceback" not in said
    assert sum(line.startswith("error: ") for line in said.splitlines()) == 1, said
    assert "\n  where: " in said
    assert "\n  to do: " in said
    assert below(folder) == before, "something was left behind"
    return said
