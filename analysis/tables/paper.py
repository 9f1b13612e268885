"""The paper's table layout: our number and interval, beside the paper's where it is known."""

from __future__ import annotations

import json

import pandas as pd

from analysis import samples, style
from analysis.figures import captions
from analysis.load import Results
from analysis.measures import Cell, cells, evaluation_sets, paper_measure
from analysis.paper_numbers import PAPER_SETS, PaperNumbers
from analysis.settings import Settings
from analysis.stats import Interval, share
from analysis.tables.main import display
from analysis.tables.write import NOTHING, Section, Table, numbers, percent, points
from apeft.rng import keyed


def table(results: Results, settings: Settings, paper: PaperNumbers) -> Table:
    """Variants down, the paper's four sets across; one section for ours and for each model."""
    data, ours = [], {}
    for cell in cells(results):
        for role, name in PAPER_SETS.items():
            found = _role(results, cell, role, settings)
            ours[cell, role] = found
            about = {"variant": cell.name, "paper_set": name, "our_sets": _sets(results, role)}
            flat = about | numbers(found)
            for model in paper.order:
                flat[f"paper:{model}"] = paper.number(model, cell, role)
                flat[f"difference:{model}"] = paper.apart(model, cell, role, found)
            data.append(flat)
    heads = [f"{name}: {_sets(results, role) or NOTHING}" for role, name in PAPER_SETS.items()]
    rows = [
        (display(cell), *(percent(ours[cell, role]) for role in PAPER_SETS))
        for cell in cells(results)
    ]
    sections = [Section(f"Ours: {_model(results)}", ("variant", *heads), tuple(rows))]
    for model in paper.order:
        rows = [
            (display(cell), *(_beside(paper, model, cell, role, ours[cell, role])
                              for role in PAPER_SETS))
            for cell in cells(results)
        ]  # fmt: skip
        columns = ("variant", *PAPER_SETS.values())
        sections.append(Section(f"The paper's {model} (ours − paper)", columns, tuple(rows)))
    caption = (
        "The paper's layout: FActScore on Bio and FAVA, accuracy (here balanced) on FPQA and KUQA, "
        "in per cent with 95 % intervals. Our sets are named beside the paper's; a stand-in is not "
        "the same set, and a difference from another model's number is no failure to reproduce. "
        "A dash is a number that nobody could read yet (analysis/paper_numbers.csv) "
        f"({captions.seeds(results)}; {captions.intervals(settings)}; "
        f"{captions.flags(results)}{captions.CAUTION})."
    )
    return Table("paper", caption, pd.DataFrame(data), tuple(sections))


def _role(results: Results, cell: Cell, role: str, settings: Settings) -> Interval | None:
    """The paper's measure of a role, averaged over its sets."""
    found = [
        samples.level(results, cell, where, paper_measure(where))
        for where in evaluation_sets(results)
        if where.role == role
    ]
    there = [sample for sample in found if sample is not None]
    if not there or len(there) < len(found):
        return None
    rng = keyed(settings.seed, "paper", role)
    sample = samples.average(there)
    return share(sample, resamples=settings.bootstrap, rng=rng)


def _sets(results: Results, role: str) -> str:
    return ", ".join(
        style.set_title(one.name) for one in evaluation_sets(results) if one.role == role
    )


def _model(results: Results) -> str:
    rows = results.parameters[results.parameters["key"] == "model.name"]["value"]
    return str(json.loads(rows.iloc[0])) if len(rows) else "the model of this run"


def _beside(paper: PaperNumbers, model: str, cell: Cell, role: str, ours: Interval | None) -> str:
    number = paper.number(model, cell, role)
    if number is None:
        return NOTHING
    return f"{100 * number:.1f} ({points(paper.apart(model, cell, role, ours))})"
