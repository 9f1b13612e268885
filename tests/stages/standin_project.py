"""A DVC project with the checkout's own graph and code, whose stage scripts are tiny stand-ins.

The stage ``code`` alone is the real one; a stand-in imports, on paper, what its script imports. It
reads what ``dvc.yaml`` lists for it (files and parameters) and writes a hash of all of
it into every output that ``dvc.yaml`` names, so that outputs change exactly when something listed
does. Its name goes to ``ran.txt``, outside every output, whenever a script really runs.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
CODE = ("apeft", "stages", "analysis")
FAILING = "failing.txt"
STANDIN = '''
"""Stand in for a stage script (written by tests/stages/standin_project.py)."""

import hashlib
import pathlib
import re
import sys

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
WORD = re.compile(r"\\$\\{(?:item\\.)?(\\w+)\\}")


def entry(script, arguments):
    found = []
    for name, whole in STAGES.items():
        stage = whole.get("do", whole)
        words = stage["cmd"].split()[2:]
        if words[0] != f"stages.{script}" or len(words) != 1 + len(arguments):
            continue
        item = {WORD.match(w)[1]: a for w, a in zip(words[1:], arguments) if WORD.match(w)}
        if fill(" ".join(words[1:]), item) != " ".join(arguments):
            continue
        full = "@".join([name, *filter(None, ["-".join(item.values())])])
        values = whole.get("matrix", {})
        if not all(item[key] in named(values[key]) for key in values):
            continue
        if "foreach" in whole:
            value = param(whole["foreach"][2:-1])[item["key"]]
            item |= value if isinstance(value, dict) else {"item": value}
        found.append((full, stage, item))
    if len(found) != 1:
        raise SystemExit(f"dvc.yaml has {len(found)} stages for {script} {arguments}")
    return found[0]


def named(values):
    values = values if isinstance(values, list) else param(values[2:-1])
    return [str(value) for value in values]


def param(path):
    value = yaml.load(open("params.yaml"), LOADER)
    for part in path.split("."):
        value = value[part]
    return value


def fill(text, item):
    return WORD.sub(lambda match: item[match[1]], text)


def name_of(path):
    return path if isinstance(path, str) else next(iter(path))


def files(path):
    return sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]


READS = {}  # what stages.code knows a stage script by
STAGES = yaml.load(open("dvc.yaml"), LOADER)["stages"]
NAME, STAGE, ITEM = entry(pathlib.Path(__file__).stem, sys.argv[1:])
with open("ran.txt", "a") as log:
    log.write(NAME + "\\n")
failing = pathlib.Path("failing.txt")
if failing.is_file() and failing.read_text() == NAME:
    sys.exit("error: told to fail")

seen = hashlib.sha256()
for key in STAGE.get("params", []):
    seen.update(f"{key}={param(fill(key, ITEM))!r};".encode())
for dep in STAGE["deps"]:
    for path in files(pathlib.Path(fill(dep, ITEM))):
        seen.update(path.as_posix().encode() + path.read_bytes())

every = [stage.get("do", stage) for stage in STAGES.values()]
asked = {name_of(d) for stage in every for d in stage["deps"] if "$" not in name_of(d)}
outs = [out for kind in ("outs", "plots", "metrics") for out in STAGE.get(kind, [])]
for out in outs:
    out = fill(name_of(out), ITEM)
    inside = [path for path in asked if path.startswith(out + "/")] or [out + "/all.jsonl"]
    for path in map(pathlib.Path, [out] if pathlib.Path(out).suffix else inside):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'{{"of": "{path.as_posix()} {seen.hexdigest()}"}}\\n')
'''


class Project:
    """The folder of one such project."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def environment(self) -> dict[str, str]:
        """Give an environment in which DVC sees this project alone."""
        home = self.path.with_name(self.path.name + "-dvc")
        env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        return env | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}",
            "DVC_NO_ANALYTICS": "1",
            "DVC_SITE_CACHE_DIR": str(home / "site"),
            "DVC_SYSTEM_CONFIG_DIR": str(home / "system"),
            "DVC_GLOBAL_CONFIG_DIR": str(home / "global"),
        }

    def dvc(self, *arguments: str, fails: bool = False) -> str:
        """Run real DVC here and return what it said."""
        command = [sys.executable, "-m", "dvc", *arguments]
        done = subprocess.run(
            command,
            cwd=self.path,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stdout + done.stderr
        assert (done.returncode != 0) == fails, said
        return said if arguments[0] != "status" else done.stdout

    def repro(self, *arguments: str, fails: bool = False) -> list[str]:
        """Run ``dvc repro`` and return the instances whose script ran, sorted."""
        log = self.path / "ran.txt"
        log.unlink(missing_ok=True)
        self.said = self.dvc("repro", *arguments, fails=fails)
        return sorted(log.read_text().split()) if log.is_file() else []

    def changed(self) -> list[str]:
        """Instances that ``dvc status`` names as changed, sorted."""
        return sorted(json.loads(self.dvc("status", "--json")))

    def prune(self) -> list[str]:
        """Run the checkout's own ``python -m stages.workspace --prune`` here, as make does."""
        done = subprocess.run(
            [sys.executable, "-P", "-m", "stages.workspace", "--prune"],
            cwd=self.path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return sorted(line.split()[1] for line in done.stdout.splitlines())

    def set(self, key: str, value: Any) -> None:
        """Set one parameter by its full path, which must be there already."""
        path = self.path / "params.yaml"
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        *sections, last = key.split(".")
        section = data
        for name in sections:
            section = section[name]
        assert section[last] != value
        section[last] = value
        path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")

    def changed_here(self) -> list[str]:
        """Like :meth:`changed`, without the seconds that a new DVC process takes to start."""
        from dvc.repo import Repo

        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment().items():
                patch.setenv(name, value)
            with Repo(str(self.path)) as repo:
                return sorted(name.rpartition(":")[2] for name in repo.status())

    @contextmanager
    def touched(self, name: str) -> Iterator[None]:
        """Add a comment to a file, if it is there, and put it back as it was afterwards."""
        path = self.path / name
        before = path.read_bytes() if path.is_file() else None
        if before is not None:
            path.write_bytes(before + b"# touched\n")
        yield
        if before is not None:
            path.write_bytes(before)

    def append(self, name: str, text: str) -> None:
        """Add a line to a file that is there already."""
        path = self.path / name
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")

    def results(self) -> dict[str, bytes]:
        """Every file under out/ and reports/."""
        return {
            path.relative_to(self.path).as_posix(): path.read_bytes()
            for folder in ("out", "reports")
            for path in sorted((self.path / folder).rglob("*"))
            if path.is_file()
        }

    def lock(self) -> dict[str, Any]:
        """Everything that dvc.lock says."""
        return dict(yaml.safe_load((self.path / "dvc.lock").read_text(encoding="utf-8")))

    def copy(self, path: Path) -> Project:
        """Copy everything, DVC's cache included, so that tests do not share a state."""
        shutil.copytree(self.path, path)
        return Project(path)


def make_project(path: Path, **training: Any) -> Project:
    """Make a project with the checkout's dvc.yaml, and its params.yaml with another grid."""
    text = (ROOT / "dvc.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)["stages"]
    stages = {name: stage.get("do", stage) for name, stage in found.items()}
    deps = {
        dep
        for stage in stages.values()
        for dep in stage["deps"]
        if not dep.startswith(("out/", "reports/", "$"))
    }
    for package in CODE:
        shutil.copytree(
            ROOT / package, path / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    # The real one compares the environment with the locks, which tests change here.
    (path / "stages" / "__init__.py").write_text('"""Stand-in."""\n', encoding="utf-8")
    for script in {_script(stage) for stage in stages.values()} - {"code"}:
        file = path / "stages" / f"{script}.py"
        file.write_text(STANDIN + _imports(file.read_text(encoding="utf-8")), encoding="utf-8")
    for name in sorted(deps):
        file = path / name
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"# {name}\n", encoding="utf-8")
    (path / "dvc.yaml").write_text(text, encoding="utf-8")
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    assert set(training) <= set(params["training"])
    params["training"] |= training
    (path / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False), encoding="utf-8")
    project = Project(path)
    project.dvc("init", "--no-scm", "-q")
    own = (ROOT / ".dvc" / "config").read_text(encoding="utf-8")
    (path / ".dvc" / "config").write_text(own.replace("[core]", "[core]\n    no_scm = true"))
    shutil.copy(ROOT / ".dvcignore", path)
    return project


def _script(stage: dict[str, Any]) -> str:
    match = re.match(r"python -m stages\.(\w+)", stage["cmd"])
    assert match, stage["cmd"]
    return match[1]


def _imports(script: str) -> str:
    """The import statements of a script, where they are read and never run."""
    found = [
        ast.unparse(node)
        for node in ast.walk(ast.parse(script))
        if isinstance(node, ast.Import | ast.ImportFrom) and "__future__" not in ast.unparse(node)
    ]
    return "\nif False:\n" + "".join(f"    {line}\n" for line in found)
