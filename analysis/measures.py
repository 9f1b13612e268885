"""Which variants and sets a run has, and by which measures a set is judged.

Sets are known by their role, so that a new set needs no change here. The first measure of every
set is the share right, which leaving out cannot raise: of the cells of long-form prompts, or of
questions (the mean over their two classes). The paper's own stand beside it: FActScore and balanced
accuracy. A set of which the share right cannot be said is led by the next measure.
docs/measures.md says of each what it cannot see and what could buy it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from analysis.load import BASE, Results, split
from analysis.sample import Floats, Labels
from analysis.settings import Settings

ROLES = ("in domain", "ood long-form", "false premise", "known/unknown")
QUESTION_ROLES = ("false premise", "known/unknown")
KNOWN_SETS = (
    "bio", "factscore", "fava", "countries", "elements", "falseqa", "freshqa-premise", "kuq",
    "selfaware",
)  # fmt: skip
ALGORITHMS = ("dpo", "ipo", "kto", "cpo", "rso")
RECIPES = ("general", "apeft")


@dataclass(frozen=True)
class Cell:
    """All seeds of one algorithm and recipe; the base model is the cell ("base", "")."""

    algorithm: str
    recipe: str
    seeds: tuple[int, ...]
    collapsed: bool

    @property
    def key(self) -> tuple[str, str]:
        """The pair that identifies the cell."""
        return self.algorithm, self.recipe

    @property
    def name(self) -> str:
        """Plain name, as in the tables: "base", "dpo-apeft"."""
        return "-".join(part for part in self.key if part)


@dataclass(frozen=True)
class EvaluationSet:
    """A set of prompts or questions with the role that it plays.

    ``truth``: whether the share right can be said of it.
    """

    name: str
    role: str
    truth: bool = True

    @property
    def asks(self) -> bool:
        """Whether its items are questions of two classes, not long-form prompts."""
        return self.role in QUESTION_ROLES


@dataclass(frozen=True)
class Measure:
    """A main measure: ``source`` in items.csv, averaged in the way that ``kind`` says."""

    key: str
    label: str  # of an axis, in at most two lines
    short: str  # of a column
    source: str
    kind: str  # "mean" (of shares), "rate" (of 0 and 1), "balanced" (over classes) or "amount"


RANKS = ("rank1", "pairs_right", "margin", "among")
TERNARY = ("right", "wrong", "omitted", "abstains")
FACTSCORE = Measure("factscore", "FActScore", "FActScore", "factscore", "mean")
RANK1 = Measure("rank1", "Ranked\nfirst (K*)", "ranked first (K*)", "rank1", "rate")
ACCURACY = Measure(
    "balanced_accuracy", "Balanced\naccuracy", "balanced accuracy", "correct", "balanced"
)
LONG_FORM = (
    Measure("right", "Cells right", "right", "right", "rate"),
    Measure("wrong", "Cells wrong", "wrong", "wrong", "rate"),
    Measure("omitted", "Cells omitted", "omitted", "omitted", "rate"),
    Measure("f1", "F1@K", "F1@K", "f1", "mean"),
    FACTSCORE,
    RANK1,
)
QUESTIONS = (
    Measure("right", "Answers right", "right", "right", "balanced"),
    Measure("wrong", "Answers wrong", "wrong", "wrong", "balanced"),
    Measure("abstains", "Abstains", "abstains", "abstains", "balanced"),
    ACCURACY,
    Measure("balanced_choice", "Balanced\nscored choice", "scored choice", "choice", "balanced"),
)


def main_measures(where: EvaluationSet) -> tuple[Measure, ...]:
    """Main measures of a set, the first of them the one that is set against the shift."""
    every = QUESTIONS if where.asks else LONG_FORM
    return every if where.truth else tuple(one for one in every if one.key not in TERNARY)


def paper_measure(where: EvaluationSet) -> Measure:
    """The measure by which the paper judges a set of this role."""
    return ACCURACY if where.asks else FACTSCORE


def rank(value: str, order: tuple[str, ...]) -> tuple[int, str]:
    """Where a name stands in an order; others come after it by name."""
    return (order.index(value) if value in order else len(order), value)


@lru_cache(maxsize=64)
def cells(results: Results) -> tuple[Cell, ...]:
    """Every cell that was evaluated: base first, then by algorithm and recipe."""
    keys = ["algorithm", "recipe", "seed", "variant"]
    rows = results.items[keys].drop_duplicates()
    found = []
    for (algorithm, recipe), group in split(rows, ["algorithm", "recipe"]).items():
        flagged = any(
            bool(results.collapse.get(name, {}).get("flag")) for name in sorted(group["variant"])
        )
        found.append(
            Cell(algorithm, recipe, tuple(sorted({int(seed) for seed in group["seed"]})), flagged)
        )
    found.sort(
        key=lambda cell: (
            cell.algorithm != BASE,
            rank(cell.algorithm, ALGORITHMS),
            rank(cell.recipe, RECIPES),
        )
    )
    return tuple(found)


def tuned_cells(results: Results) -> list[Cell]:
    """Every cell but the base model."""
    return [cell for cell in cells(results) if cell.algorithm != BASE]


def recipe_pairs(results: Results) -> list[tuple[Cell, Cell]]:
    """The pair (apeft, general) of each algorithm that was tuned with both recipes.

    A cell of apeft that had pairs of one kind alone is not APEFT: nothing is compared with it.
    """
    by_key = {cell.key: cell for cell in tuned_cells(results)}
    halved = set().union(*one_kind(results).values())
    return [
        (cell, by_key[cell.algorithm, "general"])
        for cell in by_key.values()
        if cell.recipe == "apeft"
        and (cell.algorithm, "general") in by_key
        and cell.algorithm not in halved
    ]


def one_kind(results: Results) -> dict[str, list[str]]:
    """By kind of pairs, the algorithms whose cell of apeft had none of it."""
    both = results.training[results.training["recipe"] == "apeft"]
    return {
        kind: sorted(set(both.loc[both[f"pairs_{kind}"] == 0, "algorithm"]))
        for kind in ("general", "atomic")
    }


@lru_cache(maxsize=64)
def evaluation_sets(results: Results) -> tuple[EvaluationSet, ...]:
    """Every set, in domain first, then by role."""
    frames = [results.items[["set", "role"]], results.shift[["set", "role"]]]
    rows = pd.concat(frames).drop_duplicates()
    found = [
        EvaluationSet(name, role, _truth(results, name, asks=role in QUESTION_ROLES))
        for name, role in zip(rows["set"], rows["role"], strict=True)
    ]
    found.sort(key=lambda one: (rank(one.role, ROLES), rank(one.name, KNOWN_SETS)))
    return tuple(found)


def _truth(results: Results, name: str, *, asks: bool) -> bool:
    """Whether the base has a share right on a set: for questions, in each of their classes."""
    rows = results.by_measure.get((BASE, "", name, "right"))
    if rows is None:
        return False
    return not asks or frozenset(rows["group"]) == classes(results, name, "right")


def asked(results: Results) -> pd.DataFrame:
    """Rows of items of what was asked to be written: ranked facts are of further entities too."""
    return results.items[~results.items["measure"].isin(RANKS)]


def seed_means(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per item (its mean over the seeds that scored it), sorted by item."""
    columns = ["item", "entity", "relation", "group"]
    if rows["item"].is_unique:
        return rows.sort_values("item")[[*columns, "value"]].reset_index(drop=True)
    by_item = rows.groupby("item", sort=True)
    table = by_item[columns[1:]].first()
    return table.assign(value=by_item["value"].mean()).reset_index()


