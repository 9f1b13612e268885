"""What the page's slots hold: where and when a run was made, its cost, ablations, attributions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from analysis.report.page import Figure, environment

NOT_ON_RECORD = "not on record"
# What a record's counts hold beside tokens: requests to a language model as judge.
JUDGE_CALLS = {
    "judge_calls": "made",
    "judge_cached": "kept replies",
    "judge_unreadable": "unreadable",
    "judge_lost": "lost",
}
JUDGE_COST = "judge_millionths"  # of the currency of the judge's prices


@dataclass(frozen=True)
class Ablation:
    """One ablation as ``reports/ablations`` holds it: finding, figures, remarks, tables."""

    name: str
    finding: str
    remarks: str
    figures: Sequence[Figure]
    tables: Sequence[Mapping[str, Any]]


def slots(
    cost: Mapping[str, Any],
    *,
    profile: str,
    ablations: Sequence[Ablation],
    attributions: str,
) -> dict[str, str]:
    """Render every slot.

    Args:
        cost: ``reports/cost.json``: ``stages`` (records by instance), ``unrecorded``, ``seconds``.
        profile: name of the workspace.
        ablations: those that were run.
        attributions: Markdown on the sources of data and model.
    """
    made = environment()
    stages = cost["stages"]
    return {
        "run": made.get_template("run.html.j2").render(
            facts=[("Profile", profile), *provenance(stages)],
            unrecorded=cost["unrecorded"],
        ),
        "cost": made.get_template("cost.html.j2").render(
            rows=cost_rows(stages), seconds=cost["seconds"], unrecorded=cost["unrecorded"]
        ),
        "ablations": made.get_template("ablations.html.j2").render(ablations=ablations),
        "attributions": markdown(attributions),
    }


def provenance(stages: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Commit, time, machine and versions of the stages' records; several are all named."""
    records = list(stages.values())

    def every(key: str) -> str:
        found = sorted({str(record[key]) for record in records if record.get(key)})
        return ", ".join(found) or NOT_ON_RECORD

    started = sorted(str(record["started"]) for record in records if record.get("started"))
    span = NOT_ON_RECORD
    if started:
        span = started[0] if started[0] == started[-1] else f"{started[0]} to {started[-1]}"
    facts = [
        ("Commit", every("commit")),
        ("Stages started", span),
        ("Host", every("host")),
        ("Device", every("device")),
        ("Processor", every("processor")),
    ]
    versions: dict[str, set[str]] = {}
    for record in records:
        for name, version in (record.get("versions") or {}).items():
            versions.setdefault(name, set()).add(str(version))
    told = ", ".join(f"{name} {' / '.join(sorted(versions[name]))}" for name in sorted(versions))
    return [*facts, ("Versions", told or NOT_ON_RECORD)]


def cost_rows(stages: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row a stage, its instances added up (peak memory: the largest), longest first.

    ``tokens`` sums those read and written by a model; ``judge`` tells the calls of a judge, "" when
    there was none.
    """
    rows: dict[str, dict[str, Any]] = {}
    calls: dict[str, Counter[str]] = {}
    for name, record in stages.items():
        stage = name.partition("@")[0]
        empty = {"stage": stage, "runs": 0, "seconds": 0.0, "memory": 0.0, "tokens": 0}
        row = rows.setdefault(stage, empty)
        row["runs"] += 1
        row["seconds"] += float(record.get("seconds") or 0)
        row["memory"] = max(row["memory"], float(record.get("peak_memory_mib") or 0))
        counts = Counter(record.get("tokens") or {})
        row["tokens"] += sum(
            count for kind, count in counts.items() if kind not in (*JUDGE_CALLS, JUDGE_COST)
        )
        calls.setdefault(stage, Counter()).update(counts)
    for stage, row in rows.items():
        found = calls[stage]
        told = [f"{found[kind]} {word}" for kind, word in JUDGE_CALLS.items() if found[kind]]
        if found[JUDGE_COST]:
            told.append(f"cost {found[JUDGE_COST] / 1e6:.4f}")
        row["judge"] = ", ".join(told)
    return sorted(rows.values(), key=lambda row: (-row["seconds"], row["stage"]))


def markdown(text: str) -> Markup:
    """Render Markdown of our own; markup of HTML in it is shown as text."""
    from markdown_it import MarkdownIt

    return Markup(MarkdownIt("commonmark", {"html": False}).enable("table").render(text))
