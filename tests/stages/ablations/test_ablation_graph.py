"""The pipeline of `make ablations`: what its stages list, and what DVC makes of it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from apeft.errors import UserError
from apeft.records import write_json
from stages.ablations.cells import Cells, variants
from stages.ablations.workspace import make
from stages.check import discover
from stages.classes import CLASSES, read_classes
from stages.lockfile import root, stage_names
from stages.workspace import LINKS, prune

ROOT = root()
OWN = yaml.safe_load((ROOT / "ablations" / "stages.yaml").read_text(encoding="utf-8"))["stages"]
SCRIPTS = {one.name: one for one in discover("stages.ablations")}
SCRIPT = re.compile(r"python -m stages\.ablations\.(\w+)")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The parameter files and pipelines of this checkout, with links to its code."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    for name in (*LINKS, "ablations"):
        (folder / name).symlink_to(ROOT / name)
    for name in ("params.yaml", "dvc.yaml"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def with_arms(checkout: Path, workspace: str, arms: list[str]) -> Path:
    folder = checkout / "runs" / workspace / "out" / "arms"
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / "arms.json", {"arms": {arm: {"pairs": 1} for arm in arms}, "not_run": {}})
    return make(workspace.partition("-")[2], checkout)


def test_every_script_is_a_stage_and_lists_the_sections_that_it_reads() -> None:
    used = set()
    for stage, written in OWN.items():
        entry = written.get("do", written)
        found = SCRIPT.match(entry["cmd"])
        if found is None:
            continue
        used.add(found[1])
        heads = {key.split(".")[0] for key in entry.get("params", [])}
        reads = set(SCRIPTS[found[1]].reads)
        if stage == "collect":  # its table shows them all
            reads |= heads
        assert heads == reads, stage
    assert used == set(SCRIPTS)


def test_without_pairs_there_is_no_cell_and_dvc_reads_the_graph(checkout: Path) -> None:
    folder = make("smoke", checkout)
    names = stage_names(folder)
    assert {"arms", "arm_facts", "reference_own@arms", "figures", "respond_base"} <= set(names)
    assert not [name for name in names if name.startswith(("train", "respond@", "arm@"))]


def test_arms_that_have_pairs_become_cells_and_a_control(checkout: Path) -> None:
    folder = with_arms(checkout, "ablations-smoke", ["apeft", "class-known"])
    names = set(stage_names(folder))
    assert {
        "arm@class-known", "train@dpo-class-known-0", "respond@dpo-apeft-0",
        "train_supervised@sft-apeft-0", "respond_supervised@sft-apeft-0", "abilities@dpo-apeft-0",
        "where@dpo-apeft-0", "reference_shift@dpo-apeft-0",
    } <= names  # fmt: skip
    assert "abilities@dpo-general-0" not in names
    pipeline = yaml.safe_load((folder / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    control = pipeline["train_supervised"]["do"]
    assert control["cmd"] == "python -m stages.train sft ${item.recipe} ${item.seed}"
    assert control["outs"] == ["out/train/sft-${item.recipe}-${item.seed}"]
    assert "training.sft" in control["params"]
    cells = Cells.model_validate(yaml.safe_load((folder / "params.yaml").read_text())["cells"])
    assert [one.name for one in variants(cells)] == [
        "base", "dpo-apeft-0", "dpo-class-known-0", "sft-apeft-0",
    ]  # fmt: skip


def own_sizes(checkout: Path) -> Path:
    """The checkout's folder of ablations, as a copy that a test may change."""
    folder = checkout / "ablations"
    folder.unlink()  # a link to this checkout's own
    shutil.copytree(ROOT / "ablations", folder)
    return folder


def test_parts_are_switched_off_in_the_adapter_of_every_seed(checkout: Path) -> None:
    own = own_sizes(checkout) / "smoke.yaml"
    text = own.read_text(encoding="utf-8")
    own.write_text(text.replace("training:\n", "training:\n  seeds: [0, 3]\n"), encoding="utf-8")
    names = stage_names(with_arms(checkout, "ablations-smoke", ["apeft", "general"]))
    found = {name for name in names if name.startswith("where")}
    assert found == {"where@dpo-apeft-0", "where@dpo-apeft-3"}


def test_arms_are_never_compared_by_epochs(checkout: Path) -> None:
    profile = "llama2-7b"  # counts in epochs
    params = yaml.safe_load((make(profile, checkout) / "params.yaml").read_text(encoding="utf-8"))
    assert params["training"]["budget"] == "steps"
    (own_sizes(checkout) / f"{profile}.yaml").unlink()
    with pytest.raises(UserError, match="at equal optimizer steps"):
        make(profile, checkout)


