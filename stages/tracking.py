"""The project's MLflow database: where it is, opening it safely, writing to it in batches.

MLflow is a view of what DVC holds, so whatever is wrong with the database is one clear error and
never a fault of the pipeline. MLflow is imported (2-3 s) only when a store is opened.
"""

from __future__ import annotations

import logging
import math
import os
import re
import sqlite3
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from apeft.errors import UserError
from apeft.records import digest, dumps
from stages.lockfile import root

if TYPE_CHECKING:
    from mlflow.entities import Run
    from mlflow.tracking import MlflowClient

CURVES = "train/"  # prefix of step metrics
COST = "cost/"  # prefix of seconds, memory and tokens
BATCH = 100  # MLflow's limit of parameters or tags in one call
BATCH_POINTS = 1000  # and of metric points
LONGEST_PARAM = 6000  # characters, MLflow's limit
LOCK_SECONDS = 120.0

Point = tuple[str, int, float]  # measure, step, value


@dataclass(frozen=True)
class Store:
    """An open MLflow experiment: client, the experiment's id and name, the address to print."""

    client: MlflowClient
    experiment: str
    name: str
    shown: str


def tracking_uri() -> str:
    """Address of the database: MLFLOW_TRACKING_URI, else ``mlflow.db`` in the checkout."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{root() / 'mlflow.db'}"


def workspace_name(workspace: Path) -> str:
    """Name of a workspace: ``default`` for the checkout itself, else its folder's name."""
    workspace = workspace.resolve()
    return "default" if workspace == root() else workspace.name


def experiment_name(workspace: Path) -> str:
    """Name of a workspace's MLflow experiment: ``apeft/default``, ``apeft/x`` for ``runs/x``."""
    return f"apeft/{workspace_name(workspace)}"


def shown_uri(uri: str) -> str:
    """Address without user names and passwords, fit to be printed."""
    return re.sub(r"//[^/@]*@", "//***@", uri)


def sqlite_file(uri: str) -> Path | None:
    """File behind a ``sqlite:///`` address, or None for any other kind of address."""
    return Path(uri.removeprefix("sqlite:///")) if uri.startswith("sqlite:///") else None


@contextmanager
def open_store(workspace: Path, *, wait: float = LOCK_SECONDS) -> Iterator[Store]:
    """Open the workspace's experiment, made when missing, holding the database's file lock.

    The lock makes one process create the schema (several at once break a fresh SQLite file) and
    keeps two writers from creating the same run. Raises UserError for anything that MLflow, its
    database or the server behind the address refuses, also within the block.
    """
    uri = tracking_uri()
    with _file_lock(uri, workspace, wait):
        if file := sqlite_file(uri):
            _refuse_foreign(file)
        with _told_clearly(uri):
            client = _client(uri)
            name = experiment_name(workspace)
            yield Store(client, _experiment(client, name), name, shown_uri(uri))


@contextmanager
def _file_lock(uri: str, workspace: Path, wait: float) -> Iterator[None]:
    from filelock import FileLock, Timeout

    file = sqlite_file(uri)
    path = file.with_name(file.name + ".lock") if file else workspace / ".work" / "mlflow.lock"
    lock = FileLock(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=wait)
    except Timeout:
        raise UserError(
            f"another process has held MLflow's database for {wait:.0f} s",
            where=str(path),
            fix="wait for it to end and run again",
        ) from None
    except OSError as error:
        raise _unusable(uri, error) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _told_clearly(uri: str) -> Iterator[None]:
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (MlflowException, SQLAlchemyError, sqlite3.Error) as error:
        raise _unusable(uri, error) from None


def _unusable(uri: str, error: Exception) -> UserError:
    reason = (
        (str(error).strip() or type(error).__name__).splitlines()[0].replace(uri, "the address")
    )
    return UserError(
        f"MLflow's database cannot be used: {reason}",
        where=shown_uri(uri),
        fix="move it away or set MLFLOW_TRACKING_URI (after an MLflow upgrade: `mlflow db upgrade`)"
        "; `python -m stages.track` rebuilds a lost one; DVC's outputs are not affected",
    )


