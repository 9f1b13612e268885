"""The report's two steps on a made-up run: the stage's page, and what publishing adds to it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import real_stages
from test_figures_stage import params, synthetic

from apeft.errors import UserError
from apeft.records import read_json, write_json, write_jsonl
from stages import figures, publish, report


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Collected tables, grades, figures and tables of an invented run."""
    folder = tmp_path_factory.mktemp("made")
    module = synthetic()
    module.write(folder / "out/collect", module.SMOKE)
    real_stages.link_labels(folder)
    variants = [str(one["variant"]) for one in module.variants(module.SMOKE)]
    texts, facts, questions = [], [], []
    for variant in variants:
        for n in range(6):
            item = f"bio/p{n:03d}"
            texts.append({"variant": variant, "id": item, "set": "bio", "entity": f"bio/{n:03d}"}
                         | {"text": "A </script> physicist.", "length": 4, "ended": True}
                         | {"factscore": None})  # fmt: skip
            facts.append({"variant": variant, "response": item, "set": "bio", "span": [2, 5]}
                         | {"relation": "profession", "value": "physicist", "verdict": "supported"}
                         | {"reason": "same", "evidence": "physicist"})  # fmt: skip
        questions.append({"variant": variant, "id": "selfaware/p000", "set": "selfaware"}
                         | {"entity": "selfaware/000", "group": "answerable", "question": "Why?"}
                         | {"text": "So.", "reject": None, "correct": None, "reason": "unclear"}
                         )  # fmt: skip
    for name, rows in (("texts", texts), ("facts", facts), ("questions", questions)):
        write_jsonl(folder / f"out/grade/{name}.jsonl", rows)
    write_jsonl(folder / "out/prompts/prompts.jsonl", [{"id": "bio/p000", "plain": "Name: A"}])
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        figures.main(params())
    return folder


@pytest.fixture
def workspace(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(made, tmp_path / "x", symlinks=True)
    monkeypatch.chdir(tmp_path / "x")
    return tmp_path / "x"


def run() -> str:
    return report.main({"report": report.Params(responses_mib=8.0)}).line


def test_the_page_is_the_same_bytes_twice_and_holds_no_place_or_time(workspace: Path) -> None:
    line = run()
    assert "10 figures, 25 tables and 7 of 7 prompts" in line
    first = Path("out/report/page.html").read_bytes()
    run()
    assert Path("out/report/page.html").read_bytes() == first
    assert str(workspace).encode() not in first
    assert b"No claims: " not in first
    assert first.count(b"data:image/png;base64,") == 10
    assert b"A </script> physicist" not in first


def test_claims_are_shown_when_there_are_some(workspace: Path) -> None:
    path = Path("reports/tables/shown.json")
    section = {"heading": "", "columns": ["claim", "verdict"], "rows": [["no <b>", "not run"]]}
    claims = {"name": "claims", "caption": "Claims.", "sections": [section]}
    write_json(path, [*read_json(path), claims])
    run()
    html = Path("out/report/page.html").read_text()
    assert '<span class="verdict not-run">not run</span>' in html
    assert "no &lt;b&gt;" in html
    assert "No claims: " not in html


def test_publishing_fills_the_page_and_leaves_the_stages_output_alone(workspace: Path) -> None:
    run()
    before = Path("out/report/page.html").read_bytes()
    write_json(Path("reports/ablations/mixing/finding.json"), {"name": "Mixing", "finding": "Up."})
    path = publish.publish(workspace, [])
    assert path == workspace / "reports/report.html"
    html = path.read_text()
    assert "slot:" not in html
    assert "<h3>Mixing</h3>" in html
    assert "Wikipedia" in html.split('id="attributions"')[1]
    assert "SmolLM2" in html.split('id="attributions"')[1]
    assert "not on record" in html
    assert Path("out/report/page.html").read_bytes() == before


def test_attributions_that_moved_are_an_error_and_no_silence(tmp_path: Path) -> None:
    (tmp_path / "data.md").write_text("# Data\n\nNothing here.\n")
    with pytest.raises(UserError, match="attributions"):
        publish.attributions(tmp_path / "data.md")


def test_without_a_page_only_the_cost_is_published(tmp_path: Path) -> None:
    assert publish.publish(tmp_path, []) is None
    assert (tmp_path / "reports/cost.json").is_file()
    assert not (tmp_path / "reports/report.html").exists()
