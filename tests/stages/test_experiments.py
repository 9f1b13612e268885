"""`dvc exp run -S …`, in the workspace and with `--temp`: real DVC and git, stand-in scripts."""

from __future__ import annotations

import json
import subprocess

import pytest
from standin_project import Project, make_project

pytestmark = pytest.mark.slow
CELLS = ["ipo-apeft-0", "ipo-general-0"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A committed project after its first run."""
    made = make_project(
        tmp_path_factory.mktemp("experiments") / "project",
        algorithms=["dpo", "ipo"],
        recipes=["general", "apeft"],
        seeds=[0],
    )
    config = made.path / ".dvc" / "config"
    config.write_text(config.read_text().replace("    no_scm = true\n", ""))
    (made.path / ".gitignore").write_text("/out/\n/reports/\n/ran.txt\n")
    git(made, "init", "--quiet")
    git(made, "config", "user.email", "a@b.c")
    git(made, "config", "user.name", "a")
    made.repro()
    git(made, "add", "--all")
    git(made, "commit", "--quiet", "--message", "first run")
    return made


def git(project: Project, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=project.path, capture_output=True, text=True, check=True
    )
    return done.stdout


def betas(project: Project) -> set[float]:
    """IPO's beta in the commit and in each of its experiments."""
    found = set()
    for commit in json.loads(project.dvc("exp", "show", "--json")):
        for one in [commit, *(e["revs"][0] for e in commit.get("experiments") or [])]:
            found.add(one["data"]["params"]["params.yaml"]["data"]["training"]["ipo"]["beta"])
    return found


def test_an_experiment_elsewhere_leaves_the_workspace_as_it_was(project: Project) -> None:
    before = project.results()
    said = project.dvc("exp", "run", "--temp", "--set-param", "training.ipo.beta=0.3")
    for cell in CELLS:
        assert f"train@{cell}" in said
    assert "train@dpo-general-0' didn't change" in said
    assert project.results() == before
    assert git(project, "status", "--porcelain") == ""
    assert 0.3 in betas(project)


def test_an_experiment_here_runs_what_its_parameter_reaches(project: Project) -> None:
    log = project.path / "ran.txt"
    log.unlink(missing_ok=True)
    project.dvc("exp", "run", "--set-param", "training.ipo.beta=0.4")
    ran = sorted(log.read_text().split())
    assert [name for name in ran if name.startswith("train@")] == [f"train@{c}" for c in CELLS]
    assert "sample" not in ran
    assert "figures" in ran
    assert 0.4 in betas(project)
