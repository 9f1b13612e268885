"""The study's own run: the figures, tables, report and findings that people look at."""

import math
from typing import Any

from apeft.records import write_json
from stages.lockfile import content_hash
from stages.track import track
from stages.tracking import open_store


def test_figures_tables_and_report_are_on_the_studys_run_once(workspace: Any) -> None:
    write_json(workspace.path / "reports/tables/shown.json", [])
    workspace.stage("figures", "reports/figures", {"figures.seed": 6})
    (workspace.path / "reports/figures/results.png").write_bytes(b"png")
    (workspace.path / "reports/report.html").write_text("<p>page</p>")
    line = track(workspace.path)
    assert line.startswith("track: 3 variants and 3 stages current in ")
    (run,) = [r for r in workspace.runs() if r.data.tags["kind"] == "study"]
    assert run.data.tags["current"] == run.data.tags["complete"] == "true"
    with open_store(workspace.path) as store:
        names = {item.path for item in store.client.list_artifacts(run.info.run_id)}
        inner = [item.path for item in store.client.list_artifacts(run.info.run_id, "figures")]
    assert names == {"figures", "tables", "report.html"}
    assert inner == ["figures/results.png"]
    before = workspace.database()
    track(workspace.path)
    assert workspace.database() == before
    assert sorted(workspace.current()) == ["base", "dpo-apeft-0", "ipo-general-0"]


def test_findings_of_ablations_that_come_later_are_on_the_studys_run(workspace: Any) -> None:
    workspace.stage("figures", "reports/figures", {"figures.seed": 6})
    track(workspace.path)
    write_json(workspace.path / "reports/ablations/02_mixing/finding.json", {"finding": "None."})
    write_json(workspace.path / "reports/ablations/90_cost/finding.json", {"finding": "7 s."})
    track(workspace.path)

    (run,) = [
        r for r in workspace.runs()
        if r.data.tags["kind"] == "study" and r.data.tags["current"] == "true"
    ]  # fmt: skip
    with open_store(workspace.path) as store:
        found = store.client.list_artifacts(run.info.run_id, "ablations")
    assert [item.path for item in found] == ["ablations/02_mixing", "ablations/90_cost"]
    # What changes with each publishing, and without a new finding, makes no new run.
    write_json(workspace.path / "reports/ablations/90_cost/finding.json", {"finding": "8 s."})
    before = workspace.database()
    track(workspace.path)
    assert workspace.database() == before


def test_scores_of_other_answers_are_not_shown(workspace: Any) -> None:
    workspace.stage("collect", "out/collect", {})
    workspace.stage("figures", "reports/figures", {})
    of = workspace.stages
    of["collect"]["deps"] = [
        {"path": "out/respond", "md5": content_hash(workspace.path / "out/respond")}
    ]
    of["figures"]["deps"] = [{"path": "out/collect", "md5": of["collect"]["outs"][0]["md5"]}]
    workspace.write()
    track(workspace.path)
    assert workspace.current()["dpo-apeft-0"].data.metrics["bio/factscore"] == 0.5
    (workspace.path / "out/respond/base/responses.jsonl").write_text("{}\n")  # answers made anew
    track(workspace.path)
    assert math.isnan(workspace.current()["dpo-apeft-0"].data.metrics["bio/factscore"])

    (workspace.path / "out/respond/base/responses.jsonl").unlink()
    track(workspace.path)
    assert workspace.current()["dpo-apeft-0"].data.metrics["bio/factscore"] == 0.5


def test_both_verdicts_of_a_claim_are_tags_of_the_studys_run(workspace: Any) -> None:
    verdicts = {
        "these adapters": {"verdict": "supported"},
        "the algorithm": {"verdict": "undecided"},
    }
    write_json(
        workspace.path / "reports/claims.json", {"claims": [{"id": "gain", "verdicts": verdicts}]}
    )
    workspace.stage("figures", "reports/figures", {"figures.seed": 6})
    out = {"path": "reports/claims.json", "hash": "md5"}
    out["md5"] = content_hash(workspace.path / "reports/claims.json")
    workspace.stages["figures"]["outs"].append(out)
    workspace.write()
    track(workspace.path)
    (run,) = [r for r in workspace.runs() if r.data.tags["kind"] == "study"]
    assert run.data.tags["claim:gain"] == "these adapters: supported; the algorithm: undecided"


def test_claims_of_another_run_than_the_locks_are_no_tags(workspace: Any) -> None:
    workspace.stage("figures", "reports/figures", {"figures.seed": 6})
    write_json(workspace.path / "reports/claims.json", {"claims": [{"id": "gain"}]})
    track(workspace.path)
    (run,) = [r for r in workspace.runs() if r.data.tags["kind"] == "study"]
    assert not any(tag.startswith("claim:") for tag in run.data.tags)
