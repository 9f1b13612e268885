"""Simulated studies of the real design, as many as seconds allow; the benchmark takes 2,000.

Bands are three binomial standard errors around what the benchmark must reach: 93 to 97 % coverage,
and at most 6 % family-wise error.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from apeft.rng import keyed
from benchmarks.coverage import (
    DEFAULT,
    EFFECT,
    LEAN,
    Study,
    covered,
    found_something,
    sets_of,
    simulate,
)


def slack(rate: float, studies: int) -> float:
    return 3 * math.sqrt(rate * (1 - rate) / studies)


def test_simulated_studies_have_the_effect_ties_and_gaps_that_they_say() -> None:
    samples = [
        sample
        for number in range(40)
        for sample in simulate(Study(3, EFFECT), keyed(1, number)).values()
    ]
    means = [float(one.values[one.size > 0].mean()) for one in samples]
    assert np.mean(means) == pytest.approx(EFFECT, abs=0.01)
    ties = np.mean([float((one.values[one.size > 0] == 0).mean()) for one in samples])
    assert 0.2 < ties < 0.7
    assert any((one.size == 0).any() for one in samples)
    largest = max(where.classes * where.entities for where in DEFAULT)
    assert max(one.clusters[1].size for one in samples) == largest


def test_a_simulated_study_has_the_sizes_of_the_parameters(tmp_path: Path) -> None:
    params = tmp_path / "params.yaml"
    params.write_text(
        "prompts: {test_people: 24, countries: 14, elements: 13, freshqa: 28, selfaware: 20}\n"
    )
    sizes = [(where.classes, where.entities) for where in sets_of(params)]
    assert sizes == [(1, 24), (1, 14), (1, 13), (2, 14), (2, 10)]


@pytest.mark.parametrize("seeds", [1, 3])
def test_intervals_cover_a_known_effect(seeds: int) -> None:
    studies = 120
    rows = [covered(Study(seeds, EFFECT), number, 200) for number in range(studies)]
    primary = np.mean([first for first, _, _ in rows])
    cells = np.mean([np.nanmean(rest) for _, rest, _ in rows])
    assert 0.93 - slack(0.93, studies) <= primary <= 0.97 + slack(0.97, studies)
    assert 0.93 - slack(0.93, 5 * studies) <= cells <= 0.97 + slack(0.97, 5 * studies)


def test_studies_with_movers_change_one_cell_of_a_text_of_those_entities_alone() -> None:
    study = Study(3, 0.0, movers=0.19, lean=LEAN)
    texts = [simulate(study, keyed(2, number))[0, "bio"] for number in range(60)]
    assert {round(float(value), 6) for one in texts for value in one.values.ravel()} == {
        -0.2,
        0,
        0.2,
    }
    moved = [float((one.values != 0).any(axis=0).mean()) for one in texts]
    assert np.mean(moved) == pytest.approx(0.19, abs=0.04)
    means = [float(one.values[one.size > 0].mean()) for one in texts]
    assert np.mean(means) == pytest.approx(study.truth(study.sets[0]), abs=0.006)


@pytest.mark.parametrize(("movers", "most"), [(0.5, 0.98), (0.19, 1.0), (0.0, 1.0)])
def test_intervals_and_floors_cover_where_parts_of_texts_move_and_where_few_do(
    movers: float, most: float
) -> None:
    # Where few can move a floor is wider than it need be, since what moves is a whole step.
    studies = 100
    study = Study(1, 0.0, movers=movers, lean=LEAN)
    rows = [covered(study, number, 200) for number in range(studies)]
    primary = np.mean([first for first, _, _ in rows])
    cells = np.nanmean([np.nanmean(rest) for _, rest, _ in rows])
    floors = np.mean([np.mean(rest) for _, _, rest in rows])
    assert 0.93 - slack(0.93, studies) <= primary <= min(1.0, most + slack(most, studies))
    assert 0.93 - slack(0.93, 5 * studies) <= cells <= min(1.0, most + slack(most, 5 * studies))
    assert floors > 0.9 if movers < 0.2 else floors < 0.7


@pytest.mark.parametrize("movers", [0.5, 0.19, 0.0])
def test_little_is_found_where_few_move_as_often_up_as_down(movers: float) -> None:
    studies = 60
    study = Study(1, 0.0, movers=movers)
    rows = [found_something(study, number, 999) for number in range(studies)]
    for errors in np.array(rows, dtype=float).T:
        assert errors.mean() <= 0.06 + slack(0.06, studies)


@pytest.mark.parametrize("seeds", [1, 3])
def test_where_nothing_is_true_little_is_found(seeds: int) -> None:
    studies = 60
    rows = [found_something(Study(seeds, 0.0), number, 999) for number in range(studies)]
    for errors in np.array(rows, dtype=float).T:
        assert errors.mean() <= 0.06 + slack(0.06, studies)
