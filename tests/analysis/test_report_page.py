"""The page holds: one file, nothing loaded, and no text of a model that becomes markup or script.

What the browser shows is read from Chromium's own DOM, where there is a Chromium.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import hostile
import pandas as pd
import pytest

from analysis.report.browser import MIB, Grades, browser
from analysis.report.page import SLOTS, Content, Figure, fill, page
from analysis.report.shifted import most_shifted
from analysis.report.slots import JUDGE_CALLS, Ablation, cost_rows, provenance, slots
from analysis.report.words import SIZE
from apeft.errors import UserError
from apeft.llm.chat import Reply
from apeft.llm.spent import Prices, Spent
from apeft.records import dumps

ROOT = Path(__file__).resolve().parents[2]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(8) + (3).to_bytes(4) + (2).to_bytes(4)
GRADES = Grades(hostile.texts(), hostile.facts(), [])
COST = {
    "seconds": 90.0,
    "unrecorded": ["collect"],
    "stages": {
        "train@dpo-apeft-0": {"seconds": 40.0, "peak_memory_mib": 10.0, "tokens": {"read": 5},
                              "commit": "abc", "host": "<b>host</b>", "device": "cpu",
                              "started": "2026-01-02", "versions": {"torch": "2.13.0"}},
        "train@dpo-general-0": {"seconds": 20.0, "peak_memory_mib": 30.0, "tokens": {"read": 6},
                                "commit": "abc", "device": "cuda", "started": "2026-01-01",
                                "versions": {"torch": "2.14.0"}},
        "detect": {"seconds": 30.0, "commit": "abc-dirty"},
    },
}  # fmt: skip


def content(**other: Any) -> Content:
    text = hostile.TEXTS[1]
    table = {
        "name": "main",
        "caption": text,
        "sections": [{"heading": text, "columns": [text, "n"], "rows": [[text, "3"]]}],
    }
    given: dict[str, Any] = {
        "title": "A run",
        "run": [("Model", text)],
        "caution": [text],
        "tables": [table, {**table, "name": "nobody_placed_this"}],
        "figures": [Figure("results", PNG, text), Figure("new_one", PNG, "a new figure")],
        "shifted": most_shifted(hostile.shift(), ["bio"], 9),
        "browser": browser(GRADES, hostile.prompts(), hostile.shift(), ["bio"], 8),
        "titles": {"bio": "Biographies"},
    }
    return Content(**given | other)


def whole(**other: Any) -> str:
    filled = slots(
        COST, profile="x", ablations=[], attributions="**A** by B <script>alert(1)</script>"
    )
    return fill(page(content(**other)), filled)


class Elements(HTMLParser):
    """Start tags with their attributes, and the text of scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] == "script":
            self.scripts[-1] += data


def test_model_text_makes_no_element_and_no_handler() -> None:
    elements = Elements(whole())
    kinds = [attributes.get("type") for tag, attributes in elements.tags if tag == "script"]
    assert kinds == ["application/json", "application/json", None]
    pictures = [attributes for tag, attributes in elements.tags if tag == "img"]
    assert len(pictures) == 2
    assert all(str(one["src"]).startswith("data:image/png;base64,") for one in pictures)
    assert not [name for _, attributes in elements.tags for name in attributes if name[:2] == "on"]
    assert {tag for tag, _ in elements.tags} & {"b", "iframe", "object", "link", "base"} == set()


def test_the_data_come_back_as_they_were() -> None:
    data = json.loads(Elements(whole()).scripts[0])
    texts = {row["id"]: row["of"][hostile.VARIANT]["text"] for row in data["prompts"]}
    assert texts == {f"bio/{n}": text + "!" for n, text in enumerate(hostile.TEXTS)}
    assert data["variants"] == ["base", hostile.VARIANT]
    one = data["prompts"][0]["of"]
    assert "tokens" not in one["base"]
    assert one[hostile.VARIANT]["regions"] == "ums"
    assert one[hostile.VARIANT]["ranks"] == [1, 3, 5]
    assert one[hostile.VARIANT]["kl"] == [0.123] * 3


def test_nothing_is_loaded_from_anywhere() -> None:
    addresses = [
        value
        for tag, attributes in Elements(whole()).tags
        for name, value in attributes.items()
        if name in ("src", "href") and not (value or "").startswith(("#", "data:image/png"))
    ]
    assert addresses == []
    assert "default-src 'none'" in whole()


