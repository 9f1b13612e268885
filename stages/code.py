"""Digest of the code that each stage really imports: one small file a stage script, in out/code.

A stage depends on its digest instead of a list of module paths. A digest is of syntax trees
without comments and docstrings, so neither re-runs anything. This stage depends on the packages as
folders: a bare ``dvc repro`` runs it after any change there (a second), and what follows runs only
where a digest changed. ``python -m stages.code ablations`` does it for the scripts of
``make ablations``, in out/code_ablations.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from stages.stage import Made, Reads, output, run

READS: Reads = {}
ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("apeft", "stages", "analysis")
# The view of a run: what it logs and what it cost never decides an output.
VIEW = (
    "stages.cost", "stages.environment", "stages.live", "stages.lockfile", "stages.tracking",
)  # fmt: skip
SCRIPT = re.compile(r"^READS\b", re.MULTILINE)  # what every stage script defines
# Code whose digest dates a measured agreement of judges (labels/agreement.json). The vocabulary is
# in no module of the judges: the knowledge base hands it to them.
MEASURING = ("stages.judges", "apeft.knowledge.build")
ASKED = ("apeft/facts/llm/", "apeft/judges/llm.py", "apeft/llm/")
RULES = (
    *("apeft/facts/", "apeft/knowledge/", "apeft/judges/", "apeft/answers.py"),
    "apeft/agreement/",
)


def module_path(name: str) -> Path | None:
    """Find the file of a project module by its dotted name."""
    base = ROOT.joinpath(*name.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _imported(path: Path) -> Iterator[str]:
    """Project modules that a file names in any import, also in functions and for types."""
    for node in ast.walk(_tree(path)):
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


def digest(script: str) -> str:
    """SHA-256 over the names and syntax of every file that ``script`` uses."""
    return of_files(uses(script))


def of_files(names: list[str]) -> str:
    """SHA-256 over the names and syntax of project files."""
    lines = [f"{name} {_syntax(ROOT / name)}" for name in names]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@cache
def _syntax(path: Path) -> str:
    return hashlib.sha256(repr(_shape(_tree(path))).encode()).hexdigest()


def _shape(node: Any) -> Any:
    """A tree without docstrings, places and empty fields, which differ between Pythons."""
    if isinstance(node, list):
        return [_shape(one) for one in node]
    if not isinstance(node, ast.AST):
        return node
    fields = dict(ast.iter_fields(node))
    if _documented(node):
        fields["body"] = fields["body"][1:]
    kept = {key: _shape(value) for key, value in fields.items() if value not in (None, [])}
    return type(node).__name__, sorted(kept.items())


def _documented(node: ast.AST) -> bool:
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return isinstance(node, holders) and ast.get_docstring(node, clean=False) is not None


def judging_by_rules() -> str:
    """One digest of all code that decides a verdict by rules, or counts it."""
    return of_files([name for name in _measuring() if name.startswith(RULES)
                     and not name.startswith(ASKED)])  # fmt: skip


def judging_by_asking() -> str:
    """One digest of all code that asks a language model and reads its replies."""
    return of_files([name for name in _measuring() if name.startswith((*ASKED, RULES[-1]))])


def judges() -> dict[str, str]:
    """Digests of both kinds of judges by the name under which out/code holds them."""
    return {"judges.rules": judging_by_rules(), "judges.asked": judging_by_asking()}


def _measuring() -> list[str]:
    return sorted({name for script in MEASURING for name in uses(script)})


def scripts() -> list[str]:
    """Every stage script, by what follows ``stages.`` in its name; sorted."""
    folder = ROOT / "stages"
    found = [p for p in folder.rglob("*.py") if SCRIPT.search(p.read_text(encoding="utf-8"))]
    names = {".".join(path.relative_to(folder).with_suffix("").parts) for path in found}
    return sorted(names - {"code"})


def main(params: dict[str, Any]) -> Made:
    """Write out/code/SCRIPT and out/code/judges.KIND, one line each."""
    digests = {name: digest(f"stages.{name}") for name in scripts()}
    with output("out/code") as folder:
        for name, value in (digests | judges()).items():
            (folder / name).write_text(value + "\n", encoding="utf-8")
    return Made(f"code: digests of what {len(digests)} scripts import")


if __name__ == "__main__":
    run("code", READS, main, "out/code")
