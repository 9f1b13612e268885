"""A set's source as parameters give it, and the real files of the paper's sets through all ways."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from apeft.knowledge.build import Split, build
from apeft.knowledge.forms import FORMS, Question, read_set
from apeft.knowledge.questions import questions
from apeft.sources.datasets import DatasetSource, HubSource, LocalSource
from apeft.sources.default import NAMES, default_sources
from apeft.sources.named import SetSource
from apeft.sources.packages import fetch

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
FILES = {
    "falseqa": (DATA / "falseqa" / "valid.csv", "falseqa"),
    "kuq": (DATA / "kuq" / "knowns_unknowns.sample2000.jsonl", "kuq"),
}
NAMES_FILE = DATA / "factscore" / "prompt_entities_labeled_183.txt"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"the published files are not in {DATA}")
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("source", "member", "revision", "told"),
    [
        ("https:x", None, None, "k.source: 'https:x' is none of package:NAME, hub:OWNER/NAME"),
        ("hub:", "f", COMMIT, "k.source: 'hub:' is none of"),
        ("hub:a/b", None, COMMIT, "k.member: a hub data set needs the name of its file"),
        ("hub:a/b", "f.csv", None, "k.revision: a hub data set needs a pinned commit hash"),
        ("hub:a/b", "f.csv", "main", "(given: 'main'); copy the 40 digits"),
        ("package:p", None, None, "k.member: a package needs the name of the file in it"),
        ("package:p", "f", COMMIT, "k.revision: only a hub data set has one"),
        ("file:f.csv", "f.csv", None, "k.member: a file has none"),
    ],
)
def test_values_that_do_not_go_together_are_told(
    source: str, member: str | None, revision: str | None, told: str
) -> None:
    (fault,) = SetSource(source, member, revision, "kuq").faults("k")
    assert told in fault


@pytest.mark.parametrize(
    "given",
    [("package:p", "m.csv", None), ("hub:a/b", "m.json", COMMIT), ("file:d/f.csv", None, None)],
)
def test_each_kind_of_source_is_accepted(given: tuple[str, str | None, str | None]) -> None:
    assert SetSource(*given, "kuq").faults("k") == []


def test_a_relative_path_is_looked_for_in_the_folder_of_sources(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "own.csv").write_text("question,reject\nWho?,1\n")
    for path in ("d/own.csv", str(tmp_path / "d" / "own.csv")):
        source, where = SetSource(f"file:{path}", None, None, "labelled").opened({}, tmp_path, "")
        assert list(source.rows()) == [{"question": "Who?", "reject": "1"}]
        assert where == "own.csv"  # an output must not hold a path of this machine


def test_a_hub_source_asks_for_the_pinned_commit_and_the_named_file() -> None:
    source, where = SetSource("hub:a/b", "m.json", COMMIT, "fava").opened({}, Path(), "")
    assert source == HubSource("a/b", COMMIT, "m.json")
    assert where == f"a/b@{COMMIT[:12]}: m.json"


def read(key: str, source: DatasetSource) -> list[Question]:
    return read_set(key, source.rows(), FILES[key][1], key)


@needs_data
@pytest.mark.parametrize("key", sorted(FILES))
def test_a_published_file_gives_the_same_questions_through_the_hubs_code(
    key: str, tmp_path: Path
) -> None:
    path = FILES[key][0]
    repository = tmp_path / "repository"
    repository.mkdir()
    shutil.copy(path, repository / path.name)
    hub = HubSource(str(repository), None, path.name, cache=tmp_path / "cache")
    assert read(key, hub) == read(key, LocalSource(path))


@pytest.fixture(scope="module")
def everything(source_dir: Path) -> dict[str, list[Question]]:
    """Rows of every set that can be had here: packages, and the published files."""
    rows = {key: read(key, LocalSource(path)) for key, (path, _) in FILES.items()}
    members = {
        "freshqa": (
            "inspect-evals",
            "inspect_evals/abstention_bench/data/freshqa/FreshQA_v12182024.csv",
        ),
        "selfaware": ("openfactcheck", "openfactcheck/data/selfaware.jsonl"),
    }
    for key, (package, member) in members.items():
        one = SetSource(f"package:{package}", member, None, key)
        archives = fetch(source_dir, names=[package], download=False)
        source, where = one.opened(archives, source_dir, FORMS[key].columns[0])
        rows[key] = read_set(key, source.rows(), key, where)
    return rows


@needs_data
def test_the_published_files_hold_what_their_readme_counts(
    everything: dict[str, list[Question]],
) -> None:
    falseqa = Counter(row["group"] for row in everything["falseqa"])
    assert falseqa == {"false": 491, "valid": 491}
    kuq = Counter(row["group"] for row in everything["kuq"])
    assert kuq == {"unknown": 981, "known": 1019}
    assert len(list(LocalSource(NAMES_FILE).rows())) == 183


@needs_data
def test_counterparts_of_falseqa_are_the_questions_that_differ_in_a_word(
    everything: dict[str, list[Question]],
) -> None:
    """The file's order is not documented: that it pairs them is checked on the words."""
    pairs: dict[str, list[set[str]]] = {}
    for row in everything["falseqa"]:
        pairs.setdefault(row["twin"], []).append(set(row["question"].lower().split()))
    alike = [len(one & other) / len(one | other) for one, other in pairs.values()]
    assert sum(alike) / len(alike) > 0.6


