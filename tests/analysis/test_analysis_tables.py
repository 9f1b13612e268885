from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.claims import PRIMARY, read_claims
from analysis.estimates import difference, estimate, shift_share
from analysis.ledger import ledger
from analysis.load import COLUMNS, Results
from analysis.measures import ACCURACY, FACTSCORE, base_cell, cells, evaluation_sets, recipe_pairs
from analysis.metrics import metrics
from analysis.paper_numbers import PaperNumbers
from analysis.settings import Settings
from analysis.stats import Interval
from analysis.tables import accounts, breakdown, main, shift
from analysis.tables.write import NOTHING, Table, latex, markdown, percent, plain, visible
from analysis.verdicts import ADAPTERS

NO_NUMBERS = PaperNumbers((), {})


def row(item: str, value: float | None, **more: object) -> dict[str, object]:
    base = {"variant": "base", "algorithm": "base", "recipe": "", "seed": 0, "set": "bio"}
    base |= {"role": "in domain", "entity": item.split("#")[0], "item": item, "relation": ""}
    return base | {"group": "", "measure": "factscore", "value": value} | more


def results_of(rows: list[dict[str, object]], like: Results) -> Results:
    items = pd.DataFrame(rows).astype({"value": float})
    return replace(like, items=items, shift=like.shift.iloc[:0], counts={}, collapse={})


def tuned(seed: int = 0) -> dict[str, object]:
    return {"variant": f"dpo-apeft-{seed}", "algorithm": "dpo", "recipe": "apeft", "seed": seed}


def test_seeds_of_one_item_are_averaged_before_items_are(
    smoke: Results, settings: Settings
) -> None:
    # Item a is scored under two seeds (mean 0.5), b under one (1.0): 0.75, not 2/3.
    rows = [row("a", 0.0), row("b", 0.0), row("a", 1.0, **tuned(0)), row("a", 0.0, **tuned(1))]
    rows += [row("b", 1.0, **tuned(0)), row("b", None, **tuned(1))]
    results = results_of(rows, smoke)
    cell, where = cells(results)[1], evaluation_sets(results)[0]
    assert cell.seeds == (0, 1)
    found = estimate(results, cell, where, FACTSCORE, settings)
    assert found is not None
    assert found.estimate == pytest.approx(0.75)
    assert found.items == 2


def test_a_difference_uses_only_items_that_both_have_scored(
    smoke: Results, settings: Settings
) -> None:
    # a: 1.0 - 0.5; b is unscored by the tuned model, c by the base model.
    rows = [row("a", 0.5), row("b", 0.9), row("c", None), row("a", 1.0, **tuned())]
    rows += [row("b", None, **tuned()), row("c", 0.1, **tuned())]
    results = results_of(rows, smoke)
    base, cell = cells(results)
    found = difference(results, cell, base, evaluation_sets(results)[0], FACTSCORE, settings)
    assert found is not None
    assert (found.estimate, found.items) == (pytest.approx(0.5), 1)


def test_balanced_accuracy_is_not_said_when_a_class_is_wholly_unscored(
    smoke: Results, settings: Settings
) -> None:
    ask = {"set": "selfaware", "role": "known/unknown", "measure": "correct"}
    rows = [row("a", 1.0, **ask, group="answerable"), row("b", None, **ask, group="unanswerable")]
    results = results_of(rows, smoke)
    where = evaluation_sets(results)[0]
    assert estimate(results, base_cell(results), where, ACCURACY, settings) is None


def test_shift_share_counts_only_the_shared_first_positions(
    smoke: Results, settings: Settings
) -> None:
    shifts = smoke.shift.assign(rank=np.where(smoke.shift["position"] < 3, 9, 1))
    results = replace(smoke, shift=shifts)
    where, cell = evaluation_sets(results)[0], cells(results)[1]
    narrow = Settings(50, 0, 0.05, 0.02, first_positions=3)
    found = shift_share(results, cell, where, narrow)
    assert found is not None
    assert found.estimate == 1.0


def test_scored_and_unscored_add_up_to_every_collected_row(gaps: Results) -> None:
    table = accounts.unscored(gaps).data
    assert (table["scored"] + table["unscored"] == table["total"]).all()
    assert table["total"].sum() == len(gaps.items)
    assert table["unscored"].sum() == gaps.items["value"].isna().sum() > 0