def test_text_that_looks_like_a_slot_fills_nothing_and_a_missing_slot_is_told() -> None:
    html = page(content())
    for name in SLOTS:
        assert html.count(f"<!-- slot: {name} -->") == 1
    with pytest.raises(UserError, match="no place for 'run'"):
        fill(html.replace("<!-- slot: run -->", ""), dict.fromkeys(SLOTS, ""))


def test_what_has_no_place_is_shown_and_what_is_missing_is_said() -> None:
    html = whole()
    assert "Further figures and tables" in html
    assert "nobody placed this" in html
    assert "a new figure" in html
    assert "No claims: this run has no table" in html
    assert "Not run: there is no <code>reports/ablations" in html


def test_prompts_beyond_the_size_go_whole_and_are_counted() -> None:
    full = browser(GRADES, hostile.prompts(), hostile.shift(), ["bio"], 8)
    assert full.complete
    assert full.shown == {"bio": len(hostile.TEXTS)}
    small = browser(GRADES, hostile.prompts(), hostile.shift(), ["bio"], 0.5 * full.bytes / MIB)
    assert 0 < small.shown["bio"] < len(hostile.TEXTS)
    assert not small.complete
    assert small.bytes <= 0.5 * full.bytes
    kept = small.data["prompts"]
    assert all(set(row["of"]) == {"base", hostile.VARIANT} for row in kept)
    assert sum(len(dumps(row["of"]).encode()) for row in kept) == small.bytes
    assert f"{small.shown['bio']} of {len(hostile.TEXTS)} prompts" in whole(browser=small)


def test_a_shifted_token_stands_in_its_sentence() -> None:
    words = ["Al", " was", " born", " in", " St.", " Ives", ".", " He", " died", " old", "."]
    frame = pd.DataFrame(
        {"variant": "dpo-apeft-0", "algorithm": "dpo", "set": "bio", "item": "bio/a"}
        | {"kl_tuned_base": 0.5, "token_base": " x"}
        | {"token": words, "position": range(len(words)), "rank": 1, "region": "unshifted"},
    )
    frame.loc[8, ["rank", "region"]] = [40, "shifted"]
    ((name, (sentence,)),) = most_shifted(frame, ["bio", "selfaware"], 3)
    assert name == "bio"
    assert [one.text for one in sentence.tokens] == [" He", " died", " old", "."]
    assert sentence.tokens[sentence.at].text == " died"
    assert sentence.tokens[sentence.at].told == "rank 40 · KL 0.5 nats · base: ␣x"
    frame.loc[2, ["rank", "region"]] = [90, "shifted"]
    ((_, (sentence,)),) = most_shifted(frame, ["bio"], 3)  # a prompt is taken once
    assert [one.text for one in sentence.tokens] == words[:7]


def test_every_page_says_what_the_defaults_size_and_larger_profiles_are_for() -> None:
    words = re.sub(r"&#39;", "'", page(content(caution=[])))
    assert SIZE in words
    assert "demonstrates that every step works on real data, and it decides little" in SIZE
    for name in ("cpu-study", "small-gpu", "llama2-7b", "llama3-8b"):
        assert name in SIZE
        assert (ROOT / "profiles" / f"{name}.yaml").is_file()


def test_provenance_names_every_commit_and_version_and_cost_adds_up() -> None:
    facts = dict(provenance(COST["stages"]))  # type: ignore[arg-type]
    assert facts["Commit"] == "abc, abc-dirty"
    assert facts["Device"] == "cpu, cuda"
    assert facts["Versions"] == "torch 2.13.0 / 2.14.0"
    assert facts["Stages started"] == "2026-01-01 to 2026-01-02"
    assert dict(provenance({}))["Commit"] == "not on record"
    rows = cost_rows(COST["stages"])  # type: ignore[arg-type]
    assert [row["stage"] for row in rows] == ["train", "detect"]
    assert rows[0] == {"stage": "train", "runs": 2, "seconds": 60.0, "memory": 30.0, "tokens": 11,
                       "judge": ""}  # fmt: skip
    html = whole()
    assert "&lt;b&gt;host&lt;/b&gt;" in html
    assert "&lt;script&gt;alert(1)" in html
    assert "<strong>A</strong> by B" in html


