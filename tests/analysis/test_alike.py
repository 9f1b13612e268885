"""Which cells coincide, by hand, and that every caption that shows them says so."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import synthetic

from analysis import load as loading
from analysis.alike import coincide, coinciding
from analysis.figures import captions, gains
from analysis.figures import results as results_figure
from analysis.load import Results
from analysis.paper_numbers import PaperNumbers
from analysis.settings import Settings
from analysis.tables import accounts, main, updates
from apeft.errors import UserError


@pytest.fixture
def results(tmp_path: Path) -> Results:
    """Three algorithms; DPO and KTO are one in both recipes."""
    size = synthetic.Size(
        algorithms=("dpo", "ipo", "kto"), entities=6, questions=8, tokens=12, steps=4
    )
    return loading.load(synthetic.write(tmp_path, size))


def between(results: Results, **cosines: float) -> Results:
    """The same with these cosines within `general`, by "one_other"; all others are 0.5."""
    table = results.updates.copy()
    table["cosine"] = 0.5
    for name, cosine in cosines.items():
        one, other = name.split("_")
        table.loc[
            (table["one"] == f"{one}-general-0") & (table["other"] == f"{other}-general-0"),
            "cosine",
        ] = cosine
    return replace(results, updates=table)


@pytest.mark.parametrize(
    ("cosines", "groups"),
    [
        ({}, ()),
        ({"dpo_kto": 0.95}, ()),  # above, not at
        ({"dpo_kto": 0.951}, (("dpo", "kto"),)),
        ({"dpo_ipo": 0.96, "ipo_kto": 0.97}, (("dpo", "ipo", "kto"),)),
        ({"dpo_ipo": -0.99}, ()),
    ],
)
def test_groups_are_joined_through_their_members(
    results: Results, cosines: dict[str, float], groups: tuple[tuple[str, ...], ...]
) -> None:
    expected = tuple(tuple((name, "general") for name in group) for group in groups)
    assert coinciding(between(results, **cosines)) == expected


def test_both_recipes_of_an_algorithm_may_be_one(results: Results, settings: Settings) -> None:
    table = between(results, dpo_kto=0.97).updates
    pair = table["one"].eq("dpo-general-0") & table["other"].eq("dpo-apeft-0")
    assert pair.sum() == 1
    same = replace(results, updates=table.assign(cosine=table["cosine"].mask(pair, 0.96)))
    assert coinciding(same) == ((("dpo", "general"), ("kto", "general"), ("dpo", "apeft")),)
    assert "DPO general = KTO general = DPO APEFT" in main.differences(same, settings).caption


def test_of_several_seeds_the_mean_counts_and_other_seeds_are_no_pair(tmp_path: Path) -> None:
    size = replace(synthetic.SMOKE, seeds=(0, 1))
    results = loading.load(synthetic.write(tmp_path, size))
    both = {recipe: (("dpo", recipe), ("kto", recipe)) for recipe in ("general", "apeft")}
    assert coinciding(results) == (both["general"], both["apeft"])
    table = results.updates.copy()
    second = (table["one"] == "dpo-general-1") & (table["other"] == "kto-general-1")
    assert second.sum() == 1
    table.loc[second, "cosine"] = 0.5
    assert coinciding(replace(results, updates=table)) == (both["apeft"],)


def test_one_adapter_has_nobody_to_be_like(results: Results) -> None:
    alone = replace(results, updates=results.updates.iloc[:0], training=results.training.iloc[:1])
    assert coinciding(alone) == ()
    assert coincide(alone) == ""
    assert [part.rows for part in updates.updates(alone).sections] == [()]


def test_captions_of_tables_and_figures_name_the_algorithms_that_are_one(
    results: Results, settings: Settings
) -> None:
    said = "one adapter in fact (cosine of updates above 0.95): DPO general = KTO general, "
    other = between(results)
    for caption in (
        lambda given: main.main_table(given, settings, PaperNumbers((), {})).caption,
        lambda given: main.differences(given, settings).caption,
        lambda given: gains.caption(given, settings),
        lambda given: results_figure.caption(given, settings),
        lambda given: accounts.training(given).caption,
        captions.flags,
    ):
        assert said in caption(results)
        assert "in fact" not in caption(other)
    assert "DPO APEFT = KTO APEFT" in updates.updates(results).caption
    assert "no two do" in updates.updates(other).caption


def test_the_table_holds_every_two_of_a_recipe_and_every_algorithms_recipes(
    results: Results,
) -> None:
    table = updates.updates(results)
    assert [(part.heading, len(part.rows)) for part in table.sections] == [
        ("general", 3), ("APEFT", 3), ("DPO", 1), ("IPO", 1), ("KTO", 1),
    ]  # fmt: skip
    assert ("DPO, KTO", "0", "0.999", "0.899", "one") in table.sections[0].rows
    assert table.sections[2].rows == (("general, APEFT", "0", "0.3", "0.2", ""),)
    assert len(table.data) == 6 * 5 / 2


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("cosine", "1.1", "must lie in -1..1"),
        ("equal_texts", "-0.1", "must lie in 0..1"),
        ("other", "nobody", "must be a trained variant"),
        ("one", "", "must not be empty"),
        ("texts", "x", "must be a whole number"),
    ],
)
def test_a_faulty_table_is_refused(tmp_path: Path, column: str, value: str, rule: str) -> None:
    folder = synthetic.write(tmp_path, synthetic.SMOKE)
    table = pd.read_csv(folder / "updates.csv", dtype=str)
    table.loc[0, column] = value
    table.to_csv(folder / "updates.csv", index=False)
    with pytest.raises(UserError, match=rule) as error:
        loading.load(folder)
    assert "updates.csv, row 1" in error.value.where
