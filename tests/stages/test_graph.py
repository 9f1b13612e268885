"""Promises of dvc.yaml and params.yaml: what a stage lists is what its script uses.

The modules behind a digest of code are compared with two routes that share no code with
stages/code.py: the standard library's modulefinder, which reads compiled bytecode, and what real
runs have loaded.
"""

from __future__ import annotations

import ast
import json
import re
from modulefinder import ModuleFinder
from pathlib import Path
from typing import Any, get_args

import pytest
import real_stages
import yaml

from stages import code
from stages.check import check, discover, load
from stages.training_params import RecipeName, Training
from stages.workspace import merge, profiles

ROOT = Path(__file__).resolve().parents[2]
GRAPH: dict[str, Any] = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
STAGES = {name: stage.get("do", stage) for name, stage in GRAPH.items()}
SCRIPTS = {script.name: script for script in discover()}
GRID = {"algorithms", "recipes", "seeds"}
ALGORITHMS = {"dpo", "ipo", "kto", "cpo", "rso", "sft"}
# Packages whose files are compared with the lists; only these are code of ours.
PACKAGES = ("apeft/", "stages/", "analysis/")
VIEW = {
    "stages/cost.py", "stages/environment.py", "stages/live.py", "stages/lockfile.py",
    "stages/tracking.py",
}  # fmt: skip
CLASS = re.compile(r"  # (paper|paper-unknown|ours)(: \S.*)?$")


def script_of(stage: str) -> str:
    match = re.match(r"python -m stages\.(\w+)", STAGES[stage]["cmd"])
    assert match
    return match[1]


def modules_of(stage: str) -> set[str]:
    return set(code.uses(f"stages.{script_of(stage)}"))


@pytest.mark.parametrize("stage", STAGES)
def test_a_digest_is_of_the_modules_that_bytecode_names(stage: str) -> None:
    view = [path[:-3].replace("/", ".") for path in VIEW]
    finder = ModuleFinder(path=[str(ROOT)], excludes=view)
    finder.import_hook(f"stages.{script_of(stage)}")
    files = {Path(m.__file__) for m in finder.modules.values() if m.__file__}
    found = {path.relative_to(ROOT).as_posix() for path in files if path.name != "__init__.py"}
    assert modules_of(stage) == found


@pytest.mark.parametrize("stage", ["knowledge", "prompts"])
def test_a_real_run_loads_no_module_that_its_digest_leaves_out(
    stage: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, source_dir: Path
) -> None:
    real_stages.workspace(tmp_path)
    if stage == "prompts":
        real_stages.link_knowledge(tmp_path, tmp_path_factory, source_dir)
    done, loaded = real_stages.traced(tmp_path, stage, source_dir)
    assert done.returncode == 0, done.stderr
    # The environment may lie inside the checkout; only the packages are ours.
    ours = {path for path in loaded if path.startswith(PACKAGES) and "__init__" not in path}
    assert ours - VIEW == modules_of(stage)


def test_every_stage_depends_on_its_scripts_digest_and_no_listed_file_is_missing() -> None:
    for stage, entry in STAGES.items():
        deps = entry["deps"]
        assert len(set(deps)) == len(deps), stage
        files = [dep for dep in deps if not dep.startswith(("out/", "reports/", "$"))]
        assert [name for name in files if not (ROOT / name).exists()] == [], stage
        own = [dep for dep in deps if dep.startswith("out/code/") and "judges" not in dep]
        assert own == ([] if stage == "code" else [f"out/code/{script_of(stage)}"]), stage
    assert STAGES["code"]["deps"] == ["analysis", "apeft", "stages"]


def test_the_report_lists_every_template() -> None:
    listed = {dep for dep in STAGES["report"]["deps"] if dep.startswith("analysis/report/temp")}
    files = (ROOT / "analysis/report/templates").iterdir()
    # Those of the slots are rendered by the publishing step, outside DVC.
    slots = {f"{name}.html.j2" for name in ("run", "cost", "ablations")}
    assert listed == {str(file.relative_to(ROOT)) for file in files if file.name not in slots}