def test_calls_of_a_judge_are_no_tokens_and_stand_apart() -> None:
    spent = Spent(Prices())
    spent.called_one(Reply("yes", "stop", 100, 7))
    spent.called_one(Reply("?", "stop", 50, 3))
    spent.cached_one()
    spent.unreadable_one()
    counts = spent.counts()
    assert set(counts) - set(JUDGE_CALLS) == {"judge_prompt", "judge_completion"}
    stages = {"grade@a": {"tokens": {"written": 5, **counts}}, "grade@b": {"tokens": counts},
              "model": {}}  # fmt: skip
    first, second = cost_rows(stages)
    assert first["tokens"] == 5 + 2 * (150 + 10)
    assert first["judge"] == "4 made, 2 kept replies, 2 unreadable"
    assert (second["tokens"], second["judge"]) == (0, "")
    cost = {"seconds": 1.0, "unrecorded": [], "stages": stages}
    html = slots(cost, profile="x", ablations=[], attributions="")["cost"]
    assert "<td>325</td><td>4 made, 2 kept replies, 2 unreadable</td></tr>" in html
    stages["model"] = {"tokens": {"judge_calls": 2, "judge_millionths": 12345}}
    assert next(row for row in cost_rows(stages) if row["stage"] == "model")["judge"] == (
        "2 made, cost 0.0123"
    )
    without = slots(COST, profile="x", ablations=[], attributions="")["cost"]
    assert "judge" not in without


def test_ablations_that_were_run_are_shown() -> None:
    figure = Figure("mix", PNG, "caption of mix")
    one = Ablation("Mixing", "Found <nothing>.", "Only <once>.", [figure], [])
    html = slots(COST, profile="x", ablations=[one], attributions="")["ablations"]
    assert "Found &lt;nothing&gt;." in html
    assert "Only &lt;once&gt;." in html
    assert "caption of mix" in html


# --- in a real browser ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chromium() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    pytest.skip("no Chromium on the path: the page was not opened in a browser")


@pytest.fixture(scope="module")
def opened(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The DOM of the page, from the file system, after its script ran."""
    folder = tmp_path_factory.mktemp("page")
    (folder / "report.html").write_text(whole(), encoding="utf-8")
    return dom(chromium, folder / "report.html")


def dom(chromium: str, file: Path) -> str:
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    command += [f"--user-data-dir={file.parent / 'profile'}", file.as_uri()]
    done = subprocess.run(command, capture_output=True, timeout=120, check=True)
    return done.stdout.decode()


def test_hostile_text_is_shown_and_runs_nothing_in_a_browser(opened: str) -> None:
    assert re.search(r"<title>(.*?)</title>", opened, re.S)[1] == "A run"  # type: ignore[index]
    pair = opened.split('id="pair"', 1)[1].split("</section>", 1)[0]
    assert "&lt;script&gt;document.title = 'owned'&lt;/script&gt;&lt;img src=x" in pair
    assert "<img" not in pair
    assert "<script" not in pair


def test_base_and_tuned_stand_side_by_side_in_a_browser(opened: str) -> None:
    pair = opened.split('id="pair"', 1)[1].split("</section>", 1)[0]
    assert re.findall(r"<h3>(.*?)</h3>", pair) == ["base", hostile.VARIANT]
    assert pair.count('class="verdict supported"') == 2
    assert pair.count('class="verdict unscored"') == 2
    assert pair.count('class="strip"') == 1
    assert len(re.findall(r'<bdi class="t [ums]"', pair)) == 3
    assert "rank 5 · KL 0.123 nats" in pair
    options = opened.split('id="pick-prompt"', 1)[1].split("</select>", 1)[0]
    assert options.count("<option") == len(hostile.TEXTS)
    assert '<div class="controls">' in opened  # shown only when the script works


def test_spans_count_code_points_in_a_browser(chromium: str, tmp_path: Path) -> None:
    """A letter beyond the basic plane is two units of a JavaScript string: by hand, 2..6."""
    text = {"variant": "base", "id": "bio/0", "set": "bio", "entity": "person/x", "length": 3}
    text |= {"text": "😀 1879 ok", "ended": True, "factscore": None}
    fact = {**hostile.facts()[0], "variant": "base", "response": "bio/0", "span": [2, 6]}
    found = browser(Grades([text], [fact], []), [], hostile.shift(), ["bio"], 8)
    (tmp_path / "page.html").write_text(whole(browser=found), encoding="utf-8")
    assert re.search(
        r'<mark class="supported"[^>]*>1879</mark> ok', dom(chromium, tmp_path / "page.html")
    )
