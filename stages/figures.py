"""Figures, tables, claims and metrics of the collected results; needs no model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field

from analysis.claims import read_claims
from analysis.ledger import ledger
from analysis.load import load
from analysis.metrics import metrics
from analysis.paper_numbers import read_numbers
from analysis.report_files import check, tables, write_figures, write_tables
from analysis.settings import Settings
from analysis.tables.claims import document
from analysis.tables.judges import Agreement
from apeft.records import read_json, write_json
from stages.stage import Made, Reads, Section, output, run


class Params(Section):
    """How results are shown."""

    bootstrap: int = Field(ge=100)  # resamples of every interval
    seed: int = Field(ge=0)  # of the resampling
    small_shift: float = Field(gt=0, lt=1)  # share of rank > 1 under which a shift is small
    small_change: float = Field(ge=0, lt=1)  # change (0..1) that counts as none
    first_positions: int = Field(ge=1)  # token positions that sets share in comparisons of shift
    sure: float = Field(gt=0, le=1)  # a token could move below this probability of the base's


READS: Reads = {"figures": Params}
MEASURED = Path("labels/agreement.json")


def main(params: dict[str, Any]) -> Made:
    """Write reports/figures, reports/tables, reports/claims.json and reports/metrics.json."""
    settings = Settings(**params["figures"].model_dump())
    claims, numbers = read_claims(), read_numbers()
    results = load(Path("out/collect"))
    check(results)
    with output("reports/figures") as folder:
        figures = write_figures(results, settings, folder)
    findings = ledger(results, claims, settings)
    with output("reports/tables") as folder:
        made = write_tables(tables(results, settings, _agreements(), findings, numbers), folder)
    write_json(Path("reports/claims.json"), document(findings, settings))
    write_json(Path("reports/metrics.json"), metrics(results, settings))
    variants = results.items["variant"].nunique()
    return Made(f"figures: {figures} figures and {made} tables of {variants} variants in reports/")


def _agreements() -> list[Agreement]:
    """The last measurement of each judge, and whether its code has changed since."""
    measured = read_json(MEASURED)
    changed = measured["rules"] != _code("rules")
    found = [
        Agreement(
            "typed",
            measured["rows"],
            measured["date"],
            changed,
            misses=measured["kuq_misses"].get("held out", {}),
        )
    ]
    for name, made in sorted(measured["models"].items()):
        changed = made["code"] != _code("asked")
        found.append(Agreement(name, made["rows"], made["date"], changed, made["limit"]))
    return found


def _code(kind: str) -> str:
    """Digest of a kind of judges' present code."""
    return Path("out/code", f"judges.{kind}").read_text(encoding="utf-8").strip()


if __name__ == "__main__":
    run(
        *("figures", READS, main, "reports/figures", "reports/tables"),
        *("reports/claims.json", "reports/metrics.json"),
    )
