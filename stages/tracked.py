"""What MLflow should show for a workspace: its variants and stages, read from DVC's outputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from apeft.records import digest, read_json, read_jsonl
from stages.cost import COSTS
from stages.lockfile import Instance, content_hash
from stages.show import told
from stages.tracking import CURVES, Point, as_metrics, as_params

TRAINED = "out/train/"
BROUGHT = "out/variants/"  # tuned elsewhere
BASE = "out/respond/base"  # what stands for the untrained model, which has no adapter
COLLECTED, ANSWERS = "out/collect", "out/respond"
COUNTS = "counts.json"
METRICS = Path("reports") / "metrics.json"
CLAIMS = Path("reports") / "claims.json"
FIGURES, REPORT = "figures", "report"  # the stages whose outputs people look at
ABLATIONS = Path("reports") / "ablations"
SHOWN = ("reports/figures", "reports/tables", "reports/report.html", str(ABLATIONS))
# Of the findings of ablations: made anew by each publishing, since commit and seconds are in them.
RUN, COSTS_OF_RUN = "00_run", "90_cost"


@dataclass(frozen=True)
class Wanted:
    """A run that MLflow should show as current."""

    kind: str  # "variant", "stage" or "study"
    name: str
    key: str
    instance: Instance
    params: Mapping[str, str]  # what is known without opening an output
    folder: str  # the output that its content is read from, "" when there is none
    measures: Mapping[str, float] | None  # evaluation; None when there is no report
    cost: Mapping[str, Any]
    tags: Mapping[str, str] = field(default_factory=dict)  # beside those that every run has

    @property
    def identity(self) -> tuple[str, str, str]:
        """What no two runs that stand for something share."""
        return self.kind, self.name, self.key


@dataclass(frozen=True)
class Content:
    """What an output says about its run; the same for ever, as the run's key is its hash."""

    params: Mapping[str, str]
    points: list[Point]
    complete: bool  # False: the output is not in the workspace as the lock holds it


def wanted_runs(instances: Iterable[Instance], workspace: Path) -> list[Wanted]:
    """List the variants and stage instances of a lock, with their evaluation and cost."""
    instances = list(instances)
    report = _evaluation(instances, workspace)
    model: dict[str, str] = {}
    for instance in instances:
        if instance.stage == "model":
            model = as_params(instance.params)
    found: list[Wanted] = _study(instances, workspace)
    for instance in instances:
        cost = _cost(instance, workspace)
        own = as_params(instance.params)
        for path, key in sorted(instance.outs.items()):
            if path != BASE and not path.startswith((TRAINED, BROUGHT)):
                continue
            name = path.rpartition("/")[2]
            params = cell(name)
            if path == BASE:
                params = {**model, **own}
            elif path.startswith(BROUGHT):
                params = {"algorithm": name}
            measures = None if report is None else as_metrics(report.get(name) or {})
            found.append(Wanted("variant", name, key, instance, params, path, measures, cost))
        # A training's run is its variant's; the base model's answers are a stage like the others.
        if not any(path.startswith((TRAINED, BROUGHT)) for path in instance.outs):
            told = [out for out in sorted(instance.outs) if (workspace / out / COUNTS).is_file()]
            folder = next(iter(told or sorted(instance.outs)), "")
            name, key = instance.name, instance.key
            found.append(Wanted("stage", name, key, instance, own, folder, None, cost))
    return found


def _evaluation(instances: list[Instance], workspace: Path) -> Mapping[str, Any] | None:
    """Scores by variant; None before there are any, {} while they are of other answers.

    The file stays where it is when a run is interrupted (and comes with a checkout), so the lock
    must say that it was made of the answers which are in place now.
    """
    if not (workspace / METRICS).is_file():
        return None
    named = {instance.name: instance for instance in instances}
    figures, collect = named.get(FIGURES), named.get("collect")
    if figures is not None and collect is not None:
        same = figures.deps.get(COLLECTED) == collect.outs.get(COLLECTED)
        if not same or content_hash(workspace / ANSWERS) != collect.deps.get(ANSWERS):
            return {}  # nobody is evaluated: what was shown before must go
    found: Mapping[str, Any] = read_json(workspace / METRICS)
    return found


