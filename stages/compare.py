"""Print what differs between two runs: ``python -m stages.compare A B`` (`make compare A=… B=…`).

A and B are each a ``reports/`` folder, a workspace (the checkout, ``runs/x``) or a commit. Of a
commit only what git holds can be read; what is missing is said.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from analysis.compare import Claim, Estimate, Side, compare
from analysis.verdicts import ALGORITHM
from apeft.errors import UserError
from apeft.records import dumps
from stages.lockfile import root
from stages.tracking import flatten

Read = Callable[[str], str | None]  # text of a file of the workspace; None when it has none
LOCKS = "requirements/*.lock"  # read as one file, and of a commit only
LOCK_FILES = ("requirements/compute.lock", "requirements/tools.lock")
ENDS = ("estimate", "low", "high")
USE = "`make compare A=… B=…`, each a commit, a reports/ folder or a workspace such as runs/smoke"


def side(given: str) -> Side:
    """Read one side; a folder of that name comes before a commit."""
    path = Path(given)
    if given and path.is_dir():
        return _folder(path)
    commit = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{given}^{{commit}}")
    if commit is None:
        raise UserError("neither a folder nor a commit of this checkout", where=given, fix=USE)
    revision = commit.strip()

    def read(name: str) -> str | None:
        files = LOCK_FILES if name == LOCKS else (name,)
        return (
            "\n".join(filter(None, (_git("show", f"{revision}:{file}") for file in files))) or None
        )

    return _side(f"commit {revision[:12]}", read, where=revision[:12], absent="not in git")


def _folder(path: Path) -> Side:
    def of(folder: Path) -> Read:
        return lambda name: (
            (folder / name).read_text(encoding="utf-8") if (folder / name).is_file() else None
        )

    if any((path / name).exists() for name in ("metrics.json", "tables", "claims.json")):

        def read(name: str) -> str | None:
            return of(path)(name.removeprefix("reports/")) if name.startswith("reports/") else None

        return _side(f"folder {path}", read, where=str(path), absent="not in this folder")
    if any((path / name).exists() for name in ("reports", "dvc.lock")):
        # Its locks are the environment of today, not the one that made these results.
        return _side(f"workspace {path}", of(path), where=str(path), absent="not there yet")
    raise UserError(
        "no results in this folder", where=str(path), fix=f"run `make repro` first, or give {USE}"
    )


def _side(name: str, read: Read, *, where: str, absent: str) -> Side:
    missing: list[str] = []

    def part(what: str, *ways: tuple[str, Callable[[str], Any]]) -> Any:
        """Read the first of several files that is there."""
        for file, parse in ways:
            text = read(file)
            if text is None:
                continue
            try:
                return parse(text)
            except (ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
                raise UserError(
                    f"this file cannot be read ({type(error).__name__}: {error})",
                    where=f"{where}, {file}",
                    fix="make it again with `make figures`, or compare another one",
                ) from None
        missing.append(f"{what}: {' and '.join(file for file, _ in ways)} {absent}")
        return None

    return Side(
        name=name,
        params=part("parameters", ("reports/tables/parameters.csv", _table_params),
                    ("params.yaml", _yaml_params)),
        versions=part(
            "versions", ("reports/cost.json", _cost_versions), (LOCKS, _lock_versions)
        ),
        outputs=part("hashes of outputs", ("dvc.lock", _lock_outputs)),
        measures=part("measures", ("reports/tables/main.csv", _measures)),
        claims=part("claims", ("reports/claims.json", _claims)),
        missing=missing,
    )  # fmt: skip


def _git(*arguments: str) -> str | None:
    """Output of git in the checkout, None where it refuses."""
    try:
        done = subprocess.run(["git", *arguments], cwd=root(), capture_output=True, check=False)
    except OSError:
        return None
    return done.stdout.decode("utf-8", errors="replace") if done.returncode == 0 else None


def _table_params(text: str) -> dict[str, str]:
    rows = csv.DictReader(io.StringIO(text))
    return {row["key"]: dumps(json.loads(row["value"])) for row in rows}


def _yaml_params(text: str) -> dict[str, str]:
    return {key: dumps(value) for key, value in flatten(yaml.safe_load(text)).items()}


def _cost_versions(text: str) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for record in json.loads(text)["stages"].values():
        for name, version in (record.get("versions") or {}).items():
            found.setdefault(name, set()).add(str(version))
    if not found:
        raise ValueError("no record of any version")
    return {name: " / ".join(sorted(versions)) for name, versions in found.items()}


def _lock_versions(text: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", text, re.M))


def _lock_outputs(text: str) -> dict[str, str]:
    stages = yaml.safe_load(text)["stages"].values()
    return {row["path"]: row["md5"] for stage in stages for row in stage.get("outs") or []}


def _measures(text: str) -> dict[tuple[str, str], Estimate]:
    found: dict[tuple[str, str], Estimate] = {}
    for row in csv.DictReader(io.StringIO(text)):
        for column in row:
            head, _, end = column.rpartition(":")
            if end == "estimate" and row[column]:
                value, low, high = (_number(row[f"{head}:{name}"]) for name in ENDS)
                found[row["variant"], head.replace(":", " ")] = (value, low, high)
    return found


def _claims(text: str) -> dict[str, Claim]:
    """Verdicts of the ledger, two a claim; an effect where one test alone stands behind it.

    Runs of before there were two have the verdict on the algorithm.
    """
    found = {}
    for row in json.loads(text)["claims"]:
        tests = row.get("tests") or []
        only: Mapping[str, Any] = tests[0] if len(tests) == 1 else {}
        for asked, told in (row.get("verdicts") or {ALGORITHM: row}).items():
            numbers = only.get(asked, only)
            value, low, high = (_number(numbers.get(name)) for name in ("effect", "low", "high"))
            found[f"{row['id']}, {asked}"] = Claim(str(told["verdict"]), (value, low, high))
    return found


def _number(value: Any) -> float:
    return math.nan if value in (None, "") else float(value)


def main() -> None:
    """Compare the two arguments."""
    try:
        if len(sys.argv) != 3:
            raise UserError(
                f"two runs are needed, {len(sys.argv) - 1} given", where="A and B", fix=USE
            )
        print(compare(side(sys.argv[1]), side(sys.argv[2])))
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