@lru_cache(maxsize=4096)
def scored(results: Results, cell: Cell, where: str, source: str) -> pd.DataFrame | None:
    """Scored items of a cell on a set, averaged over seeds; None when there is none."""
    rows = results.by_measure.get((*cell.key, where, source))
    return None if rows is None else seed_means(rows)


def values(rows: pd.DataFrame) -> Floats:
    """Column ``value`` as floats [N]."""
    return rows["value"].to_numpy(dtype=np.float64)


def labels(rows: pd.DataFrame, column: str) -> Labels:
    """A text column as Python strings [N]."""
    return rows[column].to_numpy(dtype=object)


def base_cell(results: Results) -> Cell:
    """The base model's cell (loading refuses results without one)."""
    return next(cell for cell in cells(results) if cell.algorithm == BASE)


@lru_cache(maxsize=256)
def classes(results: Results, where: str, source: str) -> frozenset[str]:
    """Classes of question that a measure has on a set, scored or not."""
    items = results.items
    rows = items[(items["set"] == where) & (items["measure"] == source)]
    return frozenset(rows["group"])


def shift_rows(
    results: Results,
    cell: Cell,
    where: EvaluationSet,
    settings: Settings,
    *,
    free: bool = False,
) -> pd.DataFrame | None:
    """Token rows of a cell on a set over the shared first positions; None when there is none.

    With ``free`` only tokens that could move: the base's first choice is less likely than
    ``settings.sure`` there, and the token is not of a word that the prompt has already.
    """
    rows = results.shift_of.get((*cell.key, where.name))
    if rows is None:
        return None
    rows = rows[rows["position"] < settings.first_positions]
    if free:
        rows = rows[(rows["p_top"] < settings.sure) & (rows["copied"] == 0)]
    return None if rows.empty else rows


def marginal_rank(results: Results) -> int:
    """The last rank that is marginal and not shifted, as it was when the tokens were collected."""
    parameters = results.parameters
    return int(parameters.loc[parameters["key"] == "collect.marginal_rank", "value"].iloc[0])
