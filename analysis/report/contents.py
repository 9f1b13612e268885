"""What the page holds, gathered from a run's collected results, grades, tables and figures."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from analysis import style
from analysis.detection import beyond_chance
from analysis.load import CLASSES, Results
from analysis.measures import asked, evaluation_sets, tuned_cells
from analysis.report.browser import Grades, browser
from analysis.report.page import Content, Figure
from analysis.report.shifted import most_shifted
from analysis.report.words import caution
from apeft.records import Record, read_json

SENTENCES = 5  # most shifted ones of each set
TITLE = "APEFT: report of a run"


def content(
    results: Results,
    grades: Grades,
    prompts: Sequence[Record],
    reports: Path,
    *,
    limit_mib: float,
) -> Content:
    """Gather the page's content.

    Args:
        results: the collected tables.
        grades: every variant's graded responses.
        prompts: rows of ``out/prompts/prompts.jsonl``.
        reports: the folder with ``figures/`` and ``tables/``.
        limit_mib: size in MiB of the responses that can be browsed.
    """
    sets = [one.name for one in evaluation_sets(results)]
    trained = [cell for cell in tuned_cells(results) if cell.recipe]  # not models of one's own
    seeds = min((len(cell.seeds) for cell in trained), default=0)
    return Content(
        title=TITLE,
        run=run_facts(results),
        caution=caution(pd.read_csv(reports / "tables" / "differences.csv"), seeds),
        tables=read_json(reports / "tables" / "shown.json"),
        figures=_figures(reports / "figures"),
        shifted=most_shifted(results.shift, sets, SENTENCES),
        browser=browser(grades, prompts, results.shift, sets, limit_mib),
        titles={name: style.set_title(name) for name in sets},
    )


def _figures(folder: Path) -> list[Figure]:
    captions: Mapping[str, str] = read_json(folder / "captions.json")
    return [
        Figure(path.stem, path.read_bytes(), captions.get(path.stem, path.stem))
        for path in sorted(folder.glob("*.png"))
    ]


def run_facts(results: Results) -> list[tuple[str, str]]:
    """Say what was run, as far as results tell: model, variants, sizes."""
    value = {
        str(key): json.loads(text)
        for key, text in zip(results.parameters["key"], results.parameters["value"], strict=True)
    }
    facts = [("Model", f"{value.get('model.name', '?')}, from {value.get('model.source', '?')}")]
    cells = tuned_cells(results)
    seeds = sorted({seed for cell in cells for seed in cell.seeds})
    names = (("Algorithms", [cell.algorithm for cell in cells], style.algorithm),
             ("Recipes", [cell.recipe for cell in cells], style.recipe))  # fmt: skip
    for what, of, form in names:
        facts.append((what, ", ".join(form(name) for name in dict.fromkeys(of)) or "none"))
    facts.append(("Seeds", f"{len(seeds)} ({', '.join(map(str, seeds))})" if seeds else "none"))
    facts.append(("Variants evaluated", str(results.items["variant"].nunique())))
    facts += _training(results.training)
    detected = results.detection["class"].value_counts()
    told = [f"{int(detected.get(name, 0))} {name.replace('_', ' ')}" for name in CLASSES]
    facts.append(("Facts detected", f"{', '.join(told)}, of {len(results.detection)}"))
    beyond, tested = beyond_chance(results.detection)
    facts.append(("Potentially known beyond guessing", f"{beyond} of {tested}"))
    written = asked(results)
    for one in evaluation_sets(results):
        rows = written[written["set"] == one.name]
        kind = "questions" if one.asks else "entities"
        facts.append(
            (
                f"Test set {style.set_title(one.name)}",
                f"{rows['entity'].nunique()} {kind} ({style.role_title(one.role)})",
            )
        )
    for key, what in (("machine.device", "Device asked for"), ("machine.threads", "Threads"),
                      ("training.dtype", "Precision of training"),
                      ("respond.dtype", "Precision of evaluation")):  # fmt: skip
        if key in value:
            facts.append((what, str(value[key])))
    return facts


def _training(rows: pd.DataFrame) -> list[tuple[str, str]]:
    if rows.empty:
        return []
    facts = []
    for column, what in (
        ("steps", "Optimizer steps of a variant"),
        ("pairs_general", "General pairs"),
        ("pairs_atomic", "Atomic pairs (where used)"),
        ("pairs_own", "Pairs of one's own (where used)"),
    ):
        known = rows[column][rows[column] > 0]
        if len(known):
            least, most = f"{known.min():.0f}", f"{known.max():.0f}"
            facts.append((what, least if least == most else f"{least} to {most}"))
    return facts
