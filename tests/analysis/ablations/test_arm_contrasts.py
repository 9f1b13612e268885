"""Arms by name, contrasts over sets, and their words; the gains are planted."""

from __future__ import annotations

from dataclasses import replace

import hand_made
import numpy as np
import pandas as pd
import pytest
from hand_made import Arm

from analysis.ablations.arms import (
    Contrast,
    arms,
    change,
    change_table,
    label,
    missing,
    scopes,
    sorted_out,
    told,
)
from analysis.measures import base_cell, cells
from analysis.omission import BY_OMISSION
from analysis.settings import Settings
from analysis.stats import Interval


def test_arms_are_the_recipes_of_the_algorithm_with_most_and_sft_is_an_arm_of_its_own() -> None:
    names = [("kto", "apeft"), ("dpo", "general"), ("dpo", "apeft"), ("sft", "apeft")]
    found = arms(hand_made.results({name: Arm() for name in names}))
    assert {arm: cell.name for arm, cell in found.items()} == {
        "general": "dpo-general",
        "apeft": "dpo-apeft",
        "sft-apeft": "sft-apeft",
    }


def test_without_training_there_are_no_arms() -> None:
    assert arms(hand_made.results({})) == {}


def test_a_ratio_is_told_as_one_and_an_unknown_arm_by_its_name() -> None:
    assert [label(one) for one in ("mix-1-3", "apeft", "own")] == ["1 : 3", "APEFT", "own"]


def test_a_missing_arm_is_named_with_its_reason() -> None:
    found = arms(hand_made.results({("dpo", "apeft"): Arm()}))
    text = missing(["apeft", "gap-wide", "mix-1-1"], found, {"gap-wide": "7 of 60 pairs"})
    assert text == "gap-wide (7 of 60 pairs), mix-1-1"


def test_a_planted_gain_comes_back_in_each_scope_and_out_of_domain_is_the_mean_of_sets(
    settings: Settings,
) -> None:
    made = hand_made.results({("dpo", "apeft"): Arm(gain=0.1)})
    one = Contrast("", arms(made)["apeft"], base_cell(made))
    found = {scope.name: change(made, one, scope, settings) for scope in scopes(made)}
    # Countries gain 0.1 and the questions nothing, so out of domain it is half of that.
    expected = {"in domain": 0.1, "out of domain": 0.05, "test facts": 0.0}
    for name, value in expected.items():
        interval = found[name]
        assert interval is not None
        assert interval.estimate == pytest.approx(value)
    assert found["in domain"] is not None
    assert found["in domain"].excludes_zero
    assert found["test facts"] is not None
    assert not found["test facts"].excludes_zero


def test_a_scope_in_which_an_arm_is_unscored_is_not_measured(settings: Settings) -> None:
    made = hand_made.results({("dpo", "apeft"): Arm()})
    items = made.items
    mine = (items["variant"] == "dpo-apeft-0") & (items["set"] == "countries")
    items.loc[mine & items["measure"].isin(["factscore", "right"]), "value"] = float("nan")
    one = Contrast("", arms(made)["apeft"], base_cell(made))
    found = {scope.name: change(made, one, scope, settings) for scope in scopes(made)}
    assert found["out of domain"] is None
    assert found["in domain"] is not None


def test_an_interval_with_zero_is_no_difference_that_could_be_seen() -> None:
    seen = Interval(0.03, 0.01, 0.05, 9, 9, "bootstrap")
    unseen = Interval(0.0, -0.01, 0.01, 9, 9, "bootstrap")
    bare = Interval(0.02, float("nan"), float("nan"), 3, 3, "none")
    assert told(seen) == "+3.0 points [+1.0, +5.0]"
    assert sorted_out([("a", seen), ("b", unseen), ("c", bare), ("d", None)]) == (
        "a difference for a (+3.0 points [+1.0, +5.0]); "
        "no difference could be seen for b (0.0 points [−1.0, +1.0]); "
        "without an interval: c (+2.0 points), d (not measured)"
    )


def test_a_gain_by_omission_is_named_in_the_tables_of_arms_too(settings: Settings) -> None:
    """FActScore rises by ten points under the second arm while no cell more is right."""
    results = hand_made.results(
        {("dpo", "apeft"): Arm(gain=0.0), ("dpo", "general"): Arm(gain=0.1)}
    )
    items = results.items
    bio = items[(items["set"] == "bio") & (items["measure"] == "right")]
    tuned = bio["recipe"] == "general"
    flat = items["value"].where(~((items["set"] == "bio") & (items["measure"] == "right")), 0.4)
    wrong = bio.assign(measure="wrong", value=np.where(tuned, 0.3, 0.6))
    made = replace(results, items=pd.concat([items.assign(value=flat), wrong], ignore_index=True))
    cell = {one.key: one for one in cells(made)}
    one = Contrast("general − APEFT", cell["dpo", "general"], cell["dpo", "apeft"])
    table = change_table("x", "", made, [one], settings)
    assert BY_OMISSION in str([section.rows for section in table.sections])
