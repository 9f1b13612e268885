"""The benchmarks' report, on a tiny random model and the smallest of jobs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from apeft.models.load import Machine
from apeft.records import read_json, write_json
from benchmarks import run
from benchmarks.case import Case, Once, Result, Size
from benchmarks.measure import BenchmarkError, measure
from benchmarks.scoring import SCORING

MACHINE = Machine("cpu", 1, "grouped")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random model of two layers, saved as the model stage would."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parents[1] / "apeft"))
        from tiny_model import tiny_llama, tiny_tokenizer

    folder = tmp_path_factory.mktemp("model")
    tokenizer = tiny_tokenizer()
    tiny_llama(tokenizer).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    write_json(folder / "identity.json", {"name": "tiny"})
    return folder


def test_a_report_holds_medians_runs_and_peaks_of_both_sides(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    small = replace(SCORING, sizes={"least": {"prompts": 2, "rows": 8, "batch": 4}})
    monkeypatch.setitem(run.CASES, "scoring", small)
    run.benchmark(["scoring"], model, MACHINE, "least", 2, tmp_path / "bench.json")

    report = read_json(tmp_path / "bench.json")
    assert set(report["machine"]) == {"processor", "device", "threads", "versions"}
    assert report["machine"]["threads"] == 1
    assert all(report["machine"]["versions"].values())
    (case,) = report["cases"]
    assert case["name"] == "scoring"
    assert case["unit"] == "candidates/s"
    assert case["size"]["name"] == "least"
    assert len(case["runs"]) == 2
    for place, side in enumerate(("ours", "yardstick")):
        rates = [pair[place] for pair in case["runs"]]
        assert all(rate > 0 for rate in rates)
        assert case[side] == pytest.approx(sum(rates) / 2, abs=0.01)  # the median of two
        assert case["peak_memory_mib"][side] > 100  # torch alone is more
    assert case["ratio"] == pytest.approx(case["ours"] / case["yardstick"], abs=0.01)
    assert case["largest_difference"] < 1e-3  # both sides did the same job
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("scoring: ")


def test_every_case_has_a_quick_and_a_full_size() -> None:
    assert {tuple(case.sizes) for case in run.CASES.values()} == {tuple(run.REPEATS)}


def _writes(folder: Path, side: str) -> Once:
    def once() -> Result:
        with (folder / "log").open("a") as file:
            file.write(side)
        return Result(units=4, seconds=2.0)

    return once


def writes_a(model: Path, machine: Machine, size: Size) -> Once:
    return _writes(model, "a")


def writes_b(model: Path, machine: Machine, size: Size) -> Once:
    return _writes(model, "b")


def fails(model: Path, machine: Machine, size: Size) -> Once:
    raise ValueError("no such kernel")


def test_sides_take_turns_after_one_uncounted_run_each(tmp_path: Path) -> None:
    case = Case("turns", "lines/s", writes_a, writes_b, ("a", "b"), {"least": {}})
    made = measure(case, tmp_path, MACHINE, "least", 3)
    assert (tmp_path / "log").read_text() == "abababab"
    assert made["runs"] == [[2.0, 2.0]] * 3
    assert made["largest_difference"] is None  # nothing to compare


def test_a_side_that_fails_says_why(tmp_path: Path) -> None:
    case = Case("broken", "lines/s", writes_a, fails, ("a", "b"), {"least": {}})
    with pytest.raises(BenchmarkError, match="no such kernel"):
        measure(case, tmp_path, MACHINE, "least", 1)
