"""A workspace made by hand, as stages and DVC would leave it, and a real MLflow database."""

import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import yaml

from apeft.records import write_json, write_jsonl
from stages.lockfile import content_hash
from stages.tracking import all_runs, open_store

CURRENT_VARIANTS = "tags.kind = 'variant' and tags.current = 'true'"


@pytest.fixture
def workspace(tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> "Workspace":
    shutil.copy(empty_database, tmp_path / "mlflow.db")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'mlflow.db'}")
    (tmp_path / "tiny").mkdir()
    monkeypatch.chdir(tmp_path / "tiny")
    made = Workspace(tmp_path / "tiny")
    made.stage("model", "out/model", {"model": {"name": "tiny"}}, counts={"layers": 2})
    made.stage("respond_base", "out/respond/base", {"respond.tokens": 8}, counts={"answers": 3})
    made.train("dpo-apeft-0", beta=0.1)
    made.train("ipo-general-0", beta=0.2)
    write_json(
        made.path / "reports/metrics.json",
        {"base": {"bio": {"factscore": 0.25}}, "dpo-apeft-0": {"bio": {"factscore": 0.5}}},
    )
    return made


class Workspace:
    """A folder with outputs, and a dvc.lock that holds them as DVC would write it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.stages: dict[str, Any] = {}

    def stage(
        self, name: str, out: str, params: dict[str, Any], counts: dict[str, int] | None = None
    ) -> None:
        folder = self.path / out
        folder.mkdir(parents=True, exist_ok=True)
        if counts:
            write_json(folder / "counts.json", counts)
        self.stages[name] = {
            "cmd": f"python -m stages.{name}",
            "deps": [{"path": "stages/x.py", "hash": "md5", "md5": "0" * 32, "size": 1}],
            "params": {"params.yaml": params},
            "outs": [{"path": out, "hash": "md5", "md5": content_hash(folder), "nfiles": 1}],
        }
        self.write()

    def train(self, variant: str, beta: float) -> None:
        folder = self.path / "out/train" / variant
        write_json(folder / "settings.json", settings(beta))
        write_jsonl(folder / "curves.jsonl", curves(beta))
        self.stage(f"train@{variant}", f"out/train/{variant}", {"train": {"beta": beta}})

    def write(self) -> None:
        text = yaml.safe_dump({"schema": "2.0", "stages": self.stages})
        (self.path / "dvc.lock").write_text(text)

    def runs(self) -> list[Any]:
        with open_store(self.path) as store:
            return all_runs(store)

    def database(self) -> list[str]:
        """All that MLflow's database holds."""
        with sqlite3.connect(self.path.parent / "mlflow.db") as connection:
            return sorted(connection.iterdump())

    def current(self) -> dict[str, Any]:
        """Variants that the filter shows; two rows for one of them fail here."""
        with open_store(self.path) as store:
            rows = store.client.search_runs([store.experiment], CURRENT_VARIANTS)
        names = [run.data.tags["variant"] for run in rows]
        assert len(names) == len(set(names))
        return dict(zip(names, rows, strict=True))


def settings(beta: float) -> dict[str, Any]:
    return {"learning_rate": 2e-4, "beta": beta, "lora": {"rank": 16, "modules": ["q", "v"]}}


def curves(beta: float) -> list[dict[str, float]]:
    return [{"step": step, "loss": beta / (step + 1), "margin": beta * step} for step in range(4)]
