"""Write what goes with the present outputs and is none: ``reports/cost.json`` and ``report.html``.

Commit, device, seconds and versions change without changing a result. So the stage ``report``
makes the page with empty slots, which DVC caches like any output, and this step fills them from
the cost records, as often as it is asked. Ablations are a pipeline of their own, so they have a
slot too. ``python -m stages.publish`` in a workspace; part of `make repro` and `make figures`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.report.page import Figure, fill
from analysis.report.slots import Ablation, slots
from apeft.errors import UserError
from apeft.records import read_json, write_json
from stages.lockfile import read_lock, root
from stages.tracked import ABLATIONS, Wanted, wanted_runs
from stages.tracking import workspace_name

PAGE = Path("out") / "report" / "page.html"
REPORT = Path("reports") / "report.html"
COST = Path("reports") / "cost.json"
SOURCES = Path("docs") / "data.md"


def publish(workspace: Path, wanted: list[Wanted]) -> Path | None:
    """Write the cost report and the page; return the page's path, None when there is no page."""
    cost = cost_report(wanted)
    write_json(workspace / COST, cost)
    if not (workspace / PAGE).is_file():
        return None
    html = fill(
        (workspace / PAGE).read_text(encoding="utf-8"),
        slots(
            cost,
            profile=workspace_name(workspace),
            ablations=ablations(workspace / ABLATIONS),
            attributions=attributions(root() / SOURCES),
        ),
    )
    path = workspace / REPORT
    partial = path.with_name(path.name + ".partial")
    partial.write_text(html, encoding="utf-8")
    os.replace(partial, path)
    return path


def cost_report(wanted: list[Wanted]) -> dict[str, Any]:
    """What the present outputs took to make; stages without a record of it are named."""
    stages = {item.instance.name: dict(item.cost) for item in wanted}
    known = {name: cost for name, cost in stages.items() if cost}
    return {
        "seconds": sum(float(cost.get("seconds") or 0) for cost in known.values()),
        "stages": known,
        "unrecorded": sorted(set(stages) - set(known)),
    }


def ablations(folder: Path) -> list[Ablation]:
    """Read the ablations that were run.

    Each is a folder with figures (``*.png`` and ``captions.json``), ``shown.json`` (tables as in
    ``reports/tables``) and ``finding.json`` (``{"name": …, "finding": …, "remarks": …}``); each may
    be missing.
    """
    found = []
    for one in sorted(path for path in folder.glob("*") if path.is_dir()):
        told: Mapping[str, str] = _optional(one / "finding.json", {})
        captions: Mapping[str, str] = _optional(one / "captions.json", {})
        figures = [
            Figure(path.stem, path.read_bytes(), captions.get(path.stem, path.stem))
            for path in sorted(one.glob("*.png"))
        ]
        name = str(told.get("name") or one.name.replace("_", " "))
        tables = _optional(one / "shown.json", [])
        finding, remarks = (str(told.get(key) or "") for key in ("finding", "remarks"))
        found.append(Ablation(name, finding, remarks, figures, tables))
    return found


def _optional(path: Path, otherwise: Any) -> Any:
    return read_json(path) if path.is_file() else otherwise


def attributions(path: Path) -> str:
    """Return the table of sources and the section ``Attributions`` of docs/data.md."""
    try:
        text = path.read_text(encoding="utf-8")
        _, _, rest = text.partition("\n## Attributions\n")
        table = [line for line in text.partition("\n## ")[0].splitlines() if line.startswith("|")]
    except OSError:
        rest, table = "", []
    if not rest or not table:
        raise UserError(
            "the sources' attributions are not where the report takes them from",
            where=str(path),
            fix="keep a table of sources, then a section `## Attributions`, in this file",
        )
    return "\n".join(table) + "\n\n" + rest.partition("\n## ")[0].strip() + "\n"


def main() -> None:
    """Publish the present workspace."""
    workspace = Path.cwd()
    try:
        path = publish(workspace, wanted_runs(read_lock(workspace), workspace))
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    print(f"report: {path}" if path else "report: none yet; `dvc repro report` makes its page")


if __name__ == "__main__":
    main()
