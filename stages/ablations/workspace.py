"""The workspace of `make ablations`: ``python -m stages.ablations.workspace [PROFILE]``.

``runs/ablations`` (or ``runs/ablations-PROFILE``) is a DVC project like a profile's. Its pipeline
is the study's up to the references, its training and evaluation with the arms as recipes, and
what ablations/stages.yaml adds. Which arms there are depends on the pairs, so the section
``cells`` is written from out/arms: a first `dvc repro arms` makes it, and this script, run again,
reads it.
"""

from __future__ import annotations

import copy
import sys
from pathlib import Path
from typing import Any

import yaml

from apeft.errors import UserError
from apeft.records import digest, file_digest, read_json
from apeft.training.settings import SUPERVISED
from stages.ablations.params import Ablations
from stages.check import check, discover, load
from stages.classes import Label, documented, resolved_classes
from stages.grid import product
from stages.lockfile import PIPELINE, root
from stages.training_params import Training
from stages.workspace import ABLATIONS, LINKS, lay_out, merge, profile_file, prune

# Of the study: everything that decides the pairs, the base, and how an adapter is made and asked.
UPSTREAM = (
    "code", "model", "knowledge", "prompts", "sample", "score", "general", "detect", "atomic",
    "reference", "respond_base",
)  # fmt: skip
CELLS = ("train", "respond")
ARMS = Path("out/arms/arms.json")
STAGES = "stages.yaml"  # not dvc.yaml: DVC would read it as a pipeline of the checkout
TUNED = "apeft"  # the arm on whose chosen side the supervised control is tuned
ABILITIES = ("ability_sets", "abilities_base", "abilities")
GENERATED = Label("ours", "written from out/arms")


def make(profile: str, checkout: Path) -> Path:
    """Create or update the workspace and return it; UserError before anything is written."""
    base, own = checkout / "params.yaml", checkout / "ablations" / "params.yaml"
    params = {**load(base), **load(own)}
    layers = [profile_file(profile, checkout)] if profile else []
    sized = own.with_name(f"{profile or 'default'}.yaml")
    layers += [sized] if sized.is_file() else []
    for layer in layers:
        params = merge(params, load(layer), where=str(layer))
    labels = resolved_classes(base, own, *layers)
    sections = check(
        params,
        [*discover(), *(one for one in discover("stages.ablations") if "cells" not in one.reads)],
        where=str(layers[-1] if layers else own),
    )
    if sections["training"].budget != "steps":
        raise UserError(
            "arms are compared at equal optimizer steps, not epochs",
            where="training.budget",
            fix=f"set `training: {{budget: steps, steps: …}}` in ablations/{profile}.yaml",
        )
    _comparable(sections["training"], str(layers[-1] if layers else own))
    folder = checkout / "runs" / (f"{ABLATIONS}-{profile}" if profile else ABLATIONS)
    cells = cells_of(sections["training"], sections["ablations"], folder / ARMS)
    params["cells"] = cells
    labels |= {f"cells.{key}": GENERATED for key in (*cells, *_nested(cells["supervised"]))}
    text = (
        "# Generated from params.yaml, ablations/ and the profile by `make ablations`, and again "
        "each time:\n# edit those, not this file.\n" + documented(params, labels)
    )
    pipeline = pipeline_of(checkout, cells, sections["ablations"])
    return lay_out(folder, checkout, text, pipeline, (*LINKS, "ablations"))


def _comparable(training: Training, where: str) -> None:
    """Refuse a first algorithm that would not train on the pairs of its arms."""
    first = training.algorithms[0]
    if first == SUPERVISED:
        raise UserError(
            "supervised tuning is a control of the arms and cannot train them all",
            where=f"training.algorithms in {where}",
            fix="name a preference algorithm first",
        )
    if first == "rso" and training.rso.sampling:
        raise UserError(
            "RSO's rejection sampling replaces the general pairs of every arm",
            where=f"training.algorithms in {where}",
            fix="name another algorithm first, or set training.rso.sampling: false",
        )


