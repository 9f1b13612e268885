"""README.md and docs/ say what is true: commands, links, paths, parameters, stages, the filter."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from apeft.facts.relations import RELATIONS
from stages.tracking import experiment_name

ROOT = Path(__file__).resolve().parents[1]
PAGES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
}
FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.M | re.S)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
WORD = re.compile(r"[\w.*<>…-]+(/[\w.*<>…-]*)*")
DOTTED = re.compile(r"([a-z_]+(?:\.(?:[a-z_]+|<[^>]+>))+)(?:: .*)?")
# What commands make: its names are checked where they are written, not here.
MADE = ("out", "runs", "reports", ".work", ".venv")
MADE_SUFFIXES = (".json", ".jsonl", ".csv", ".safetensors")


def fences(page: str) -> list[str]:
    return FENCE.findall(PAGES[page])


def inline(page: str) -> list[str]:
    """Inline code outside fences; one that wraps is joined."""
    spans = re.findall(r"`([^`]+)`", FENCE.sub("", PAGES[page]))
    return list(dict.fromkeys(" ".join(span.split()) for span in spans))


def section(title: str) -> str:
    """The README's text from one heading of the second level to the next."""
    return PAGES["README.md"].split(f"\n## {title}\n")[1].split("\n## ")[0]


def first_cells(text: str) -> list[str]:
    """The code in the first column of the first table."""
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("|")]
    return [word for cell in rows for word in re.findall(r"`([^`]+)`", cell)]


@cache
def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT, env=clean, capture_output=True, text=True, check=False,
    )  # fmt: skip


@cache
def listed_targets() -> frozenset[str]:
    return frozenset(line.split()[0] for line in make("help").stdout.splitlines())


@cache
def own_folders() -> tuple[Path, ...]:
    folders = (path for path in ROOT.iterdir() if path.is_dir() and path.name[0] != ".")
    return tuple(path for path in folders if path.name not in MADE)


@cache
def code() -> str:
    """Everything that the program itself spells out: its sources and its parameters."""
    files = [path for folder in own_folders() if folder.name not in ("tests", "docs")
             for path in folder.rglob("*.py")]  # fmt: skip
    return "\n".join(
        path.read_text(encoding="utf-8")
        for path in (*files, ROOT / "params.yaml", ROOT / "dvc.yaml")
    )


def commands(page: str) -> Iterator[list[str]]:
    """Arguments of every `make …` on a page, comments cut and placeholders filled."""
    lines = [line for fence in fences(page) for line in fence.splitlines()]
    for line in (*lines, *inline(page)):
        said = re.sub(r"<[^>]*>", "x", line.split(" #")[0]).split()
        if said[:1] == ["make"]:
            yield [re.sub(r"^PROFILE=.*", "PROFILE=smoke", word) for word in said[1:]]


def test_make_help_and_the_command_table_list_the_same_targets() -> None:
    assert listed_targets()
    told = {cell.split()[1] for cell in first_cells(section("Commands"))}
    assert told == listed_targets()


@pytest.mark.parametrize("page", PAGES)
def test_every_make_command_is_listed_by_make_help_and_can_be_planned(page: str) -> None:
    for arguments in commands(page):
        targets = {word for word in arguments if "=" not in word}
        assert targets <= listed_targets(), arguments
        planned = make("-n", *arguments)
        assert planned.returncode == 0, (arguments, planned.stderr)


def anchors(text: str) -> set[str]:
    """Headings' anchors, as GitHub makes them."""
    titles = re.findall(r"^#+ (.*)$", FENCE.sub("", text), re.M)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES)
def test_every_relative_link_and_image_exists(page: str) -> None:
    for link in LINK.findall(FENCE.sub("", PAGES[page])):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (ROOT / page).parent / name if name else ROOT / page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target.read_text(encoding="utf-8")), link


def example_profiles() -> set[str]:
    """Names after `PROFILE=` that stand for the reader's own."""
    named = {name for text in PAGES.values() for name in re.findall(r"PROFILE=(\w+)", text)}
    return {
        name for name in named if f"repro PROFILE={name}" not in (ROOT / "Makefile").read_text()
    }


def is_path(word: str) -> bool:
    if not WORD.fullmatch(word):
        return False
    source = {path.suffix for path in ROOT.iterdir()} | {".py", ".lock"}
    return "/" in word or Path(word).suffix in (source - {""})