def _refuse_foreign(file: Path) -> None:
    """Refuse a file that is not MLflow's; without this MLflow would add its tables to any."""
    if not file.exists() or (file.is_file() and file.stat().st_size == 0):
        return
    tables: set[str] = set()
    if file.is_file():
        try:
            connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)
            try:
                rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
                tables = {name for (name,) in rows}
            finally:
                connection.close()
        except sqlite3.Error:
            tables = {"unreadable"}
    if not file.is_file() or (tables and "experiments" not in tables):
        raise UserError(
            "this is not an MLflow database, so nothing was written to it",
            where=str(file),
            fix="move it away or set MLFLOW_TRACKING_URI; `python -m stages.track` builds a new "
            "one; DVC's outputs are not affected",
        )


def _client(uri: str) -> MlflowClient:
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("DO_NOT_TRACK", "true")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")  # a server that is gone must not
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "20")  # hold training up for minutes
    from mlflow.tracking import MlflowClient

    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return MlflowClient(tracking_uri=uri)


def _experiment(client: MlflowClient, name: str) -> str:
    found = client.get_experiment_by_name(name)
    if found is None:
        return str(client.create_experiment(name))
    if found.lifecycle_stage == "deleted":
        client.restore_experiment(found.experiment_id)
    return str(found.experiment_id)


def all_runs(store: Store) -> list[Run]:
    """Every run of the experiment that is not deleted, oldest first."""
    found: list[Run] = []
    token = None
    while True:
        page = store.client.search_runs(
            [store.experiment],
            max_results=1000,
            order_by=["attributes.start_time ASC"],
            page_token=token,
        )
        found.extend(page)
        token = page.token
        if not token:
            return found


def log_points(store: Store, run_id: str, points: Iterable[Point]) -> None:
    """Write metric points in as few calls as MLflow allows."""
    from mlflow.entities import Metric

    now = int(time.time() * 1000)
    rows = [Metric(measure, value, now, step) for measure, step, value in points]
    for start in range(0, len(rows), BATCH_POINTS):
        store.client.log_batch(run_id, metrics=rows[start : start + BATCH_POINTS])


def log_params(store: Store, run_id: str, params: Mapping[str, str]) -> None:
    """Write parameters in as few calls as MLflow allows; none may be there with another value."""
    from mlflow.entities import Param

    rows = [Param(name, value) for name, value in sorted(params.items())]
    for start in range(0, len(rows), BATCH):
        store.client.log_batch(run_id, params=rows[start : start + BATCH])


def log_tags(store: Store, run: Run, tags: Mapping[str, str]) -> None:
    """Write the tags that ``run`` does not hold yet with this value."""
    from mlflow.entities import RunTag

    rows = [RunTag(k, v) for k, v in sorted(tags.items()) if run.data.tags.get(k) != v]
    for start in range(0, len(rows), BATCH):
        store.client.log_batch(run.info.run_id, tags=rows[start : start + BATCH])


def flatten(value: Mapping[str, Any], joint: str = ".") -> dict[str, Any]:
    """Flatten nested mappings to ``{"a.b": leaf}``; lists are leaves."""
    flat: dict[str, Any] = {}
    for key, item in value.items():
        if isinstance(item, Mapping):
            flat.update({f"{key}{joint}{k}": v for k, v in flatten(item, joint).items()})
        else:
            flat[str(key)] = item
    return flat


def as_params(value: Mapping[str, Any]) -> dict[str, str]:
    """Flatten settings to MLflow's parameters: text as it is, all else as JSON.

    A value beyond MLflow's limit keeps its beginning and its digest, so that two long values that
    differ never look alike.
    """
    params: dict[str, str] = {}
    for name, item in flatten(value).items():
        text = item if isinstance(item, str) else dumps(item)
        if len(text) > LONGEST_PARAM:
            text = f"{text[: LONGEST_PARAM - 100]} ... (cut; digest {digest(text)})"
        params[safe_name(name)] = text
    return params


def as_metrics(value: Mapping[str, Any], prefix: str = "") -> dict[str, float]:
    """Flatten measures to MLflow's metrics (``a/b``); what is no finite number is left out."""
    return {
        safe_name(prefix + name): float(item)
        for name, item in flatten(value, "/").items()
        if isinstance(item, int | float) and math.isfinite(item)
    }


def safe_name(name: str) -> str:
    """Replace the characters that MLflow allows in no name."""
    return re.sub(r"[^\w\-. /:]", "_", name)[:250]


def commit() -> str:
    """Commit of the checkout, with ``-dirty`` when its code differs from it; ``none`` without."""
    code = ("apeft", "stages", "analysis", "requirements", "dvc.yaml")
    head = _git("rev-parse", "HEAD")
    if not head:
        return "none"
    return head + ("-dirty" if _git("status", "--porcelain", "--", *code) else "")


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=root(), capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
