"""Live view of training: step metrics in MLflow while a variant trains, and never a fault.

A live run is provisional (``tags.current`` is ``live``). ``python -m stages.track`` adopts it as
its variant's run once everything that it recorded agrees with the finished output.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from stages.tracking import (
    CURVES,
    Store,
    all_runs,
    as_metrics,
    as_params,
    commit,
    log_params,
    log_points,
    open_store,
    workspace_name,
)

if TYPE_CHECKING:
    from filelock import FileLock
    from mlflow.entities import Run

LOCKS = Path(".work") / "live"
OPEN_SECONDS = 20.0  # longest wait for the database before training goes on without a view


def alive_lock(workspace: Path, run_id: str) -> Path:
    """File that a live run's process keeps locked; the lock goes with the process, however."""
    return workspace / LOCKS / f"{run_id}.lock"


class LiveRun:
    """Context manager round one training: ``with LiveRun("dpo-apeft-0", key, settings) as live``.

    ``key`` names what is trained (a digest of everything it is computed from), so that training
    resumed after a kill goes on in the same run. ``params`` should be the very settings that the
    stage writes to its ``settings.json``. Nothing in here raises: the first fault of MLflow gives
    one warning line and ends the view. ``APEFT_LIVE=0`` turns it off.
    """

    def __init__(self, variant: str, key: str, params: Mapping[str, Any]) -> None:
        """Say what will be trained; nothing is opened yet."""
        self.variant = variant
        self.key = key
        self.params = dict(params)
        self._store: Store | None = None
        self._run_id = ""
        self._lock: FileLock | None = None
        self._last: dict[str, int] = {}

    def __enter__(self) -> Self:
        """Open the run, or the one that a killed process left with this key."""
        if os.environ.get("APEFT_LIVE", "1") == "0":
            return self
        try:
            self._open(Path.cwd())
        except Exception as error:
            self._give_up(error)
        return self

    def log(self, step: int, metrics: Mapping[str, float]) -> None:
        """Record the measures of one optimizer step (names as in ``curves.jsonl``)."""
        if self._store is None:
            return
        try:
            points = [
                (name, step, value)
                for name, value in as_metrics(metrics, CURVES).items()
                if step > self._last.get(name, -1)
            ]
            log_points(self._store, self._run_id, points)
        except Exception as error:
            self._give_up(error)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the run as finished, failed, or killed; the exception itself passes on."""
        if self._store is not None:
            stopped = kind is not None and not issubclass(kind, Exception)
            status = "FINISHED" if kind is None else "KILLED" if stopped else "FAILED"
            try:
                self._store.client.set_terminated(self._run_id, status)
            except Exception as fault:
                self._give_up(fault)
        self._release()

    def _open(self, workspace: Path) -> None:
        from filelock import FileLock

        with open_store(workspace, wait=OPEN_SECONDS) as store:
            run = self._left_behind(store)
            if run is None:
                algorithm, _, _ = self.variant.partition("-")
                tags = {
                    "kind": "variant",
                    "variant": self.variant,
                    "algorithm": algorithm,
                    "current": "live",
                    "live": self.key,
                    "commit": commit(),
                    "workspace": workspace_name(workspace),
                }
                run = store.client.create_run(
                    store.experiment, int(time.time() * 1000), tags, run_name=self.variant
                )
                log_params(store, run.info.run_id, as_params(self.params))
            else:
                self._resume(store, run)
            path = alive_lock(workspace, run.info.run_id)
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(path)
            self._lock.acquire(timeout=0)
        self._store, self._run_id = store, run.info.run_id

    def _left_behind(self, store: Store) -> Run | None:
        """Latest run of this training that was never adopted and holds the same parameters."""
        wanted = as_params(self.params)
        found = [
            run
            for run in all_runs(store)
            if run.data.tags.get("live") == self.key
            and run.data.tags.get("variant") == self.variant
            and "key" not in run.data.tags
            and run.data.params == wanted
        ]
        return found[-1] if found else None

    def _resume(self, store: Store, run: Run) -> None:
        run_id = run.info.run_id
        store.client.update_run(run_id, status="RUNNING")
        store.client.set_tag(run_id, "current", "live")
        for name in run.data.metrics:
            history = store.client.get_metric_history(run_id, name)
            self._last[name] = max(point.step for point in history)

    def _give_up(self, error: Exception) -> None:
        self._store = None
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        print(
            f"warning: no live view of {self.variant} in MLflow: {reason} (training goes on; "
            "`python -m stages.track` fills it in afterwards)",
            file=sys.stderr,
            flush=True,
        )

    def _release(self) -> None:
        if self._lock is None:
            return
        try:
            self._lock.release()
            Path(self._lock.lock_file).unlink(missing_ok=True)
        except OSError:
            pass  # a stale lock file is harmless: the lock itself is gone
        self._lock = None