def test_the_parameters_table_prints_every_class_in_every_form(smoke: Results) -> None:
    table = accounts.parameters(smoke)
    assert list(table.data.columns) == ["key", "value", "class", "note"]
    assert len(table.data) == len(smoke.parameters) > 10
    assert table.sections[0].columns == ("key", "value", "class", "note")
    assert "| sample.n | 4 | paper-unknown | biographies a person, FLAME's 4 |" in markdown(table)
    row = r'atomic.classes & ["potentially\_known"] & paper & facts with 0 $<$ r $<$ 1 \\'
    assert row in latex(table)


def test_the_training_table_names_the_class_of_each_setting_and_of_no_count(
    smoke: Results,
) -> None:
    table = accounts.training(smoke)
    heads = table.sections[0].columns
    assert heads[4:7] == ("beta (paper-unknown)", "learning rate (ours)", "steps (ours)")
    assert not any("(" in head for head in heads[7:])
    assert list(table.data.columns) == list(COLUMNS["training"])  # machines read plain names
    assert "| beta (paper-unknown) |" in markdown(table)


def test_an_algorithms_own_value_and_a_budget_in_epochs_have_classes_of_their_own(
    smoke: Results,
) -> None:
    rows = smoke.parameters.set_index("key")
    rows.loc["training.kto.beta", "class"] = "ours"
    rows.loc["training.budget", "value"] = '"epochs"'
    rows.loc["training.epochs", "class"] = "paper"
    heads = accounts.training(replace(smoke, parameters=rows.reset_index())).sections[0].columns
    assert heads[4] == "beta (paper-unknown: dpo; ours: kto)"
    assert heads[6] == "steps (paper)"


@pytest.mark.parametrize("which", ["by_relation", "questions"])
def test_breakdowns_account_for_every_item(which: str, full: Results, settings: Settings) -> None:
    table = getattr(breakdown, which)(full, settings).data
    assert (table["scored"] + table["unscored"] == table["total"]).all()
    column, measures = {
        "by_relation": ("relation", breakdown.CELLS), "questions": ("group", breakdown.RATES),
    }[which]  # fmt: skip
    mine = full.items[full.items[column] != ""]
    assert table["total"].sum() == mine["measure"].isin(measures).sum()


def test_main_table_has_a_row_per_variant_in_every_form(gaps: Results, settings: Settings) -> None:
    table = main.main_table(gaps, settings, NO_NUMBERS)
    names = [cell.name for cell in cells(gaps)]
    assert list(table.data["variant"]) == names
    assert names[0] == "base"
    assert "ipo-apeft" not in names
    assert {"bio:right:low", "bio:f1:low", "bio:supported:low", "selfaware:abstains:low"} <= set(
        table.data.columns
    )
    for section in table.sections:
        assert len(section.rows) == len(names)
    assert markdown(table).count("| DPO APEFT |") == 5
    assert latex(table).count("DPO APEFT &") == 5


def test_differences_pair_apeft_with_general_of_the_same_algorithm(
    gaps: Results, settings: Settings
) -> None:
    table = main.differences(gaps, settings).data
    contrast = table[table["contrast"] == "apeft − general"]
    assert set(zip(contrast["variant"], contrast["against"], strict=True)) == {
        ("dpo-apeft", "dpo-general"),
        ("cpo-apeft", "cpo-general"),
    }


def test_shifted_tokens_are_the_lowest_ranked_of_each_set(
    full: Results, settings: Settings
) -> None:
    table = shift.shifted_tokens(full, settings).data
    for name, rows in table.groupby("set"):
        everything = full.shift[full.shift["set"] == name]["rank"]
        assert len(rows) <= shift.SHOWN
        assert rows["rank"].max() == everything.max()
        assert rows["rank"].min() > 3
        assert rows["rank"].is_monotonic_decreasing


