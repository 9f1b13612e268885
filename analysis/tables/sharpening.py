"""r of every variant beside the base model at the temperature that matches its entropy."""

from __future__ import annotations

from dataclasses import asdict

import pandas as pd

from analysis import style
from analysis.figures import captions
from analysis.load import Results
from analysis.measures import evaluation_sets, tuned_cells
from analysis.settings import Settings
from analysis.sharpening import Sharpening, sharpening
from analysis.tables.main import display
from analysis.tables.write import NOTHING, Section, Table, numbers, percent, show

COLUMNS = (
    "variant", "set", "entropy", "of base", "matching temperature", "r", "r of base",
    "r of base, matched", "r − matched (points)", "n", "left out",
)  # fmt: skip


def table(results: Results, settings: Settings) -> Table:
    """One row for each tuned variant and long-form set."""
    data, rows = [], []
    for where in evaluation_sets(results):
        for cell in tuned_cells(results):
            found = sharpening(results, cell, where.name, settings)
            if found is None:
                continue
            plain = {k: v for k, v in asdict(found).items() if k != "gain"}
            data.append(
                {"variant": cell.name, "set": where.name} | plain | numbers(found.gain, "gain:")
            )
            rows.append((display(cell), style.set_title(where.name), *_shown(found)))
    caption = (
        "r of test facts beside the base model sampled at the temperature at which its answers "
        "have the variant's entropy (nats an answer; linear between the sampled temperatures, a "
        "dash where the entropy lies outside them or no log-probabilities are known). Left out "
        "are facts that are unscored for the variant or for the base at any temperature. A gain "
        "in r that the matched base has too is sharpening, not knowing "
        f"({captions.seeds(results)}, averaged per fact; "
        f"{captions.by_entity(settings)}; {captions.flags(results)}{captions.CAUTION})."
    )
    return Table("sharpening", caption, pd.DataFrame(data), (Section("", COLUMNS, tuple(rows)),))


def _shown(found: Sharpening) -> tuple[str, ...]:
    return (
        *(_number(value, 2) for value in (found.entropy, found.base_entropy)),
        show(found.temperature),
        *(_number(value, 3) for value in (found.r, found.base_r, found.matched_r)),
        percent(found.gain, signed=True, stars=True),
        str(found.facts),
        str(found.left_out),
    )


def _number(value: float | None, digits: int) -> str:
    return NOTHING if value is None else f"{value:.{digits}f}"
