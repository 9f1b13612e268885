"""Promises of the cost record: where and with which versions a stage ran, never in an output."""

import importlib.metadata
import json
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from apeft.records import write_json
from stages import cost
from stages.cost import COSTS, measured, processor, versions
from stages.lockfile import Instance
from stages.tracked import wanted_runs
from stages.tracking import as_metrics

ROOT = Path(__file__).resolve().parents[2]


def test_a_stages_record_holds_versions_and_processor_and_its_output_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with measured("sample", "out/sample") as record:
        Path("out/sample").mkdir(parents=True)
        Path("out/sample/counts.json").write_text("{}")
        record["tokens"], record["device"] = {"written": 5}, "cpu"

    kept = json.loads((COSTS / "sample.json").read_text())
    assert kept["versions"] == versions()
    assert kept["processor"] == processor()
    assert [path.name for path in Path("out").rglob("*")] == ["sample", "counts.json"]
    numbers = as_metrics({k: v for k, v in kept.items() if k != "outputs"}, "cost/")
    assert set(numbers) == {"cost/seconds", "cost/peak_memory_mib", "cost/tokens/written"}


def test_versions_are_those_of_installed_packages_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cost, "PACKAGES", ("numpy", "no-such-package-here"))
    assert versions() == {
        "python": platform.python_version(),
        "numpy": importlib.metadata.version("numpy"),
    }


def test_asking_for_versions_imports_no_package() -> None:
    code = (
        "import sys; from stages.cost import PACKAGES, versions; found = versions()\n"
        "assert 'torch' in found\n"
        "print([name for name in PACKAGES if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_processor_is_named_by_its_model_or_else_by_what_the_system_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "cpuinfo"
    monkeypatch.setattr(cost, "CPUINFO", info)
    monkeypatch.setattr(platform, "processor", lambda: "")
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    info.write_text("processor\t: 0\nmodel\t: 85\nmodel name\t: Some CPU: fast @ 2 GHz\n")
    assert processor() == "Some CPU: fast @ 2 GHz"
    info.write_text("processor\t: 0\nBogoMIPS\t: 50.00\n")
    assert processor() == "aarch64"
    info.unlink()
    assert processor() == "aarch64"


def test_the_supervised_controls_cost_is_its_scripts_record(tmp_path: Path) -> None:
    out = "out/train/sft-apeft-0"
    write_json(tmp_path / COSTS / "train@sft-apeft-0.json", {"seconds": 3.0, "outputs": {out: "a"}})
    control = Instance("train_supervised@sft-apeft-0", "cmd", {}, {}, {out: "a"}, "key")
    assert wanted_runs([control], tmp_path)[0].cost["seconds"] == 3.0
    other = Instance("train_supervised@sft-apeft-0", "cmd", {}, {}, {out: "b"}, "key")
    assert wanted_runs([other], tmp_path)[0].cost == {}
