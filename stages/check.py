"""Check a whole parameter file before any work: ``python -m stages.check [params.yaml]``.

Every stage script names the sections that it reads (``READS``) and may add ``CHECKS``, functions
from all validated sections to a list of faults, for what spans sections. All faults are told at
once; the functions run only when every section by itself is sound. At last the comments must give
every key its class. No stage runs, and importing the scripts loads no heavy package.
"""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from apeft.errors import UserError
from stages.classes import read_classes
from stages.stage import PARAMS, Reads, validate

Check = Callable[[Mapping[str, Any]], list[str]]


@dataclass(frozen=True)
class Script:
    """A stage script's demands on the parameter file."""

    name: str
    reads: Reads
    checks: tuple[Check, ...] = ()


class _Loader(yaml.SafeLoader):
    """YAML as usual, but a key given twice is an error: one of its values would go unread."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key given twice: {key}", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


def load(path: Path) -> dict[str, Any]:
    """Read a parameter file as plain data; an empty file is an empty mapping.

    Raises UserError when the file is missing, is no YAML, gives a key twice or holds no mapping.
    """
    if not path.is_file():
        raise UserError("parameter file not found", where=str(path), fix="run from a workspace")
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # a SafeLoader
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        detail = " ".join(str(error).split())
        raise UserError(f"not valid YAML: {detail}", where=str(path), fix="correct it") from None
    if data is None:
        return {}
    if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
        raise UserError(
            "expected sections (a mapping of names)", where=str(path), fix="see params.yaml"
        )
    return data


def discover(package: str = "stages") -> list[Script]:
    """Import the modules of a package that define ``READS``, in the order of their names."""
    folder = Path(importlib.import_module(package).__path__[0])
    scripts: list[Script] = []
    for file in sorted(folder.glob("*.py")):
        if "READS" in _top_level_names(file):
            module = importlib.import_module(f"{package}.{file.stem}")
            scripts.append(Script(file.stem, module.READS, tuple(getattr(module, "CHECKS", ()))))
    return scripts


def _top_level_names(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign):
            targets = [node.target]
        names.update(target.id for target in targets if isinstance(target, ast.Name))
    return names


def check(data: Mapping[str, Any], scripts: list[Script], *, where: str) -> dict[str, Any]:
    """Validate every section with every script that reads it and return them by name.

    Raises one UserError with all faults, each with its key's full path.
    """
    faults: dict[str, None] = {}  # an ordered set: two scripts may read one section
    sections: dict[str, Any] = {}
    for script in scripts:
        try:
            sections.update(validate(data, script.reads, where=where))
        except UserError as error:
            faults.update(dict.fromkeys(line.strip() for line in error.what.split("\n")[1:]))
    read = sorted({section for script in scripts for section in script.reads})
    for section in data:
        if section not in read:
            faults[f"{section}: unknown section, no stage reads it; known: {', '.join(read)}"] = (
                None
            )
    if not faults:
        for script in scripts:
            for function in script.checks:
                faults.update(dict.fromkeys(function(sections)))
    if faults:
        raise UserError(
            f"{len(faults)} faults, nothing was run:\n    " + "\n    ".join(faults),
            where=where,
            fix="correct these keys; params.yaml documents each",
        )
    return sections


def main() -> None:
    """Check the file given, or the workspace's own."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else PARAMS
    try:
        sections = check(load(path), discover(), where=str(path))
        read_classes(path)  # `collect` needs them, when everything else has been computed
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    print(f"check: {len(sections)} sections of {path} are sound")


if __name__ == "__main__":
    main()
