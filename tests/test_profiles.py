"""Promises of the shipped profiles beyond those that every parameter file keeps.

That each resolves, validates and has a class for every key is held by tests/stages/test_graph.py
and tests/stages/test_classes.py, which take every file in profiles/.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from apeft.records import Record, dumps, read_jsonl
from apeft.selection import values_by_entity
from apeft.sets import QUESTIONS, TEXTS
from stages import knowledge, prompts
from stages.check import check, discover, load
from stages.classes import read_classes, resolved_classes
from stages.stage import validate
from stages.workspace import merge, profiles

ROOT = Path(__file__).resolve().parents[1]
PARAMS = ROOT / "params.yaml"
DATA = ROOT.parent / "shared" / "data"
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
    assert all(label.note or label.name == "paper" for label in own.values())
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


# Files that stand where a profile names the hub or a file to fetch by hand.
COPIES = {
    "falseqa": DATA / "falseqa" / "valid.csv",
    "kuq": DATA / "kuq" / "knowns_unknowns.sample2000.jsonl",
    "factscore": DATA / "factscore" / "prompt_entities_labeled_183.txt",
}


def with_copies(section: dict[str, Any], folder: Path) -> dict[str, Any]:
    """A profile's knowledge section with published files instead of the hub's."""
    prompts_file = folder / "annotations.json"  # FAVA's own could not be had
    prompts_file.write_text(json.dumps([{"prompt": f"Explain river {n}."} for n in range(141)]))
    sets = dict(section["sets"])
    for key, path in {**COPIES, "fava": prompts_file}.items():
        if sets[key]["source"] is None:
            continue
        if not path.is_file():
            pytest.skip(f"the published files are not in {DATA}")
        sets[key] = {**sets[key], "source": f"file:{path}", "member": None, "revision": None}
    return {**section, "sets": sets}


Sources = tuple[list[Record], Any, list[Record]]


@pytest.fixture(scope="module")
def sources(
    source_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[dict[str, Any]], Sources]:
    """Entities, values and questions of the real knowledge base, by its section; built once."""
    built: dict[str, Sources] = {}

    def of(section: dict[str, Any]) -> Sources:
        folder = tmp_path_factory.mktemp("knowledge")
        key = dumps(section)
        if key not in built:
            given = {**with_copies(section, folder), "local_sources": str(source_dir)}
            with pytest.MonkeyPatch.context() as patch:
                patch.chdir(folder)
                knowledge.main(validate({"knowledge": given}, knowledge.READS))
            out = folder / "out" / "knowledge"
            built[key] = (
                read_jsonl(out / "entities.jsonl"),
                values_by_entity(read_jsonl(out / "facts.jsonl")),
                read_jsonl(out / "questions.jsonl"),
            )
        return built[key]

    return of


@pytest.mark.parametrize("name", NAMES)
def test_real_sources_hold_as_many_people_and_questions_as_a_profile_asks_for(
    name: str, sources: Callable[[dict[str, Any]], Sources]
) -> None:
    sections = check(resolved(name), discover(), where=name)
    entities, values, questions = sources(resolved(name)["knowledge"])
    p: prompts.Params = sections["prompts"]
    rows = prompts._entity_prompts(p, entities, values)
    rows += prompts._text_prompts(p, entities, values) + prompts._question_prompts(p, questions)
    people = p.train_people + p.validation_people + p.test_people
    asked = [count for key in QUESTIONS if (count := getattr(p, key))]
    texts = p.countries + p.elements + p.factscore + p.fava
    assert len(rows) == people + texts + sum(asked) + len(asked) * p.tuning_questions
    assert len({row["id"] for row in rows}) == len(rows)


@pytest.mark.parametrize("name", ["llama2-7b", "llama3-8b"])
def test_the_papers_profiles_name_the_papers_sets(name: str) -> None:
    params = resolved(name)
    asked = {key for key in (*QUESTIONS, *TEXTS) if params["prompts"][key]}
    assert asked == {"falseqa", "kuq", "factscore", "fava"}
    labels = resolved_classes(PARAMS, file_of(name))
    for key in asked:
        assert labels[f"knowledge.sets.{key}.source"].name == "paper-unknown"
