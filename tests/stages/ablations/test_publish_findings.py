"""Findings on their way into the study's reports."""

from pathlib import Path

import pytest

from analysis.ablations.finding import FINDINGS, Finding, joined, not_run, write_finding
from apeft.errors import UserError
from apeft.records import read_json
from stages.ablations.about import about
from stages.ablations.publish import copy
from stages.publish import ABLATIONS, ablations


def test_new_findings_replace_old_ones_whole(tmp_path: Path) -> None:
    study = tmp_path / "study"
    (study / ABLATIONS / "01_gone").mkdir(parents=True)
    source = tmp_path / "source"
    write_finding(
        Finding("mixing", "Mixing", ("No.", "None.", "", "By chance.")), source / "02_mixing"
    )
    folder = copy(source, study)
    assert [path.name for path in folder.iterdir()] == ["02_mixing"]
    (found,) = ablations(study / ABLATIONS)
    assert (found.name, found.finding, found.remarks) == ("Mixing", "No. None.", "By chance.")
    assert not list(study.glob("reports/.*partial"))


def test_what_was_run_names_code_device_and_the_parameters_that_differ(tmp_path: Path) -> None:
    work, study = tmp_path / "work", tmp_path / "study"
    cost = {"commit": "abc", "device": "cpu", "processor": "Xeon", "versions": {"torch": "2.13"}}
    for folder, steps in ((work, 12), (study, 6)):
        folder.mkdir(exist_ok=True)
        (folder / "params.yaml").write_text(f"training: {{steps: {steps}, beta: 0.1}}\n")
    found = about([cost], work, study)
    assert "1 adapters were trained here, by commit abc, on cpu (Xeon)" in found.sentences
    assert found.tables[0].data.to_numpy().tolist() == [["training.steps", "6", "12"]]
    nothing = about([], tmp_path / "empty", study)
    alone = about([cost], work, tmp_path / "empty")
    assert alone.sentences.endswith("no study here to compare its parameters with.")
    assert nothing.sentences.startswith("No record tells by what code")


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
