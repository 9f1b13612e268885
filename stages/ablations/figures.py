"""What the arms answer: a figure, a table and sentences for each question; needs no model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from analysis import style
from analysis.ablations import (
    abilities,
    classes,
    controls,
    ledger,
    mixing,
    quality,
    quantity,
    reference_shift,
    rules,
    where,
)
from analysis.ablations.finding import FINDINGS, Finding, joined, write_finding
from analysis.load import load
from analysis.settings import Settings
from apeft.errors import UserError
from apeft.records import Record, read_json, read_jsonl
from stages.ablations.params import Ablations
from stages.figures import Params
from stages.stage import Made, Reads, output, run

READS: Reads = {"ablations": Ablations, "figures": Params}


def main(params: dict[str, Any]) -> Made:
    """Write reports/ablations: a folder for each question, and findings.md."""
    settings = Settings(**params["figures"].model_dump())
    with output("reports/ablations") as folder, style.applied():
        findings = list(_findings(params["ablations"], settings))
        for number, finding in enumerate(findings, 1):
            write_finding(finding, folder / f"{number:02}_{finding.name}")
        (folder / FINDINGS).write_text(joined(findings), encoding="utf-8")
    answered = sum(finding.figure is not None or bool(finding.tables) for finding in findings)
    return Made(f"figures: {answered} of {len(findings)} questions answered in reports/ablations/")


def _findings(ablations: Ablations, settings: Settings) -> Iterator[Finding]:
    import pandas as pd

    results = load(Path("out/collect"))
    chosen = read_json(Path("out/arms/arms.json"))
    reasons: dict[str, str] = chosen["not_run"]
    # Of every variant: all draw the same noise, so r before and after are read from one half.
    answers = [row for row in read_jsonl(Path("out/grade/answers.jsonl")) if row["main"]]
    repeats = {arm: counts["commonest"] for arm, counts in chosen["arms"].items()}
    yield classes.finding(results, answers, settings, repeats=repeats, reasons=reasons)
    yield mixing.finding(results, settings, reasons=reasons)
    models = {read_json(Path("out/model/identity.json"))["name"]: results}
    for name in ablations.models:
        folder = Path("..") / f"ablations-{name}" / "out" / "collect"
        if not folder.is_dir():
            raise UserError(
                f"the arms of {name} have not been run", where=f"ablations.models: {folder}",
                fix=f"run `make ablations PROFILE={name}` first, or take it out of the list",
            )  # fmt: skip
        models[name] = load(folder)
    yield quantity.finding(models, settings, reasons=reasons)
    gaps = {arm: counts["gap"] for arm, counts in chosen["arms"].items()}
    yield quality.finding(results, gaps, settings, reasons=reasons)
    yield rules.finding(results, settings, reasons=reasons)
    scores, tasks = _rows("abilities", "scores"), {}
    told = Path("out/lm_eval/base/counts.json")
    if ablations.lm_eval.tasks and told.is_file():  # an earlier run's outputs may still lie there
        scores += _rows("lm_eval", "scores")
        tasks = read_json(told)
    yield abilities.finding(pd.DataFrame(scores), settings, tasks)
    yield where.finding(
        pd.DataFrame(_rows("where", "updates")), pd.DataFrame(_rows("where", "margins")), settings
    )
    yield reference_shift.finding(
        pd.DataFrame(_rows("reference_shift", "tokens")), results.shift, settings
    )
    yield controls.finding(results, settings, reasons=reasons)
    yield ledger.finding(results, settings)


def _rows(folder: str, file: str) -> list[Record]:
    """Rows of every variant that was asked, each with the variant's name."""
    rows: list[Record] = []
    for path in sorted(Path("out", folder).glob(f"*/{file}.jsonl")):
        rows += [{"variant": path.parent.name, **row} for row in read_jsonl(path)]
    return rows


if __name__ == "__main__":
    run("figures", READS, main, "reports/ablations")