def test_what_runs_a_model_follows_the_compute_lock_and_only_figures_the_tools() -> None:
    """`machine` among its sections: a stage runs a model; `collect` writes with pandas, `report`
    with Jinja, and `own_variant` lays the base out without running it.

    A stage that can sample with vLLM follows its lock too.
    """
    for stage, entry in STAGES.items():
        locks = {dep for dep in entry["deps"] if dep.startswith("requirements/")}
        computes = "machine" in entry.get("params", []) or stage in (
            "collect",
            "report",
            "own_variant",
        )
        expected = {"requirements/compute.lock"} if computes else set()
        if "vllm" in SCRIPTS[script_of(stage)].reads:
            expected.add("requirements/vllm.lock")
        assert locks == ({"requirements/tools.lock"} if stage == "figures" else expected), stage


def test_packages_hold_nothing_but_a_docstring() -> None:
    found = [path for package in PACKAGES for path in (ROOT / package).rglob("__init__.py")]
    assert len(found) >= 3
    found.remove(ROOT / "stages/__init__.py")  # asks stages.environment which python this is
    for path in found:
        body = ast.parse(path.read_text(encoding="utf-8")).body
        assert len(body) == 1, path
        assert isinstance(body[0], ast.Expr), path
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path


def test_the_view_is_imported_late_in_two_places_and_gives_the_work_nothing() -> None:
    """What a stage takes from the view is entered with `with`, and is only ever written to."""
    places = {}
    for name in sorted(set().union(*map(modules_of, STAGES))):
        tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
        top = {node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                assert not {f"{item.name.replace('.', '/')}.py" for item in node.names} & VIEW
            if not isinstance(node, ast.ImportFrom) or not node.module:
                continue
            taken = {f"{node.module}.{item.name}".replace(".", "/") + ".py" for item in node.names}
            assert not taken & VIEW, f"{name} takes a whole module of the view"
            if node.module.replace(".", "/") + ".py" in VIEW:
                assert node not in top, name
                places[name] = [item.name for item in node.names]
                for item in places[name]:
                    _only_written_to(tree, item)
    assert places == {"stages/stage.py": ["measured"], "stages/train.py": ["LiveRun"]}


def _only_written_to(tree: ast.AST, name: str) -> None:
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id == name]
    entered = [
        item
        for node in ast.walk(tree)
        if isinstance(node, ast.With)
        for item in node.items
        if isinstance(item.context_expr, ast.Call) and item.context_expr.func in calls
    ]
    assert len(calls) == len(entered) == 1
    target = entered[0].optional_vars
    assert isinstance(target, ast.Name)
    uses = [n for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id == target.id]
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for use in uses:
        if use is target:
            continue
        parent = parents[use]
        stored = isinstance(parent, ast.Subscript) and isinstance(parent.ctx, ast.Store)
        logger = isinstance(parent, ast.Attribute) and parent.attr == "log"
        assert stored or logger, f"{target.id} is read in line {use.lineno}"


def test_a_stage_lists_the_sections_that_its_script_reads() -> None:
    for stage, entry in STAGES.items():
        listed = entry.get("params", [])
        assert len(set(listed)) == len(listed), stage
        expected = set(SCRIPTS[script_of(stage)].reads) - {"training"}
        if stage == "train":
            shared = set(Training.model_fields) - GRID - ALGORITHMS
            expected |= {f"training.{key}" for key in shared} | {"training.${item.algorithm}"}
        elif "foreach" in GRAPH[stage]:  # one entry of the table, by its name
            expected = {GRAPH[stage]["foreach"].strip("${}") + ".${key}"}
        elif stage == "collect":  # it writes every parameter down, save how results are shown
            expected = set(load(ROOT / "params.yaml")) - {"figures", "report"}
        elif "training" in SCRIPTS[script_of(stage)].reads:
            expected |= {f"training.{key}" for key in GRID}
        assert set(listed) == expected, stage


