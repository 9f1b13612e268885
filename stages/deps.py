"""Which project modules a stage script uses, read from its imports; and the lists in dvc.yaml.

Usage: python -m stages.deps (checks dvc.yaml), python -m stages.deps --write (brings it in line).
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("apeft", "stages", "analysis")
# The view of a run: what it logs and what it cost never decides an output.
VIEW = (
    "stages.cost", "stages.environment", "stages.live", "stages.lockfile", "stages.tracking",
)  # fmt: skip
BEGIN = "# modules"
PIPELINES = ("dvc.yaml", "ablations/stages.yaml")


def module_path(name: str) -> Path | None:
    """Find the file of a project module by its dotted name."""
    base = ROOT.joinpath(*name.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None


def _imported(path: Path) -> Iterator[str]:
    """Project modules that a file names in any import, also in functions and for types."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (item.name for item in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{item.name}" for item in node.names)


def uses(script: str) -> list[str]:
    """Every project file that the module ``script`` imports, directly or not, itself included.

    Packages' ``__init__.py`` hold nothing but a docstring here (a test keeps it so) and are left
    out, like the modules of the view.
    """
    todo, found = [script], set()
    while todo:
        name = todo.pop()
        path = module_path(name)
        if path is None or path.name == "__init__.py" or name in VIEW or path in found:
            continue
        if name.split(".")[0] not in PACKAGES:
            continue
        found.add(path)
        todo += list(_imported(path))
    return sorted(str(path.relative_to(ROOT)) for path in found)


def rewritten(text: str) -> str:
    """Bring the module lists of a dvc.yaml in line with its commands' scripts."""
    lines = text.splitlines()
    result: list[str] = []
    script = ""
    skipping = False
    for line in lines:
        if match := re.search(r"python -m (stages(?:\.\w+)+)", line):
            script = match[1]
        if skipping and re.match(r" +- (apeft|stages|analysis)/", line):
            continue
        skipping = False
        result.append(line)
        if line.strip() == BEGIN:
            indent = line.removesuffix(BEGIN)
            result += [f"{indent}- {path}" for path in uses(script)]
            skipping = True
    return "\n".join(result) + "\n"


def main() -> None:
    """Check both pipelines, or write them."""
    for name in PIPELINES:
        path = ROOT / name
        text = path.read_text(encoding="utf-8")
        right = rewritten(text)
        if "--write" in sys.argv[1:]:
            path.write_text(right, encoding="utf-8")
            print(f"deps: {name} is in line with the imports of the stage scripts")
        elif text != right:
            sys.exit(f"deps: {name} lists other modules than the scripts import; "
                     "run `python -m stages.deps --write`")  # fmt: skip


if __name__ == "__main__":
    main()