def _study(instances: list[Instance], workspace: Path) -> list[Wanted]:
    """Name the one run that holds figures, tables and the report; none before there are figures.

    Findings of ablations come from a pipeline of their own, and new ones give a new run.
    """
    named = {instance.name: instance for instance in instances}
    if FIGURES not in named:
        return []
    made = [named[name].key for name in (FIGURES, REPORT) if name in named]
    if str(ABLATIONS) not in named[FIGURES].outs:
        made += [
            content_hash(one)
            for one in sorted((workspace / ABLATIONS).glob("*/"))
            if one.name not in (RUN, COSTS_OF_RUN)
        ]
    key = digest(made)
    # In a workspace of ablations the stage has findings in the place of figures.
    folder = next((shown for shown in SHOWN if shown in named[FIGURES].outs), SHOWN[0])
    tags = _verdicts(named[FIGURES], workspace)
    return [Wanted("study", "study", key, named[FIGURES], {}, folder, None, {}, tags)]


def _verdicts(figures: Instance, workspace: Path) -> dict[str, str]:
    """Both verdicts of each claim as tags; none when the file is not the one of the lock."""
    path = workspace / CLAIMS
    if not path.is_file() or content_hash(path) != figures.outs.get(str(CLAIMS)):
        return {}
    return {f"claim:{claim['id']}": told(claim["verdicts"]) for claim in read_json(path)["claims"]}


def cell(variant: str) -> dict[str, str]:
    """Read algorithm, recipe and seed from a variant's name (``dpo-apeft-0``)."""
    algorithm, _, rest = variant.partition("-")
    recipe, _, seed = rest.rpartition("-")
    return {"algorithm": algorithm, "recipe": recipe, "seed": seed}


def _cost(instance: Instance, workspace: Path) -> dict[str, Any]:
    """Read what running an instance took, unless the record is of another run of that stage.

    A record that names its outputs' hashes is believed only when the lock has the same ones: a
    stage restored from cache leaves the record of whatever ran last.
    """
    # A script names its record by its arguments alone; `make ablations` runs it in a second stage.
    path = workspace / COSTS / f"{instance.name.replace('_supervised@', '@')}.json"
    if not path.is_file():
        return {}
    cost: dict[str, Any] = read_json(path)
    hashes = cost.get("outputs") or {}
    return cost if all(instance.outs.get(name) == md5 for name, md5 in hashes.items()) else {}


def content(run: Wanted, workspace: Path) -> Content:
    """Read a run's parameters and points from its output, when that is what the lock holds."""
    params = dict(run.params)
    if not run.folder:
        return Content(params, [], complete=True)
    folder = workspace / run.folder
    names = [COUNTS] if run.kind == "stage" else ["settings.json", "curves.jsonl"]
    present = [folder / name for name in names if (folder / name).is_file()]
    # Only what is read is hashed; a stage without counts may hold a model of many gigabytes.
    trusted = folder.exists() and (
        not present or content_hash(folder) == run.instance.outs[run.folder]
    )
    if not trusted:
        return Content(params, [], complete=False)
    points: list[Point] = []
    for file in present:
        if file.name == "settings.json":
            params |= as_params(read_json(file))
        elif file.name == "curves.jsonl":
            points += _curve_points(read_jsonl(file))
        else:
            counts = as_metrics(read_json(file))
            points += [(name, 0, value) for name, value in sorted(counts.items())]
    return Content(params, points, complete=True)


def _curve_points(rows: Iterable[Mapping[str, Any]]) -> list[Point]:
    points: list[Point] = []
    for row in rows:
        values = {key: value for key, value in row.items() if key != "step"}
        points += [
            (name, int(row["step"]), value)
            for name, value in sorted(as_metrics(values, CURVES).items())
        ]
    return points