def test_scripts_that_list_the_grid_alone_read_nothing_else_of_training() -> None:
    listing = {
        name for name, entry in STAGES.items() if "training.seeds" in entry.get("params", [])
    }
    assert listing == {"grade"}
    read = set()
    for name in (*listing, "grid"):
        tree = ast.parse((ROOT / "stages" / f"{name}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            owner = node.value if isinstance(node, ast.Attribute) else None
            whole = isinstance(owner, ast.Subscript) and ast.unparse(owner) == "params['training']"
            if whole or (isinstance(owner, ast.Name) and owner.id == "training"):
                read.add(node.attr)  # type: ignore[attr-defined]
    assert read == GRID


@pytest.mark.parametrize("algorithm", sorted(ALGORITHMS))
def test_a_cell_reads_no_other_algorithms_keys_and_no_grid(algorithm: str) -> None:
    training = Training.model_validate(load(ROOT / "params.yaml")["training"])
    own = {name: getattr(training, name) for name in Training.model_fields}
    unread = (ALGORITHMS - {algorithm}) | GRID
    bare = Training.model_construct(**{k: v for k, v in own.items() if k not in unread})
    for name in unread:
        assert name not in bare.__dict__  # reading it would raise AttributeError
    assert bare.cell(algorithm, "apeft", 3, 40) == training.cell(algorithm, "apeft", 3, 40)


def leaves(data: Any, path: str = "") -> list[str]:
    if not isinstance(data, dict):
        return [path]
    return [leaf for key, value in data.items() for leaf in leaves(value, f"{path}.{key}")]


def test_every_key_of_params_is_listed_by_a_stage() -> None:
    listed = set()
    for stage, entry in STAGES.items():
        for key in entry.get("params", []):
            listed |= {key.replace("${item.algorithm}", name) for name in ALGORITHMS}
        if "foreach" in GRAPH[stage]:
            listed.add(GRAPH[stage]["foreach"].strip("${}"))
    for leaf in leaves(load(ROOT / "params.yaml")):
        parts = leaf[1:].split(".")
        heads = {".".join(parts[:end]) for end in range(1, len(parts) + 1)}
        assert heads & listed, f"{leaf[1:]} is read by no stage"


def lines_of_keys(node: yaml.Node, path: str = "") -> list[tuple[str, int]]:
    """Every key that has a value of its own, with its line; a mapping in braces counts as one."""
    if not isinstance(node, yaml.MappingNode) or (path and node.flow_style):
        return [(path, node.start_mark.line)]
    return [
        found
        for key, value in node.value
        for found in lines_of_keys(value, f"{path}.{key.value}".strip("."))
    ]


def test_every_key_of_params_says_its_class_in_its_line() -> None:
    text = (ROOT / "params.yaml").read_text(encoding="utf-8")
    keys = lines_of_keys(yaml.compose(text, yaml.SafeLoader))
    assert len(keys) > 80
    lines = text.splitlines()
    assert [name for name, line in keys if not CLASS.search(lines[line])] == []


def test_the_grids_names_are_those_that_the_graph_knows() -> None:
    """A recipe that may be asked for needs its mix, or its cells would have no data."""
    assert get_args(RecipeName) == ("general", "atomic", "apeft")
    assert STAGES["mix"]["matrix"]["recipe"] == ["general", "atomic", "apeft"]
    assert STAGES["mix_own"]["matrix"] == {"name": "${own.pairs}"}
    assert set(Training.model_fields) >= ALGORITHMS


@pytest.mark.parametrize("profile", [None, *profiles(ROOT)])
def test_the_default_and_every_profile_merge_and_validate(profile: str | None) -> None:
    params = load(ROOT / "params.yaml")
    assert "smoke" in profiles(ROOT)
    if profile is not None:
        file = ROOT / "profiles" / f"{profile}.yaml"
        merged = merge(params, load(file), where=str(file))
        assert json.dumps(merged) != json.dumps(params), "a profile that changes nothing"
        params = merged
    sections = check(params, discover(), where=str(profile))
    assert set(sections) == set(params)
