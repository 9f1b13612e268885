"""Do intervals cover, and do tests hold their level? Simulated studies of the real design.

``python -m benchmarks.coverage [--studies 2000]`` writes ``reports/coverage.json``: for studies
with few and many seeds that matter little and much, how often the 95 % interval covers a known
effect (of the primary contrast, the mean over algorithms and sets, and of the cells algorithm x
set), and how often a claim is found where nothing is true (the primary one, and any of the grid's
25 after Holm; two-sided at 5 %). A study looks like the default one: five sets with the numbers of
people and questions that params.yaml has, scores in few steps with many ties, unscored items, five
algorithms, an effect of each seed, and noise of each text. In studies with ``movers`` a text has
five cells, of which one changes in that share of the entities, and nothing in the others: where few
of 16 can move, or none, most of an interval is a floor, which must cover as well.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import yaml

from analysis.crossed import FLOOR, infer
from analysis.sample import Floats, Sample, combine, make
from analysis.significance import holm, p_value
from apeft.records import Record, write_json
from apeft.rng import keyed

ROOT = Path(__file__).resolve().parents[1]
ALPHA = 0.05
EFFECT = 0.0345
CELLS = 5  # of a text that moves in parts
LEAN = 0.6  # of what moved: more got better than worse by this share


@dataclass(frozen=True)
class Set:
    """A simulated set: ``classes`` of ``entities`` each, scores in steps of 1/``facts``."""

    name: str
    classes: int
    entities: int
    facts: int
    unscored: float


def sets_of(params: Path) -> tuple[Set, ...]:
    """Give the five sets of the paper's design at the sizes of a file of parameters."""
    sizes = yaml.safe_load(params.read_text())["prompts"]
    return (
        Set("bio", 1, sizes["test_people"], 4, 0.05),
        Set("countries", 1, sizes["countries"], 3, 0.1),
        Set("elements", 1, sizes["elements"], 3, 0.1),
        Set("freshqa-premise", 2, sizes["freshqa"] // 2, 1, 0.05),
        Set("selfaware", 2, sizes["selfaware"] // 2, 1, 0.05),
    )


DEFAULT = sets_of(ROOT / "params.yaml")


@dataclass(frozen=True)
class Study:
    """What a simulated study is made of.

    ``effect``: of apeft against general, in points of 0..1; ``by_seed``: standard deviation of
    what one seed adds on one set; ``by_entity``: of what one entity adds; ``moved``: share of
    facts that a variant says differently from another (the rest are ties). With ``movers``, the
    share of entities that can change at all, by one cell of a text or by their question, ``effect``
    and ``moved`` are not used: of what moved, ``lean`` more gets better than worse.
    """

    seeds: int
    effect: float
    sets: tuple[Set, ...] = DEFAULT
    algorithms: int = 5
    by_seed: float = 0.02
    by_entity: float = 0.05
    moved: float = 0.5
    movers: float | None = None
    lean: float = 0.0

    def truth(self, where: Set) -> float:
        """The expected difference on a set."""
        if self.movers is None:
            return self.effect
        return self.movers * self.lean / cells_of(where)


def cells_of(where: Set) -> int:
    """Parts of which one can move: a text's cells, or a question whole."""
    return CELLS if where.facts > 1 else 1


# One seed; few and many seeds that hardly matter; and seeds that move a set by 6 points, more than
# what is looked for.
CASES = (
    Study(1, 0),
    Study(3, 0),
    Study(10, 0),
    Study(3, 0, by_seed=0.06),
    Study(10, 0, by_seed=0.06),
    Study(1, 0, movers=0.5),
    Study(3, 0, movers=0.5),
    Study(1, 0, movers=0.19),
    Study(3, 0, movers=0.19),
    Study(1, 0, movers=0.0),
)


def simulate(study: Study, rng: np.random.Generator) -> dict[tuple[int, str], Sample]:
    """Paired differences apeft - general by (algorithm, set).

    A fact is said differently with probability ``moved``; then it got better with probability
    1/2 + shift / (2 moved) and worse otherwise, so that the expected change is ``shift`` exactly.
    """
    found = {}
    # A seed's luck is half its own on every set, half of each set.
    one_luck = rng.normal(0, study.by_seed, (study.algorithms, study.seeds, 1))
    for where in study.sets:
        count = where.classes * where.entities
        names = np.array([f"{where.name}/{n}" for n in range(count)], dtype=object)
        classes = np.array([str(n % where.classes) for n in range(count)], dtype=object)
        strata = np.array([f"{where.name}/{one}" for one in classes], dtype=object)
        easy = rng.normal(0, study.by_entity, count)  # of an entity, whatever the algorithm
        luck = (one_luck + rng.normal(0, study.by_seed, one_luck.shape)) / math.sqrt(2)
        own = rng.normal(0, study.by_entity, (study.algorithms, 1, count))
        if study.seeds == 1:  # the claim is about these adapters: their luck is their effect
            luck = np.zeros_like(luck)
        shift = np.clip(study.effect + easy + luck + own, -study.moved, study.moved)
        step = None
        if study.movers is None:
            shape = (where.facts, *shift.shape)
            better = rng.random(shape) < 0.5 + shift / (2 * study.moved)
            change = np.where(rng.random(shape) < study.moved, np.where(better, 1.0, -1.0), 0.0)
            values = change.mean(axis=0)
        else:
            better = rng.random(shift.shape) < (1 + study.lean) / 2
            step = np.full(count, 1 / cells_of(where))
            values = step * np.where(better, 1.0, -1.0) * (rng.random(count) < study.movers)
        values[rng.random(values.shape) < where.unscored] = np.nan
        for algorithm in range(study.algorithms):
            found[algorithm, where.name] = make(
                values[algorithm],
                names,
                groups=classes,
                strata=strata,
                seeds=tuple(range(study.seeds)),
                paired=True,
                step=step,
            )
    return found


def average(cells: dict[tuple[int, str], Sample]) -> Sample:
    """The primary contrast: the mean over algorithms and sets."""
    return combine(list(cells.values()), [1 / len(cells)] * len(cells))


def covered(study: Study, number: int, resamples: int) -> tuple[float, list[float], list[bool]]:
    """Whether a study's primary interval covers the effect, and one algorithm's cells' (1 or 0).

    With it, of the cells, whether a floor stands in the place of an interval.
    NaN: no interval, since unscored items leave too few entities.
    """
    rng = keyed(0, "coverage", number, study.seeds)
    cells = simulate(study, rng)

    def covers(sample: Sample, truth: float) -> tuple[float, bool]:
        one = infer(sample, resamples=resamples, rng=rng)
        held = one.low <= truth <= one.high if one.known else math.nan
        return held, one.method == FLOOR

    truth = {where.name: study.truth(where) for where in study.sets}
    chosen = number % study.algorithms  # all are alike: one of them a study tells as much
    of_cells = [covers(one, truth[key[1]]) for key, one in cells.items() if key[0] == chosen]
    primary, _ = covers(average(cells), float(np.mean(list(truth.values()))))
    return primary, [one for one, _ in of_cells], [floor for _, floor in of_cells]


def found_something(study: Study, number: int, permutations: int) -> tuple[bool, bool]:
    """Whether the primary claim, and whether any of the grid's, is found in one study."""
    cells = simulate(study, keyed(0, "error", number, study.seeds))

    def test(sample: Sample) -> float:
        return p_value(sample, 0.0, "two-sided", seed=number, permutations=permutations)

    grid = holm(np.array([test(sample) for sample in cells.values()]))
    return test(average(cells)) <= ALPHA, bool((grid <= ALPHA).any())


def _coverage(study: Study, numbers: range, resamples: int) -> Floats:
    rows = [covered(study, number, resamples) for number in numbers]
    return np.array([[float(one), float(np.nanmean(two)), float(np.mean(three))]
                     for one, two, three in rows])  # fmt: skip


def _errors(study: Study, numbers: range, permutations: int) -> Floats:
    rows = [found_something(study, number, permutations) for number in numbers]
    return np.array(rows, dtype=np.float64)


def rates(rows: Floats) -> Iterator[Record]:
    """Mean of each column with its standard error."""
    for column in rows.T:
        error = float(column.std(ddof=1)) / math.sqrt(len(column))
        yield {"rate": round(float(column.mean()), 4), "standard_error": round(error, 4)}


def measure(study: Study, studies: int, resamples: int, permutations: int, workers: int) -> Record:
    """Coverage with a known effect and family-wise error without one, in studies of one kind."""
    ends = np.linspace(0, studies, 4 * workers + 1).astype(int)
    jobs = [range(start, stop) for start, stop in pairwise(ends) if stop > start]
    known, none = replace(study, effect=EFFECT, lean=LEAN), replace(study, effect=0.0, lean=0.0)
    with ProcessPoolExecutor(workers) as pool:
        some = [pool.submit(_coverage, known, job, resamples) for job in jobs]
        nothing = [pool.submit(_errors, none, job, permutations) for job in jobs]
        primary, cells, floors = rates(np.concatenate([one.result() for one in some]))
        first, grid = rates(np.concatenate([one.result() for one in nothing]))
    return {
        "seeds": study.seeds,
        "by_seed": study.by_seed,
        "movers": study.movers,
        "coverage": {"primary": primary, "cells": cells},
        "floors": floors["rate"],
        "error": {"primary": first, "grid": grid},
    }


def main() -> None:
    """Read the command line, simulate, write reports/coverage.json and print a line a case."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage", description=__doc__)
    parser.add_argument("--studies", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=1)
    arguments = parser.parse_args()
    report: Record = {
        "studies": arguments.studies,
        "effect": EFFECT,
        "entities": {one.name: one.classes * one.entities for one in DEFAULT},
        "cases": [],
    }
    for study in CASES:
        made = measure(study, arguments.studies, 300, 999, arguments.workers)
        report["cases"].append(made)
        write_json(ROOT / "reports" / "coverage.json", report)
        print(made, flush=True)


if __name__ == "__main__":
    main()