def test_shares_of_ranks_are_those_counted_of_all_tokens_and_of_those_that_could_move(
    full: Results, settings: Settings
) -> None:
    # Independent path: counted in the tokens themselves; one seed, so no mean over seeds.
    table = shift.shift(full, settings).data.set_index(["variant", "set"])
    tokens = full.shift[full.shift["position"] < settings.first_positions]
    tokens = tokens[(tokens["variant"] == "cpo-general-0") & (tokens["set"] == "bio")]
    free = tokens[(tokens["p_top"] < 0.9) & (tokens["copied"] == 0)]
    row = table.loc[("cpo-general", "bio")]
    assert (row["tokens"], row["tokens:could move"]) == (len(tokens), len(free))
    for rank in (1, 3):
        for name, some in (("all", tokens), ("could move", free)):
            share = (some["rank"] > rank).mean()
            assert row[f"rank > {rank}, {name}:estimate"] == pytest.approx(share)


def test_a_set_whose_tokens_cannot_move_is_named_with_the_reason_and_has_no_number(
    full: Results, settings: Settings
) -> None:
    still = full.shift.assign(
        p_top=full.shift["p_top"].where(full.shift["set"] != "elements", 0.99)
    )
    table = shift.shift(replace(full, shift=still), settings)
    rows = table.data[table.data["set"] == "elements"]
    assert set(rows["reason"]) == {"no token could move"}
    assert rows["rank > 1, could move:estimate"].isna().all()
    assert rows["rank > 1, all:estimate"].notna().all()
    shown = [row for row in table.sections[0].rows if row[1] == "Elements"]
    assert all("no token could move" in row for row in shown)


def test_metrics_of_one_seed_equal_the_main_table(full: Results, settings: Settings) -> None:
    found = metrics(full, settings)
    table = main.main_table(full, settings, NO_NUMBERS).data.set_index("variant")
    assert found["dpo-apeft-0"]["bio.factscore"] == pytest.approx(
        table.loc["dpo-apeft", "bio:factscore:estimate"]
    )
    assert found["kto-general-0"]["selfaware.balanced_accuracy"] == pytest.approx(
        table.loc["kto-general", "selfaware:balanced_accuracy:estimate"]
    )


def test_a_cell_that_cannot_be_said_is_a_dash_never_a_zero() -> None:
    assert percent(None) == NOTHING
    assert percent(Interval(math.nan, 0, 1, 0, 0, "none")) == NOTHING
    assert percent(Interval(0.5, math.nan, math.nan, 2, 2, "none")) == "50.0"
    assert percent(Interval(-0.021, -0.04, -0.001, 9, 9, "bootstrap"), signed=True, stars=True) == (
        "−2.1* [−4.0, −0.1]"
    )
    assert percent(Interval(-0.0001, -0.04, 0.04, 9, 9, "bootstrap"), signed=True).startswith("0.0")


def test_model_text_cannot_become_markup() -> None:
    token = visible(" <b>|\n")
    table: Table = plain("x", "c", pd.DataFrame({"token": [token]}))
    assert token == "␣<b>|\\n"
    assert "␣&lt;b>\\|\\\\n" in markdown(table)
    assert r"\textvisiblespace{}$<$b$>$$|$\textbackslash{}n" in latex(table)


def test_letters_that_plain_latex_fonts_lack_become_code_points() -> None:
    table = plain("x", "c", pd.DataFrame({"token": ["日König"]}))
    assert "U+65E5König" in latex(table)


def test_a_recipe_without_pairs_of_one_kind_is_named_and_compared_with_nothing(
    full: Results, settings: Settings
) -> None:
    assert "not APEFT" not in accounts.training(full).caption
    table = full.training.copy()
    table.loc[(table["recipe"] == "apeft") & (table["algorithm"] == "dpo"), "pairs_atomic"] = 0
    half = replace(full, training=table)
    caption = accounts.training(half).caption
    assert "no atomic pair was made for apeft of dpo, which is not APEFT then" in caption
    assert {cell.algorithm for cell, _ in recipe_pairs(full)} == {
        *(cell.algorithm for cell, _ in recipe_pairs(half)), "dpo",
    }  # fmt: skip
    data = main.differences(half, settings).data
    compared = data.loc[data["contrast"] == "apeft − general", "variant"]
    assert len(compared)
    assert not compared.str.startswith("dpo").any()
    tested = ledger(half, read_claims(), settings)
    primary = next(one for one in tested if one.claim.family == PRIMARY)
    assert "dpo" in primary.tests[0].answers[ADAPTERS].reason
