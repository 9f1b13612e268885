"""Promises of the shipped profiles beyond those that every parameter file keeps.

That each resolves, validates and has a class for every key is held by tests/stages/test_graph.py
and tests/stages/test_classes.py, which take every file in profiles/.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from apeft.records import Record, read_jsonl
from apeft.selection import values_by_entity
from stages import knowledge, prompts
from stages.check import check, discover, load
from stages.classes import read_classes, resolved_classes
from stages.stage import validate
from stages.workspace import merge, profiles

ROOT = Path(__file__).resolve().parents[1]
PARAMS = ROOT / "params.yaml"
NAMES = profiles(ROOT)


def file_of(name: str) -> Path:
    return ROOT / "profiles" / f"{name}.yaml"


def leaves(data: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        if isinstance(value, Mapping):
            yield from leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value


def resolved(name: str) -> dict[str, Any]:
    return merge(load(PARAMS), load(file_of(name)), where=name)


def head(name: str) -> str:
    """The comment at the beginning of a profile."""
    text = file_of(name).read_text(encoding="utf-8")
    lines = re.match(r"(?:#.*\n)*", text)
    return lines.group() if lines else ""


@pytest.mark.parametrize("name", NAMES)
def test_a_profile_overrides_nothing_with_the_value_that_it_has_anyway(name: str) -> None:
    default = dict(leaves(load(PARAMS)))
    same = [key for key, value in leaves(load(file_of(name))) if default.get(key, ...) == value]
    assert same == []


@pytest.mark.parametrize("name", [name for name in NAMES if name != "smoke"])
def test_a_profile_gives_each_changed_value_a_class_of_its_own(name: str) -> None:
    """Smoke says nothing about the paper, and leaves its classes to the rule: all are `ours`."""
    own = read_classes(file_of(name))
    assert set(own) == set(dict(leaves(load(file_of(name)))))
    assert all(label.note or label.name != "paper-unknown" for label in own.values())
    labels = resolved_classes(PARAMS, file_of(name))
    assert {key: labels[key] for key in own} == own


@pytest.mark.parametrize("name", NAMES)
def test_a_model_of_the_hub_is_pinned_and_needs_no_package_member(name: str) -> None:
    model = resolved(name)["model"]
    if model["source"].startswith("hub:"):
        assert re.fullmatch(r"[0-9a-f]{40}", model["revision"])
        assert model["member"] is None
    else:
        assert model["revision"] is None


@pytest.mark.parametrize("name", NAMES)
def test_long_texts_fit_into_training(name: str) -> None:
    params = resolved(name)
    assert params["training"]["max_length"] > params["sample"]["max_new_tokens"] + 32


@pytest.mark.parametrize("name", NAMES)
def test_the_readme_lists_every_profile_and_says_what_nobody_ran(name: str) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (row,) = re.findall(rf"^\| `{name}` \|.*$", readme, re.M)
    assert ("computed, not run" in row) == ("Nobody has run it" in head(name))


def test_the_profiles_of_your_own_name_files_that_are_shipped_and_sound() -> None:
    """Their tables hold exactly one example of each; `check` reads the pairs themselves."""
    pairs, variants = (resolved(f"own-{name}")["own"] for name in ("pairs", "adapter"))
    assert pairs == {"pairs": {"own-pairs": "profiles/examples/pairs.jsonl"}, "variants": {}}
    (variant,) = variants["variants"].values()
    assert variant == {"kind": "adapter", "folder": "profiles/examples/adapter"}
    assert variants["pairs"] == {}
    weights = ROOT / variant["folder"] / "adapter_model.safetensors"
    assert weights.stat().st_size < 2**20


def test_the_sum_of_the_nights_arithmetic_is_the_sum_of_its_lines() -> None:
    numbers = [
        int(n.replace(",", "")) for n in re.findall(r" ([\d,]+) s$", head("cpu-study"), re.M)
    ]
    *parts, total = numbers
    assert len(parts) == 7
    assert sum(parts) == total
    assert 9 <= total / 3600 <= 12


@pytest.fixture(scope="module")
def sources(
    source_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[Record], Any, list[Record]]:
    """Entities, values and questions of the real knowledge base."""
    folder = tmp_path_factory.mktemp("knowledge")
    given = {"knowledge": {**load(PARAMS)["knowledge"], "local_sources": str(source_dir)}}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        knowledge.main(validate(given, knowledge.READS))
    out = folder / "out" / "knowledge"
    return (
        read_jsonl(out / "entities.jsonl"),
        values_by_entity(read_jsonl(out / "facts.jsonl")),
        read_jsonl(out / "questions.jsonl"),
    )


@pytest.mark.parametrize("name", NAMES)
def test_real_sources_hold_as_many_people_and_questions_as_a_profile_asks_for(
    name: str, sources: tuple[list[Record], Any, list[Record]]
) -> None:
    sections = check(resolved(name), discover(), where=name)
    assert "knowledge" not in load(file_of(name)), "these counts are of the default's split"
    entities, values, questions = sources
    p: prompts.Params = sections["prompts"]
    rows = prompts._entity_prompts(p, entities, values) + prompts._question_prompts(p, questions)
    people = p.train_people + p.validation_people + p.test_people
    asked = p.freshqa + p.selfaware + 2 * p.tuning_questions
    assert len(rows) == people + p.countries + p.elements + asked
    assert len({row["id"] for row in rows}) == len(rows)