@needs_data
@pytest.mark.parametrize("drop", [False, True])
def test_duplicates_within_and_between_sets_are_dropped_and_counted_by_pair(
    everything: dict[str, list[Question]], drop: bool
) -> None:
    """Duplicates were counted beforehand with a dictionary of lower-case words, by hand."""
    ordered = [row for key in ("freshqa", "selfaware", "falseqa", "kuq") for row in everything[key]]
    kept, counts = questions(ordered, 7, drop_near_duplicates=drop)
    assert counts["duplicates"] == {
        "selfaware + kuq": 57, "kuq + kuq": 81, "selfaware + selfaware": 4,
    }  # fmt: skip
    assert counts["contradictory"] == {"falseqa": 4}  # two questions stand there with both labels
    near = counts["near_duplicates_dropped" if drop else "near_duplicates_kept"]
    assert near["selfaware + kuq"] == 1  # a staircase that goes up or down, or down or up
    dropped = sum(counts["duplicates"].values()) + 4
    dropped += sum(counts["near_duplicates_dropped"].values())
    assert len(kept) == len(ordered) - dropped
    sides: dict[str, set[str]] = {}
    for row in kept:
        sides.setdefault(" ".join(row["question"].lower().split()), set()).add(row["split"])
    assert all(len(found) == 1 for found in sides.values())
    split = {row["id"]: row["split"] for row in kept}
    twins: dict[str, set[str]] = {}
    for row in everything["falseqa"]:
        if row["id"] in split:
            twins.setdefault(row["twin"], set()).add(split[row["id"]])
    assert all(len(found) == 1 for found in twins.values())


@needs_data
def test_factscores_people_are_test_people_unless_the_knowledge_base_has_them(
    source_dir: Path,
) -> None:
    rows = read_set("factscore", LocalSource(NAMES_FILE).rows(), "names", "here")
    sources = default_sources(fetch(source_dir, names=NAMES, download=False))
    made = build(sources, Split(0.6, 0.15, 7), 3, rows)
    mine = [row for row in made.entities if row.get("set") == "factscore"]
    names = {row["name"] for row in mine}
    assert len(mine) == len(names) == 181
    assert not names & {"Osama bin Laden", "Robert Louis Stevenson"}  # Wikipedia's vital people
    assert made.counts["questions"]["people_known_already"] == 2
    assert {(row["kind"], row["split"]) for row in mine} == {("person", "test")}
    assert made.questions == []
    assert not {row["id"] for row in mine} & {fact["entity"] for fact in made.facts}


def test_favas_prompts_stand_there_once_though_several_models_answered(tmp_path: Path) -> None:
    """A file of the published layout (prompt, output, annotated, model, subject), made up here."""
    prompts = ["Explain Ab Klink, including information about party, birth place",
               "Explain Ann Lee, including information about party, birth place"]  # fmt: skip
    rows = [
        {"prompt": prompt, "output": "x", "annotated": "<entity>x</entity>", "model": model,
         "subject": "wiki"}
        for model in ("chatgpt", "llama") for prompt in prompts
    ]  # fmt: skip
    (tmp_path / "annotations.json").write_text(json.dumps(rows))
    hub = HubSource(str(tmp_path), None, "annotations.json", cache=tmp_path / "cache")
    for source in (hub, LocalSource(tmp_path / "annotations.json")):
        read = read_set("fava", source.rows(), "fava", "here")
        kept, counts = questions(read, 1, drop_near_duplicates=True)
        assert sorted(row["question"] for row in kept) == prompts  # near ones are not compared
        assert {row["split"] for row in kept} == {"test"}
        assert counts["duplicates"] == {"fava + fava": 2}
