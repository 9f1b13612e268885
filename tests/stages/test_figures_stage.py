from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import real_stages

from apeft.errors import UserError
from stages import figures

ALGORITHMS, RECIPES = ("dpo", "kto"), ("general", "apeft")
ROOT = Path(__file__).parents[2]
SETTINGS = {
    "bootstrap": 100,
    "seed": 0,
    "small_shift": 0.05,
    "small_change": 0.02,
    "first_positions": 8,
    "sure": 0.9,
}


def synthetic() -> Any:
    """The helper that writes an invented collected folder (it lies beside the figures' tests)."""
    path = ROOT / "tests" / "analysis" / "synthetic.py"
    spec = importlib.util.spec_from_file_location("synthetic_for_stage", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    module = synthetic()
    return Path(module.write(tmp_path_factory.mktemp("collected"), module.SMOKE))


@pytest.fixture
def workspace(collected: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(collected, tmp_path / "out" / "collect")
    real_stages.link_labels(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def params() -> dict[str, Any]:
    return {"figures": figures.Params(**SETTINGS)}


def written() -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted(Path("reports").rglob("*")) if p.is_file()}


def test_a_run_in_another_process_writes_the_same_bytes(workspace: Path) -> None:
    line = figures.main(params()).line
    assert "\n" not in line
    first = written()
    for name in ("figures/results.png", "figures/results.pdf", "figures/captions.json"):
        assert f"reports/{name}" in first
    for name in ("main", "claims", "claims_tests", "alignment", "power", "paper"):
        assert {f"reports/tables/{name}.{form}" for form in ("csv", "md", "tex")} <= set(first)
    for name in ("claims.json", "metrics.json"):
        assert f"reports/{name}" in first
    assert not any(b"CreationDate" in data for name, data in first.items() if name.endswith("pdf"))
    claims = json.loads(first["reports/claims.json"])["claims"]
    verdicts = {one["verdicts"]["the algorithm"]["verdict"] for one in claims}
    assert verdicts <= {"undecided", "not run", "not trained enough"}  # one seed decides nothing
    assert all(one["verdicts"]["these adapters"]["verdict"] for one in claims)
    metrics = json.loads(first["reports/metrics.json"])
    cells = {f"{algorithm}-{recipe}-0" for algorithm in ALGORITHMS for recipe in RECIPES}
    assert set(metrics) == {"base", *cells}
    assert {"bio.factscore", "bio.shift_share"} <= set(metrics["dpo-apeft-0"])
    amounts = ("facts_per_response", "supported_facts", "rank_margin", "rank_logp_among",
               "kl_tuned_base", "kl_base_tuned")  # fmt: skip
    shares = {
        name: value
        for one in metrics.values()
        for name, value in one.items()
        if not name.endswith(amounts)
    }
    assert all(0 <= value <= 1 for value in shares.values())

    Path("params.yaml").write_text(json.dumps({"figures": SETTINGS}))  # JSON is YAML
    subprocess.run(
        [sys.executable, str(ROOT / "stages" / "figures.py")],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "12345"},
        check=True,
    )
    assert written() == first


def test_no_scored_response_is_an_error_and_leaves_nothing(workspace: Path) -> None:
    path = Path("out/collect/items.csv")
    items = pd.read_csv(path)
    items.loc[items["measure"].isin(["factscore", "correct"]), "value"] = None
    items.to_csv(path, index=False)
    with pytest.raises(UserError, match="no response is scored at all"):
        figures.main(params())
    assert not Path("reports").exists()


def test_the_stage_imports_neither_torch_nor_pyplot() -> None:
    code = (
        "import sys, stages.figures\n"
        "print([m for m in ('torch', 'transformers', 'mlflow', 'matplotlib.pyplot')"
        " if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