@pytest.mark.parametrize(
    ("training", "said"),
    [
        ("algorithms: [rso]", "replaces the general pairs of every arm"),
        ("algorithms: [sft, dpo]", "cannot train them all"),
    ],
)
def test_a_first_algorithm_that_ignores_the_arms_is_refused(
    checkout: Path, training: str, said: str
) -> None:
    own = own_sizes(checkout) / "smoke.yaml"
    text = own.read_text(encoding="utf-8")
    own.write_text(text.replace("algorithms: [dpo]", training), encoding="utf-8")
    with pytest.raises(UserError, match=said):
        make("smoke", checkout)


def test_every_parameter_that_arms_are_chosen_by_is_one_of_its_stage() -> None:
    script = (ROOT / "stages/ablations/arms.py").read_text(encoding="utf-8")
    listed = OWN["arms"]["params"]
    read = {f"ablations.{name}" for name in re.findall(r"\bp\.(\w+)", script)}
    assert read == {name for name in listed if name.startswith("ablations.")}


def test_without_sets_of_abilities_no_stage_reads_them(checkout: Path) -> None:
    own = own_sizes(checkout) / "smoke.yaml"
    text = own.read_text(encoding="utf-8").replace("abilities:\n", "abilities:\n    sets: []\n")
    own.write_text(text, encoding="utf-8")
    folder = with_arms(checkout, "ablations-smoke", ["apeft"])
    assert not [name for name in stage_names(folder) if name.startswith("abilit")]


def test_tasks_of_lm_eval_are_put_to_the_base_and_the_adapters_that_are_asked(
    checkout: Path,
) -> None:
    own = own_sizes(checkout) / "smoke.yaml"
    text = own.read_text(encoding="utf-8")
    (checkout / "tasks").mkdir()
    asked = f"  lm_eval: {{tasks: [gsm8k], folder: {checkout / 'tasks'}}}\n"
    own.write_text(text.replace("ablations:\n", f"ablations:\n{asked}"))
    folder = with_arms(checkout, "ablations-smoke", ["apeft", "gap-wide"])
    names = {name for name in stage_names(folder) if name.startswith("lm_eval")}
    assert names == {"lm_eval_base@base", "lm_eval@dpo-apeft-0"}
    pipeline = yaml.safe_load((folder / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    assert "out/lm_eval" in pipeline["figures"]["deps"]
    before = (folder / "params.yaml").read_text(encoding="utf-8")
    (checkout / "tasks" / "mine.yaml").write_text("task: mine\n")  # asks everybody again
    assert (make("smoke", checkout) / "params.yaml").read_text(encoding="utf-8") != before
    own.write_text(text.replace("ablations:\n", asked.replace(str(checkout), ".").join(
        ("ablations:\n", ""))))  # fmt: skip
    with pytest.raises(UserError, match="not the absolute path"):
        make("smoke", checkout)
    own.write_text(text)
    folder = with_arms(checkout, "ablations-smoke", ["apeft"])
    assert not [name for name in stage_names(folder) if name.startswith("lm_eval")]
    pipeline = yaml.safe_load((folder / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    assert "out/lm_eval" not in pipeline["figures"]["deps"]


def test_an_arm_that_is_gone_leaves_no_output_behind(checkout: Path) -> None:
    folder = with_arms(checkout, "ablations-smoke", ["apeft", "gap-wide"])
    kept = ["out/own/arms", "out/mix/apeft", "out/train/sft-apeft-0", "out/respond/base"]
    gone = ["out/mix/gap-wide", "out/train/dpo-gap-wide-0", "out/where/dpo-gap-wide-0"]
    for name in (*kept, *gone):
        (folder / name).mkdir(parents=True)
    with_arms(checkout, "ablations-smoke", ["apeft"])
    assert sorted(prune(folder)) == sorted(gone)
    assert all((folder / name).is_dir() for name in kept)


def test_every_parameter_of_the_workspace_has_a_class(checkout: Path) -> None:
    folder = with_arms(checkout, "ablations", ["apeft"])
    labels = read_classes(folder / "params.yaml")
    assert {label.name for label in labels.values()} <= set(CLASSES)
    assert labels["ablations.ratios"].name == "paper-unknown"
    assert labels["cells.recipes"].note == "written from out/arms"


def test_a_profile_that_is_none_is_refused_before_anything_is_written(checkout: Path) -> None:
    with pytest.raises(UserError, match="no such profile"):
        make("none", checkout)
    assert not (checkout / "runs").exists()


def test_the_command_says_where_the_workspace_is_or_what_is_wrong() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "stages.ablations.workspace", "Not-A-Name"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "not a profile name" in done.stderr
