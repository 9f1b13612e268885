"""Bring MLflow in line with ``dvc.lock``: ``python -m stages.track`` in a workspace.

DVC's outputs are the truth and MLflow is a view of them, which goes stale whenever a stage is
restored from cache without running its script. This step makes the view agree again and changes
nothing when it already does: one run per variant, keyed by the hash of its adapter, and one per
stage instance, keyed by its lock entry. ``tags.current`` is ``true`` for exactly those that the
present lock holds. A lost database comes back whole.
"""

from __future__ import annotations

import math
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from apeft.errors import UserError
from stages.card import CARD, model_card
from stages.lockfile import read_lock
from stages.publish import publish
from stages.tracked import SHOWN, TRAINED, Content, Wanted, content, wanted_runs
from stages.tracking import (
    COST,
    CURVES,
    Store,
    all_runs,
    as_metrics,
    commit,
    log_params,
    log_points,
    log_tags,
    open_store,
    workspace_name,
)

if TYPE_CHECKING:
    from mlflow.entities import Run

SEEN = ("device", "host", "processor")  # what a cost record says in words
VERSION = "version:"  # prefix of the tags that hold package versions


class Tracker:
    """Brings one experiment in line; used once, with the database's lock held."""

    def __init__(self, store: Store, workspace: Path) -> None:
        """Read what the experiment holds now."""
        self.store = store
        self.workspace = workspace
        self.runs = all_runs(store)
        self.commit = commit()
        self.unattached = ""  # why figures and report could not be copied to MLflow
        self.described: set[str] = set()  # runs whose card was written by this call
        self.partial: list[str] = []  # instances whose output is not as the lock holds it

    def sync(self, wanted: list[Wanted]) -> None:
        """Make the experiment show exactly ``wanted`` as current."""
        kept: dict[tuple[str, str, str], Run] = {}
        for run in sorted(self.runs, key=_is_complete):  # a complete run wins over a partial one
            kept[_identity(run)] = run
        current: list[tuple[Run, Wanted]] = []
        for item in wanted:
            found = kept.get(item.identity)
            if found is None or not _is_complete(found):
                found = self._fill(found, item)
            else:
                log_tags(self.store, found, self._tags(item))  # one adapter, other inputs
            current.append((found, item))
        chosen = {run.info.run_id for run, _ in current}
        for run in self.runs:
            if run.info.run_id not in chosen:
                self._retire(run)
        for run, item in current:
            self._measure(run, item)
            log_tags(self.store, run, {"current": "true"})

    def _fill(self, run: Run | None, item: Wanted) -> Run:
        """Write a run's unchanging content, into its live run where that agrees with it."""
        body = content(item, self.workspace)
        if not body.complete and item.instance.name not in self.partial:
            self.partial.append(item.instance.name)
        run = run or self._adoptable(item, body) or self._create(item)
        run_id = run.info.run_id
        there = self._points(run)
        log_tags(self.store, run, self._tags(item))
        log_params(
            self.store,
            run_id,
            {name: value for name, value in body.params.items() if name not in run.data.params},
        )
        log_points(self.store, run_id, [p for p in body.points if (p[0], p[1]) not in there])
        whole = body.complete and (item.kind != "study" or self._attach(run_id))
        if body.complete and item.folder.startswith(TRAINED):
            self._describe(run_id, item)
        if run.info.status != "FINISHED":
            end = run.info.start_time + int(1000 * float(item.cost.get("seconds") or 0))
            self.store.client.set_terminated(run_id, "FINISHED", end)
        log_tags(self.store, run, {"complete": "true" if whole else "false"})
        return run

    def _attach(self, run_id: str) -> bool:
        """Copy what people look at to the study's run; False where its store cannot be written.

        A database that came from another machine names folders of that machine.
        """
        client = self.store.client
        try:
            for shown in SHOWN:
                path = self.workspace / shown
                if path.is_dir():
                    client.log_artifacts(run_id, str(path), path.name)
                elif path.is_file():
                    client.log_artifact(run_id, str(path))
        except OSError as error:
            self.unattached = str(error)
            return False
        return True

    def _describe(self, run_id: str, item: Wanted) -> None:
        """Log the adapter's model card; a store that cannot be written is told of once."""
        folder = self.workspace / item.folder
        try:
            text = model_card(folder, item.instance.outs[item.folder], item.measures)
            self.store.client.log_text(run_id, text, CARD)
            self.described.add(run_id)
        except OSError as error:
            self.unattached = str(error)

    def _tags(self, item: Wanted) -> dict[str, str]:
        instance = item.instance
        tags = {
            "kind": item.kind,
            item.kind: item.name,
            "key": item.key,
            "workspace": workspace_name(self.workspace),
            "lock": instance.key,
            "cmd": instance.cmd,
        }
        tags |= {f"dep:{path}": md5 for path, md5 in instance.deps.items()}
        tags |= {f"out:{path}": md5 for path, md5 in instance.outs.items()}
        return tags | dict(item.tags)

    def _create(self, item: Wanted) -> Run:
        # The identity goes in with the run itself: one that a kill leaves half written is then
        # found and completed, never made twice.
        tags = {
            "kind": item.kind,
            item.kind: item.name,
            "key": item.key,
            "current": "false",
            "commit": str(item.cost.get("commit") or self.commit),
        }
        started = _milliseconds(item.cost.get("started"))
        run = self.store.client.create_run(self.store.experiment, started, tags, run_name=item.name)
        self.runs.append(run)
        return run

    def _adoptable(self, item: Wanted, body: Content) -> Run | None:
        """Latest live run of this variant of which everything recorded agrees with the output."""
        if item.kind != "variant" or not body.complete:
            return None
        values = {(name, step): value for name, step, value in body.points}
        for run in reversed(self.runs):
            tags = run.data.tags
            if tags.get("variant") != item.name or "live" not in tags or "key" in tags:
                continue
            agrees = all(body.params.get(k) == v for k, v in run.data.params.items()) and all(
                math.isclose(value, values.get(at, math.nan), rel_tol=1e-6, abs_tol=1e-9)
                for at, value in self._points(run).items()
            )
            if agrees and not self._alive(run):
                return run
        return None

    def _points(self, run: Run) -> dict[tuple[str, int], float]:
        return {
            (name, point.step): point.value
            for name in run.data.metrics
            for point in self.store.client.get_metric_history(run.info.run_id, name)
        }

    def _measure(self, run: Run, item: Wanted) -> None:
        """Write the evaluation and cost that may change under one adapter, where they differ.

        A measure that the evaluation no longer has becomes NaN, as MLflow deletes none.
        """
        old = run.data.metrics
        new: dict[str, float] = {}
        # A record that names no outputs may be another run's: believed only as the first.
        if item.cost.get("outputs") or not any(name.startswith(COST) for name in old):
            numbers = {k: v for k, v in item.cost.items() if k not in ("started", "outputs")}
            new = as_metrics(numbers, COST)
            seen = {k: str(item.cost[k]) for k in SEEN if item.cost.get(k)}
            versions = item.cost.get("versions") or {}
            seen |= {f"{VERSION}{name}": str(value) for name, value in versions.items()}
            log_tags(self.store, run, seen)
            # The same adapter made again, without a package that was there the first time.
            for tag in [k for k in run.data.tags if k.startswith(VERSION) and k not in seen]:
                self.store.client.delete_tag(run.info.run_id, tag)
        if item.measures is not None:
            gone = [name for name in old if not name.startswith((CURVES, COST))]
            new = dict.fromkeys(gone, math.nan) | new | dict(item.measures)
        points = [(k, 0, v) for k, v in sorted(new.items()) if not _same(old.get(k), v)]
        log_points(self.store, run.info.run_id, points)
        scored = any(not name.startswith(COST) for name, _, _ in points)
        stale = scored and run.info.run_id not in self.described
        if stale and item.folder.startswith(TRAINED) and content(item, self.workspace).complete:
            self._describe(run.info.run_id, item)

    def _retire(self, run: Run) -> None:
        if self._alive(run):
            return
        log_tags(self.store, run, {"current": "false"})
        if run.info.status == "RUNNING":
            self.store.client.set_terminated(run.info.run_id, "KILLED")

    def _alive(self, run: Run) -> bool:
        """Whether a training process is logging to this run right now."""
        from filelock import FileLock, Timeout

        from stages.live import alive_lock

        path = alive_lock(self.workspace, run.info.run_id)
        if run.info.status != "RUNNING" or not path.exists():
            return False
        try:
            with FileLock(path, timeout=0):
                pass
        except Timeout:
            return True
        path.unlink(missing_ok=True)
        return False


