"""Findings on their way into the study's reports."""

from pathlib import Path

import pytest

from analysis.ablations.finding import FINDINGS, Finding, joined, not_run, write_finding
from apeft.errors import UserError
from apeft.records import read_json
from stages.ablations.publish import copy
from stages.publish import ABLATIONS, ablations


def test_new_findings_replace_old_ones_whole(tmp_path: Path) -> None:
    study = tmp_path / "study"
    (study / ABLATIONS / "01_gone").mkdir(parents=True)
    source = tmp_path / "source"
    write_finding(Finding("mixing", "Mixing", "Nothing could be seen."), source / "02_mixing")
    folder = copy(source, study)
    assert [path.name for path in folder.iterdir()] == ["02_mixing"]
    (found,) = ablations(study / ABLATIONS)
    assert (found.name, found.finding) == ("Mixing", "Nothing could be seen.")
    assert not list(study.glob("reports/.*partial"))


def test_without_findings_the_old_ones_stay_and_it_is_told(tmp_path: Path) -> None:
    (tmp_path / ABLATIONS / "01_kept").mkdir(parents=True)
    with pytest.raises(UserError, match="no findings"):
        copy(tmp_path / "nowhere", tmp_path)
    assert (tmp_path / ABLATIONS / "01_kept").is_dir()


def test_a_question_that_was_not_asked_says_why(tmp_path: Path) -> None:
    finding = not_run("classes", "Does r predict the gain?", "too few known facts")
    write_finding(finding, tmp_path)
    assert read_json(tmp_path / "finding.json")["finding"] == "Not run: too few known facts."
    assert read_json(tmp_path / "shown.json") == []
    assert joined([finding]) == "## Does r predict the gain?\n\nNot run: too few known facts.\n"
    assert FINDINGS.endswith(".md")