def exists(word: str) -> bool:
    """Whether a path is in the checkout, is made by a command, or is spelled out by the code."""
    if word.split("/")[0] in MADE or ("/" not in word and word.endswith(MADE_SUFFIXES)):
        return True
    names = "|".join(map(re.escape, example_profiles()))
    glob = re.sub(r"<[^>]*>|…", "*", word.rstrip("/"))
    own = re.sub(rf"^profiles/({names})\.", "profiles/*.", glob)
    if any(ROOT.glob(own)):
        return True
    if "/" not in word:
        return any(True for folder in own_folders() for _ in folder.rglob(own))
    # No path of this checkout: a package's member, a curve, an entity's id, an experiment.
    if word.split("/")[0] in {relation.kind for relation in RELATIONS.values()}:
        return True
    experiments = {experiment_name(ROOT), *(f"apeft/{name}" for name in example_profiles())}
    return word in experiments or word.strip("…") in code() or f'"{word.rstrip("/")}"' in code()


@pytest.mark.parametrize("page", PAGES)
def test_every_path_exists(page: str) -> None:
    assert [word for word in inline(page) if is_path(word) and not exists(word)] == []


def has_key(tree: Any, keys: list[str]) -> bool:
    if not keys:
        return True
    if not isinstance(tree, Mapping):
        return False
    if keys[0].startswith("<"):
        return any(has_key(value, keys[1:]) for value in tree.values())
    return keys[0] in tree and has_key(tree[keys[0]], keys[1:])


def is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


@pytest.mark.parametrize("page", PAGES)
def test_every_dotted_name_is_a_parameter_a_module_or_a_tag(page: str) -> None:
    params = {
        key: value
        for name in ("params.yaml", "ablations/params.yaml")
        for key, value in yaml.safe_load((ROOT / name).read_text(encoding="utf-8")).items()
    }
    wrong, previous = [], ""
    for word in inline(page):
        if is_path(word) or word.endswith(MADE_SUFFIXES):
            continue
        if re.fullmatch(r"\.[a-z_]+", word) and not (ROOT / word).exists():
            word = previous.rpartition(".")[0] + word  # `training.lora.r`, `.alpha`
        if not (match := DOTTED.fullmatch(word)):
            continue
        previous = match[1]
        keys = previous.split(".")
        if not (has_key(params, keys) or keys[0] == "tags" or is_module(previous)):
            wrong.append(word)
    assert wrong == []


@pytest.mark.parametrize("page", PAGES)
def test_every_module_that_python_shall_run_exists(page: str) -> None:
    said = re.findall(r"python -m ([\w.]+)", PAGES[page])
    assert [name for name in said if not is_module(name)] == []


def test_the_stage_table_names_exactly_the_stages_of_the_graph() -> None:
    graph = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    told = first_cells(section("The pipeline"))
    assert len(told) == len(set(told))
    instances = ("_base", "_own")  # of a stage, for what is not in the grid
    assert set(told) == {re.sub("|".join(f"{end}$" for end in instances), "", n) for n in graph}


def test_the_printed_filter_shows_current_variants_and_nothing_else(
    tmp_path: Path, empty_database: Path
) -> None:
    from mlflow.tracking import MlflowClient

    (printed,) = (fence.strip() for fence in fences("README.md") if fence.startswith("tags."))
    shutil.copy(empty_database, tmp_path / "mlflow.db")
    client = MlflowClient(f"sqlite:///{tmp_path / 'mlflow.db'}")
    experiment = client.create_experiment("readme", artifact_location=str(tmp_path))
    current = client.create_run(experiment, tags={"kind": "variant", "current": "true"})
    client.create_run(experiment, tags={"kind": "variant", "current": "false"})
    client.create_run(experiment, tags={"kind": "stage", "current": "true"})
    client.create_run(experiment, tags={"kind": "study", "current": "true"})
    found = client.search_runs([experiment], filter_string=printed)
    assert [run.info.run_id for run in found] == [current.info.run_id]
    for other in (word for word in inline("README.md") if re.fullmatch(r"tags\..* = '.*'", word)):
        assert len(client.search_runs([experiment], filter_string=other)) == 1
