"""The paper's own result table, as far as somebody has transcribed it.

``paper_numbers.csv`` has the paper's layout: a row for each model, algorithm and recipe, a column
for each set, numbers in per cent as printed. A cell that nobody could read is empty, and stays so
until somebody with the paper fills it; nothing here is ever a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.load import BASE
from analysis.measures import ALGORITHMS, RECIPES, Cell
from analysis.stats import Interval
from apeft.errors import UserError

NUMBERS = Path(__file__).with_name("paper_numbers.csv")
# The paper's set of each role; ours are stand-ins unless a profile has the paper's own.
PAPER_SETS = {
    "in domain": "Bio",
    "ood long-form": "FAVA",
    "false premise": "FPQA",
    "known/unknown": "KUQA",
}
KEYS = ("model", "algorithm", "recipe")
FIX = "numbers are in per cent as the paper prints them; leave what cannot be read empty"


@dataclass(frozen=True)
class PaperNumbers:
    """The paper's numbers in 0..1 by (model, algorithm, recipe, set); empty cells are absent."""

    order: tuple[str, ...]  # of the models
    cells: Mapping[tuple[str, str, str, str], float]

    def models(self, role: str) -> list[str]:
        """Models of which any number of this role's set is known."""
        where = PAPER_SETS.get(role)
        return [one for one in self.order if any(k[0] == one and k[3] == where for k in self.cells)]

    def number(self, model: str, cell: Cell, role: str) -> float | None:
        """The paper's number, in 0..1; None where nobody could read it."""
        return self.cells.get((model, cell.algorithm, cell.recipe, PAPER_SETS.get(role, "")))

    def apart(self, model: str, cell: Cell, role: str, ours: Interval | None) -> float | None:
        """Ours less the paper's, in 0..1; None where one is not known."""
        theirs = self.number(model, cell, role)
        return None if theirs is None or ours is None else ours.estimate - theirs


def read_numbers(path: Path = NUMBERS) -> PaperNumbers:
    """Read and check the transcription; a fault is a UserError that names its line."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    expected = [*KEYS, *PAPER_SETS.values()]
    if list(table.columns) != expected:
        raise UserError(
            f"the columns must be {', '.join(expected)}", where=str(path), fix="restore its head"
        )
    known = {(BASE, ""), *((one, recipe) for one in ALGORITHMS for recipe in RECIPES)}
    cells: dict[tuple[str, str, str, str], float] = {}
    for line, row in enumerate(table.to_dict("records"), start=2):
        key = (str(row["model"]), str(row["algorithm"]), str(row["recipe"]))
        place = f"{path}, line {line}"
        if key[1:] not in known:
            raise UserError(
                f"no such variant in the paper: {' '.join(key[1:])}",
                where=place,
                fix=f"algorithms are {', '.join(ALGORITHMS)}, recipes {', '.join(RECIPES)}; "
                f"the untuned model is `{BASE}` without a recipe",
            )
        for name in PAPER_SETS.values():
            text = str(row[name]).strip()
            if not text:
                continue
            try:
                number = float(text)
            except ValueError:
                number = -1.0
            if not 0 <= number <= 100:
                raise UserError(f"{name} must be 0 to 100 (given: {text!r})", where=place, fix=FIX)
            if (*key, name) in cells:
                raise UserError("the same model and variant stand twice", where=place, fix=FIX)
            cells[(*key, name)] = number / 100
    return PaperNumbers(tuple(dict.fromkeys(str(one) for one in table["model"])), cells)
