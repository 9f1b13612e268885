"""Put the findings into the study's report: ``python -m stages.ablations.publish WORKSPACE``.

Run in the study's own workspace. Findings are copied to reports/ablations there; the report, if
there is one, is filled again, and MLflow brought in line.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from analysis import style
from analysis.ablations import cost
from analysis.ablations.finding import FINDINGS, joined, write_finding
from apeft.errors import UserError
from apeft.records import read_json
from stages.ablations.about import about
from stages.lockfile import LOCK, read_lock
from stages.publish import PAGE, REPORT, cost_report
from stages.track import track
from stages.tracked import ABLATIONS, COSTS_OF_RUN, RUN, wanted_runs
from stages.workspace import UNTRAINED

IDENTITY = Path("out/model/identity.json")


def copy(source: Path, study: Path) -> Path:
    """Replace the study's findings by those of an ablation's workspace; return their folder."""
    if not source.is_dir():
        raise UserError(
            "there are no findings", where=str(source), fix="run `make ablations` to its end"
        )
    final = study / ABLATIONS
    partial = final.with_name(f".{final.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(source, partial)
    shutil.rmtree(final, ignore_errors=True)
    partial.rename(final)
    return final


def add_cost(workspace: Path, folder: Path) -> None:
    """Add what a workspace's stages cost; it changes by itself, so no output may hold it."""
    report = cost_report(wanted_runs(read_lock(workspace), workspace))
    parameters = read_json(workspace / IDENTITY)["parameters"]
    with style.applied():
        found = cost.finding(report, parameters)
        write_finding(found, folder / COSTS_OF_RUN)
    with (folder / FINDINGS).open("a", encoding="utf-8") as file:
        file.write("\n" + joined([found]))


def main() -> None:
    """Copy, fill the report, and print what was found."""
    study = Path.cwd()
    try:
        if len(sys.argv) != 2:
            raise UserError(
                "one argument is needed",
                where="python -m stages.ablations.publish",
                fix="give the ablations' workspace",
            )
        folder = copy(Path(sys.argv[1]) / ABLATIONS, study)
        work = Path(sys.argv[1])
        there = wanted_runs(read_lock(work), work)
        trained = [one.cost for one in there if one.kind == "variant" and one.name != UNTRAINED]
        write_finding(about([one for one in trained if one], work, study), folder / RUN)
        # The lock is committed, so only outputs tell that the study was run here.
        ran = study if (study / IDENTITY).is_file() else Path(sys.argv[1])
        add_cost(ran, folder)
        print((folder / FINDINGS).read_text(encoding="utf-8").rstrip())
        print(f"\nfindings: {folder}")
        if (study / LOCK).is_file() and (study / PAGE).is_file():
            print(f"report: {study / REPORT}\n{track(study)}")
        else:
            print("report: none yet; `make repro` makes the study's")
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