def cells_of(training: Training, ablations: Ablations, arms: Path) -> dict[str, Any]:
    """The section ``cells``: adapters to train and what else they are asked (see Cells)."""
    known = list(read_json(arms)["arms"]) if arms.is_file() else []
    main = training.algorithms[:1]

    def adapters(recipes: list[str]) -> list[str]:
        there = [recipe for recipe in recipes if recipe in known]
        return [cell.name for cell in product(main, there, training.seeds)]

    asked = adapters(ablations.abilities.recipes)
    examined = asked if ablations.lm_eval.tasks else []
    return {
        "algorithms": main,
        "recipes": known,
        "seeds": list(training.seeds),
        "supervised": {
            f"{SUPERVISED}-{TUNED}-{seed}": {"recipe": TUNED, "seed": seed}
            for seed in training.seeds
            if TUNED in known
        },
        "asked": asked if ablations.abilities.sets else [],
        "lm_eval_base": ["base"] if examined else [],
        "lm_eval": examined,
        "lm_eval_files": _files(ablations.lm_eval.folder) if examined else "",
        "where": adapters([ablations.where_recipe]),
        "reference_shift": adapters(ablations.reference_recipes),
    }


def pipeline_of(checkout: Path, cells: dict[str, Any], ablations: Ablations) -> str:
    """The study's stages, with arms as recipes, and those of ablations/stages.yaml."""
    study = _stages(checkout / PIPELINE)
    stages = {name: study[name] for name in UPSTREAM}
    for name in CELLS:
        stage = stages[name] = copy.deepcopy(study[name])
        stage["matrix"] = {
            "algorithm": "${cells.algorithms}",
            "recipe": "${cells.recipes}",
            "seed": "${cells.seeds}",
        }
        stages[f"{name}_supervised"] = {
            "foreach": "${cells.supervised}",
            "do": _supervised({key: stage[key] for key in stage if key != "matrix"}),
        }
    stages |= _stages(checkout / "ablations" / STAGES)
    figures = stages["figures"]
    # DVC refuses a folder that no stage makes.
    figures["deps"] = [dep for dep in figures["deps"] if cells.get(dep.removeprefix("out/"), True)]
    if not ablations.abilities.sets:
        for name in ABILITIES:
            del stages[name]
        figures["deps"].remove("out/abilities")
    figures["deps"] += [f"../ablations-{name}/out/collect" for name in ablations.models]
    return (
        "# Generated by `make ablations` from dvc.yaml and ablations/stages.yaml: edit those.\n"
        + yaml.safe_dump({"stages": stages}, sort_keys=False, width=100)
    )


def _files(folder: str | None) -> str:
    """Digest of a folder of tasks, so that a change of one asks all variants again."""
    if folder is None:
        return ""
    path = Path(folder)
    if not path.is_absolute() or not path.is_dir():
        raise UserError(
            "not the absolute path of a folder",
            where=f"ablations.lm_eval.folder: {folder}",
            fix="give the whole path, since the tasks are read from another folder",
        )
    files = sorted(one for one in path.rglob("*") if one.is_file())
    return digest([[str(one.relative_to(path)), file_digest(one)] for one in files])


def _nested(supervised: dict[str, dict[str, Any]]) -> list[str]:
    return [f"supervised.{name}.{key}" for name, cell in supervised.items() for key in cell]


def _stages(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))["stages"]
    return found


def _supervised(value: Any) -> Any:
    """A stage's definition for the cells of the section ``supervised``."""
    if isinstance(value, dict):
        return {key: _supervised(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_supervised(each) for each in value]
    return str(value).replace("${item.algorithm}", SUPERVISED)


def main() -> None:
    """Make or update the workspace; print its folder."""
    try:
        folder = make(sys.argv[1] if len(sys.argv) > 1 else "", root())
        for path in prune(folder):
            print(f"pruned {path} (its arm is no longer run; the cache keeps it)")
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    print(f"workspace: {folder}")


if __name__ == "__main__":
    main()
