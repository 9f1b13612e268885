"""Promises of the graph, with real DVC: what a change re-runs, and what it leaves alone.

The graph is the checkout's own dvc.yaml; the stage scripts are stand-ins (standin_project.py).
Expected names are written here by hand, never derived from dvc.yaml.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from standin_project import FAILING, Project, make_project

CELLS = ["dpo-apeft-0", "dpo-general-0", "ipo-apeft-0", "ipo-general-0"]
FAN_IN = ["collect", "figures", "grade", "report"]
MODEL_STAGES = ["detect", "model", "reference", "respond_base", "sample"]
DATA_STAGES = ["atomic", "general", "knowledge", "prompts", "score"]


def cells(stage: str, names: list[str]) -> list[str]:
    return [f"{stage}@{name}" for name in names]


MIXES = cells("mix", ["apeft", "atomic", "general"])
TRAINED, ASKED = cells("train", CELLS), cells("respond", CELLS)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, list[str]]:
    """A project after its first `dvc repro`, and what that ran."""
    project = make_project(
        tmp_path_factory.mktemp("graph") / "project",
        algorithms=["dpo", "ipo"],
        recipes=["general", "apeft"],
        seeds=[0],
    )
    return project, project.repro()


@pytest.fixture
def project(first: tuple[Project, list[str]], tmp_path: Path) -> Project:
    """A copy of that project for one test."""
    return first[0].copy(tmp_path / "project")


def test_a_first_run_runs_every_stage_once_and_a_second_none(
    first: tuple[Project, list[str]],
) -> None:
    project, ran = first
    assert ran == sorted([*MODEL_STAGES, *DATA_STAGES, *MIXES, *TRAINED, *ASKED, *FAN_IN])
    before = project.results()
    assert project.repro() == []
    assert "Data and pipelines are up to date." in project.said
    assert project.results() == before


def test_one_algorithms_parameter_reruns_its_cells_and_reverting_runs_no_script(
    project: Project,
) -> None:
    before, lock = project.results(), project.lock()
    ipo = [name for name in CELLS if name.startswith("ipo")]
    project.set("training.ipo.beta", 0.5)
    assert project.changed() == ["collect", *cells("train", ipo)]
    assert project.repro() == sorted([*cells("train", ipo), *cells("respond", ipo), *FAN_IN])
    after = project.results()
    changed = {str(Path(name).parent) for name in before if before[name] != after.get(name)}
    assert changed == {
        *(f"out/{stage}/{name}" for stage in ("train", "respond") for name in ipo),
        *("out/grade", "out/collect", "out/report", "reports/figures", "reports/tables", "reports"),
    }
    project.set("training.ipo.beta", 0.1)
    assert project.repro() == []
    assert project.results() == before
    assert project.lock() == lock


def test_a_seed_trains_its_own_cells_and_taking_it_away_runs_no_script(project: Project) -> None:
    before = project.results()
    new = [name.replace("-0", "-1") for name in CELLS]
    project.set("training.seeds", [0, 1])
    assert project.repro() == sorted([*cells("train", new), *cells("respond", new), *FAN_IN])
    project.set("training.seeds", [0])
    assert project.prune() == sorted(
        f"out/{stage}/{name}" for stage in ("train", "respond") for name in new
    )
    assert project.repro() == []
    assert project.results() == before
    assert project.changed() == []


def test_figures_and_tools_rerun_what_people_look_at_alone_and_reverting_brings_them_back(
    project: Project,
) -> None:
    before = project.results()
    lock = (project.path / "requirements/tools.lock").read_text()
    project.set("figures.small_shift", 0.07)
    project.append("requirements/tools.lock", "plots==2\n")
    assert project.repro() == ["figures", "report"]
    project.set("figures.small_shift", 0.05)
    (project.path / "requirements/tools.lock").write_text(lock)
    assert project.repro() == []
    assert project.results() == before


def test_status_names_exactly_what_a_change_touches(project: Project) -> None:
    """Only the directly changed instances: their descendants show when they run."""
    for name, touched in {
        "requirements/tools.lock": ["figures"],
        "requirements/compute.lock": [*MODEL_STAGES, *TRAINED, *ASKED, "collect", "report"],
        "apeft/training/trainer.py": ["code"],  # which finds that nothing but a comment changed
    }.items():
        with project.touched(name):
            assert project.changed_here() == sorted(touched), name
    for key, value, touched in (
        # `collect` lists every parameter, save how results are shown.
        ("training.learning_rate", 1e-5, ["collect", *TRAINED]),
        ("training.dpo.beta", 0.2, ["collect", *cells("train", CELLS[:2])]),
        ("training.rso.beta_rso", 0.9, ["collect"]),  # not in the grid here
        ("respond.k", 9, ["collect", "respond_base", *ASKED]),
        ("report.responses_mib", 3.0, ["report"]),
    ):
        with project.touched("params.yaml"):
            project.set(key, value)
            assert project.changed_here() == sorted(touched), key


@pytest.mark.parametrize(
    ("module", "touched"),
    [
        ("apeft/facts/factscore.py", ["grade", "score"]),
        ("apeft/training/trainer.py", TRAINED),
        ("analysis/style.py", ["figures", "report"]),
        ("stages/live.py", []),  # a view
    ],
)
def test_changed_code_marks_the_stages_that_import_it_and_a_comment_none(
    project: Project, module: str, touched: list[str]
) -> None:
    before, lock = project.results(), project.lock()
    source = (project.path / module).read_text(encoding="utf-8")
    commented = source.replace('"""', '"""Reworded. ', 1) + "\n# a comment\n"
    (project.path / module).write_text(commented, encoding="utf-8")
    assert project.repro() == []
    assert project.results() == before
    project.append(module, "ADDED = 1\n")
    project.repro("code")
    assert project.changed() == sorted(touched)
    (project.path / module).write_text(source, encoding="utf-8")
    assert project.repro() == []
    assert (project.results(), project.lock()) == (before, lock)


def test_changed_code_is_never_skipped_by_a_bare_repro(project: Project) -> None:
    before = project.results()
    project.append("analysis/style.py", "ADDED = 1\n")
    assert project.repro() == ["figures", "report"]
    after = project.results()
    assert {name for name in before if before[name] != after[name]} >= {"out/code/figures"}


def test_a_new_compute_lock_really_reruns_a_model_stage_and_spares_the_knowledge(
    project: Project,
) -> None:
    project.append("requirements/compute.lock", "torch==3\n")
    assert project.repro("model", "knowledge") == ["model"]


@pytest.mark.slow
def test_after_a_failed_stage_the_run_goes_on_from_there(project: Project) -> None:
    ipo = [name for name in CELLS if name.startswith("ipo")]
    project.set("training.ipo.beta", 0.5)
    (project.path / FAILING).write_text("respond@ipo-general-0")
    before = project.results()
    ran = project.repro(fails=True)
    assert "respond@ipo-general-0" in project.said
    assert "respond@ipo-general-0" in ran
    assert not set(ran) & {*FAN_IN, "model", "sample"}
    kept = project.results()
    assert not [name for name in kept if name.startswith("out/respond/ipo-general-0")]
    same = {name for name in kept if before.get(name) == kept[name]}
    assert {f"out/train/{name}/all.jsonl" for name in CELLS if name not in ipo} <= same

    (project.path / FAILING).unlink()
    expected = {*cells("train", ipo), *cells("respond", ipo), *FAN_IN}
    done_before = set(ran) - {"respond@ipo-general-0"}
    assert "train@ipo-general-0" in done_before
    assert set(project.repro()) == expected - done_before
    assert project.changed() == []


# --- what a user brings ----------------------------------------------------------------------


def bring(project: Project) -> None:
    """Put a file of pairs and an adapter beside the project, as a user would."""
    (project.path / "mine.jsonl").write_text('{"prompt": "a", "chosen": "b", "rejected": "c"}\n')
    (project.path / "lora").mkdir()
    (project.path / "lora/adapter_model.safetensors").write_text("weights")


@pytest.mark.slow
def test_own_pairs_train_their_own_cells_and_leave_the_others_as_they_are(project: Project) -> None:
    bring(project)
    before = project.results()
    project.set("own.pairs", {"mine": "mine.jsonl"})
    project.set("training.recipes", ["general", "apeft", "mine"])
    new = ["dpo-mine-0", "ipo-mine-0"]
    pairs = cells("own_pairs", ["mine"])
    made = [*pairs, *cells("reference_own", ["mine"]), *cells("mix_own", ["mine"])]
    trained = [*cells("train", new), *cells("respond", new)]
    assert project.repro() == sorted([*made, *trained, *FAN_IN])
    after = project.results()
    kept = [
        name
        for name in before
        if not name.startswith(("reports/", "out/collect", "out/grade", "out/report"))
    ]
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}

    project.append("mine.jsonl", '{"prompt": "a", "chosen": "d", "rejected": "c"}\n')
    assert project.changed() == pairs
    assert project.repro() == sorted([*made, *trained, *FAN_IN])

    project.set("training.recipes", ["general", "apeft"])
    project.set("own.pairs", {})
    assert project.prune() == sorted(
        ["out/mix/mine", "out/own/mine", "out/reference_own/mine",
         *(f"out/{stage}/{name}" for stage in ("train", "respond") for name in new)]
    )  # fmt: skip
    assert project.repro() == []
    assert project.results() == before


@pytest.mark.slow
def test_a_variant_tuned_elsewhere_is_asked_and_shown_and_trains_nothing(project: Project) -> None:
    bring(project)
    before = project.results()
    project.set("own.variants", {"mine": {"kind": "adapter", "folder": "lora"}})
    own = [*cells("own_variant", ["mine"]), *cells("respond_own", ["mine"])]
    assert project.repro() == sorted([*own, *FAN_IN])

    (project.path / "lora/adapter_model.safetensors").write_text("other weights")
    assert project.changed() == cells("own_variant", ["mine"])
    assert project.repro() == sorted([*own, *FAN_IN])

    project.set("own.variants", {})
    assert project.prune() == ["out/respond/mine", "out/variants/mine"]
    assert project.repro() == []
    assert project.results() == before
