"""r beside the base at the matching temperature; expected numbers are worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.load import Results
from analysis.measures import base_cell, tuned_cells
from analysis.settings import Settings
from analysis.sharpening import between, matching, sharpening
from analysis.tables.sharpening import table

T = np.array([0.5, 1.0, 1.5])


def test_the_matching_temperature_lies_on_the_line_between_measured_ones() -> None:
    assert matching(T, np.array([1.0, 3.0, 4.0]), 2.5) == pytest.approx(0.875)
    assert matching(T, np.array([1.0, 3.0, 4.0]), 3.0) == 1.0
    assert matching(T, np.array([1.0, 3.0, 4.0]), 4.0) == 1.5


@pytest.mark.parametrize("wanted", [0.99, 4.01])
def test_nothing_is_extrapolated_beyond_the_sampled_temperatures(wanted: float) -> None:
    assert matching(T, np.array([1.0, 3.0, 4.0]), wanted) is None


def test_values_between_temperatures_are_interpolated_fact_by_fact() -> None:
    values = np.array([[1.0, 0.5, 0.0], [0.0, 0.0, 1.0]])
    assert between(T, values, 0.75).tolist() == [0.75, 0.0]
    assert between(T, values, 1.5).tolist() == [0.0, 1.0]


def test_a_gain_that_the_sharper_base_has_too_is_no_gain(full: Results, settings: Settings) -> None:
    # The synthetic base has an entropy of 4 T and the tuned cells 3.6, so T = 0.9; its r is
    # 0.5 (0.475 in eighths) at T = 0.75 and 0.375 (0.4) at 1, hence 0.425 at 0.9; theirs is 0.5.
    cell = tuned_cells(full)[0]
    found = sharpening(full, cell, "bio", settings)
    assert found is not None
    assert found.temperature == pytest.approx(0.9)
    assert (found.entropy, found.base_entropy) == pytest.approx((3.6, 4.0))
    assert (found.r, found.base_r, found.matched_r) == pytest.approx((0.5, 0.375, 0.425))
    assert found.gain is not None
    assert found.gain.estimate == pytest.approx(0.075)
    # Every answer as the base's own: the base against itself at its own temperature gains nothing.
    own = full.answers[
        (full.answers["algorithm"] == "base") & (full.answers["temperature"] == 1.0)
    ].assign(algorithm=cell.algorithm, recipe=cell.recipe)
    kept = full.answers[full.answers["algorithm"] == "base"]
    same = replace(full, answers=pd.concat([kept, own], ignore_index=True))
    itself = sharpening(same, cell, "bio", settings)
    assert itself is not None
    assert itself.gain is not None
    assert (itself.temperature, itself.gain.estimate) == (1.0, 0.0)


def test_an_unscored_fact_leaves_every_side(full: Results, settings: Settings) -> None:
    answers = full.answers.copy()
    hit = (answers["algorithm"] == "base") & (answers["item"] == "bio/000#nationality")
    answers.loc[hit & (answers["temperature"] == 0.5), "r"] = np.nan
    cell = tuned_cells(full)[0]
    whole = sharpening(full, cell, "bio", settings)
    less = sharpening(replace(full, answers=answers), cell, "bio", settings)
    assert whole is not None
    assert less is not None
    assert less.facts == whole.facts - 1
    assert (whole.left_out, less.left_out) == (0, 1)


def test_without_log_probabilities_r_is_compared_and_the_rest_is_a_dash(
    full: Results, settings: Settings
) -> None:
    results = replace(full, answers=full.answers.assign(surprisal=np.nan))
    made = table(results, settings)
    assert len(made.data) == len(table(full, settings).data)
    shown = made.sections[0].rows[0]
    assert shown[2:] == ("–", "–", "–", "0.500", "0.375", "–", "–", str(24 * 5), "0")


def test_a_variant_without_a_scored_answer_has_a_row_that_counts_what_is_left_out(
    full: Results, settings: Settings
) -> None:
    cell = tuned_cells(full)[0]
    mine = (full.answers["algorithm"] == cell.algorithm) & (full.answers["recipe"] == cell.recipe)
    answers = full.answers.copy()
    answers.loc[mine, "r"] = np.nan
    shown = table(replace(full, answers=answers), settings).sections[0].rows[0]
    assert shown[2:] == ("–",) * 7 + ("0", str(24 * 5))


def test_the_table_has_a_row_for_each_variant_and_set_and_no_base(
    full: Results, settings: Settings
) -> None:
    made = table(full, settings)
    assert len(made.data) == 3 * len(tuned_cells(full))
    assert base_cell(full).name not in set(made.data["variant"])