def _identity(run: Run) -> tuple[str, str, str]:
    tags = run.data.tags
    kind = tags.get("kind", "")
    return kind, tags.get(kind, ""), tags.get("key", "")


def _is_complete(run: Run) -> bool:
    return bool(run.data.tags.get("complete") == "true")


def _same(old: float | None, new: float) -> bool:
    return old is not None and (old == new or (math.isnan(old) and math.isnan(new)))


def _milliseconds(started: Any) -> int:
    try:
        return int(datetime.fromisoformat(str(started)).timestamp() * 1000)
    except ValueError:
        return int(time.time() * 1000)


def track(workspace: Path) -> str:
    """Bring MLflow in line with a workspace and return one line on what it now shows.

    Raises UserError when the workspace or the database cannot be used; outputs are only read.
    """
    wanted = wanted_runs(read_lock(workspace), workspace)
    publish(workspace, wanted)
    with open_store(workspace) as store:
        tracker = Tracker(store, workspace)
        tracker.sync(wanted)
    variants = sum(item.kind == "variant" for item in wanted)
    stages = sum(item.kind == "stage" for item in wanted)
    line = f"track: {variants} variants and {stages} stages current in "
    line += f"{store.shown} ({store.name})"
    if tracker.partial:
        names = ", ".join(tracker.partial)
        line += f"\n  not as dvc.lock holds them, so shown without content: {names}"
        line += "\n  to do: run `dvc checkout` or `dvc repro`, then track again"
    if tracker.unattached:
        line += f"\n  MLflow's folder cannot take figures and report: {tracker.unattached}"
    return line


def main() -> None:
    """Run the step in the present folder."""
    try:
        print(track(Path.cwd()), flush=True)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
