"""`make judges`: what it needs, what it says, and what its date is worth."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from apeft.records import read_json
from stages import judges
from stages.code import judging_by_rules

ROOT = Path(__file__).resolve().parents[2]


def run(where: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "stages.judges", *arguments]
    return subprocess.run(command, cwd=where, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("arguments", [[], ["nowhere"]])
def test_a_missing_data_folder_is_one_clear_error(tmp_path: Path, arguments: list[str]) -> None:
    done = run(tmp_path, *arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("error: no folder with labelled data")
    assert "make judges DATA=" in done.stderr
    assert not (tmp_path / "labels").exists()


def test_without_a_knowledge_base_nothing_is_measured(tmp_path: Path) -> None:
    done = run(tmp_path, str(tmp_path))
    assert done.returncode == 2
    assert "the knowledge base is not built" in done.stderr


def test_the_committed_measurement_is_whole_and_of_the_present_rules() -> None:
    measured = read_json(ROOT / judges.MEASURED)
    assert measured["rules"] == judging_by_rules(), "run `make judges` and commit its result"
    for row in measured["rows"]:
        found = row["hits"] + row["false"]
        if row["precision"] is not None:
            assert row["precision"][0] == pytest.approx(row["hits"] / found, abs=1e-4)
    of = {row["of"] for row in measured["rows"] if row["table"].startswith("statements, people")}
    assert of == {"birth_year", "death_year", "nationality", "profession", "birth_place"}
