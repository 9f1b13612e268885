from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats as scipy_stats

from analysis.estimates import difference, shift_share
from analysis.load import Results
from analysis.measures import base_cell, cells, evaluation_sets, main_measures
from analysis.paper_numbers import NUMBERS, read_numbers
from analysis.power import needed
from analysis.regions import alignment
from analysis.settings import Settings
from analysis.tables import alignment as alignment_table
from analysis.tables import main, paper, power
from analysis.tables.write import markdown
from apeft.errors import UserError


def test_regions_are_read_off_the_same_shift_and_change_as_the_tables(
    full: Results, settings: Settings
) -> None:
    cell, where = cells(full)[1], evaluation_sets(full)[0]
    found = alignment(full, [(cell, where)], settings)
    shift = shift_share(full, cell, where, settings, free=True)
    change = difference(full, cell, base_cell(full), where, main_measures(where)[0], settings)
    assert found
    assert shift
    assert change
    assert found.shift.estimate == pytest.approx(shift.estimate)
    assert found.change.estimate == pytest.approx(change.estimate)
    assert (found.change.low, found.change.high) == pytest.approx(
        (change.low, change.high), abs=0.05
    )


def test_probabilities_follow_the_borders(full: Results, settings: Settings) -> None:
    cell, where = cells(full)[1], evaluation_sets(full)[0]

    def odds(small_shift: float, small_change: float) -> tuple[float, float, float]:
        one = Settings(200, 0, small_shift, small_change, first_positions=10)
        found = alignment(full, [(cell, where)], one)
        assert found is not None
        assert found.under is not None
        assert found.over is not None
        assert found.no_gain is not None
        return found.under, found.over, found.no_gain

    assert odds(0.999, 0.999) == (1.0, 0.0, 1.0)  # everything is a small shift and no gain
    under, over, no_gain = odds(1e-9, 0.0)  # no shift is small, and a loss is no gain
    assert under == 0.0
    assert 0 <= over <= no_gain <= 1
    assert odds(0.999, 0.0)[0] == no_gain


def test_the_alignment_table_has_a_row_for_each_variant_on_each_set(
    full: Results, settings: Settings
) -> None:
    table = alignment_table.table(full, settings)
    assert len(table.data) == 10 * 5
    assert (table.data["under_alignment"] + table.data["over_alignment"] <= 1).all()


def test_the_alignment_table_says_what_has_not_learned_and_what_cannot_move(
    full: Results, settings: Settings
) -> None:
    margins, tokens = full.validation, full.shift
    idle = margins.assign(value=margins["value"].where(margins["algorithm"] != "dpo", 0.0))
    still = tokens.assign(copied=tokens["copied"].where(tokens["set"] != "elements", 1))
    no_gain = full.items["value"].where(
        (full.items["algorithm"] != "dpo") | (full.items["set"] != "bio"), 0.0
    )
    changed = replace(full, validation=idle, shift=still, items=full.items.assign(value=no_gain))
    table = alignment_table.table(changed, settings)
    dpo = table.data["variant"].str.startswith("dpo")
    elements = table.data["set"] == "elements"
    assert not table.data.loc[dpo, "learned"].any()
    assert table.data.loc[~dpo, "learned"].all()
    assert table.data.loc[dpo | elements, "under_alignment"].isna().all()
    assert table.data.loc[~dpo & ~elements, "under_alignment"].notna().all()
    assert set(table.data.loc[elements, "reason"]) == {"no token could move"}
    assert table.data.loc[elements, ["over_alignment", "no_gain"]].isna().all(axis=None)
    shown = markdown(table)
    assert shown.count("| not trained enough |") == dpo.sum()
    assert shown.count("| no token could move |") == elements.sum()


def test_with_a_spread_of_three_tenths_the_papers_gain_needs_some_600_people() -> None:
    # By hand, normal quantiles: ((1.960 + 0.842) * 0.3 / 0.0345)^2 = 593.
    assert needed(0.3) == pytest.approx(593, abs=4)
    assert needed(0.0) is None
    assert needed(100.0) is None


def test_what_power_asks_for_has_that_power() -> None:
    # Independent path: the noncentral t distribution of the test itself.
    count = needed(0.05)
    assert count is not None
    shift = 0.0345 / 0.05 * math.sqrt(count)
    border = scipy_stats.t.ppf(0.975, count - 1)
    assert scipy_stats.nct.sf(border, count - 1, shift) == pytest.approx(0.8, abs=0.04)


def test_power_of_one_seed_says_nothing_of_seeds(full: Results, settings: Settings) -> None:
    data = power.table(full, settings).data
    assert set(data["algorithm"]) == {"mean", "dpo", "ipo", "kto", "cpo", "rso"}
    assert set(data["set"]) == {one.name for one in evaluation_sets(full)}
    assert data["seed_spread"].isna().all()
    assert data["seeds_needed"].isna().all()
    # Averaging over algorithms leaves less to see through than one of them.
    bio = data[data["set"] == "bio"].set_index("algorithm")["smallest"]
    assert bio["mean"] < bio.drop("mean").median()


def test_power_says_too_few_moved_instead_of_a_constant(full: Results, settings: Settings) -> None:
    # apeft of every algorithm says what general says, but of three people of one set.
    items = full.items
    general = items[items["recipe"] == "general"].set_index(["algorithm", "item", "measure"])
    other = [tuple(row) for row in items[["algorithm", "item", "measure"]].to_numpy()]
    same = general["value"].groupby(level=[0, 1, 2]).first().reindex(other).to_numpy()
    three = items["entity"].isin([f"bio/{n:03d}" for n in range(3)])
    value = items["value"].where((items["recipe"] != "apeft") | three, same)
    table = power.table(replace(full, items=items.assign(value=value)), settings)
    rows = table.data[table.data["set"] == "bio"]
    assert len(rows) == 6
    assert rows["moved"].between(0, 3).all()
    for column in ("spread", "smallest", "entities_needed", "seeds_needed"):
        assert rows[column].isna().all()
    assert all("too few moved" in row for row in table.sections[0].rows if row[1] == "Biographies")


def test_power_of_too_few_people_is_an_empty_table_not_a_guess(
    smoke: Results, settings: Settings
) -> None:
    table = power.table(smoke, settings)
    few = {"freshqa-premise", "selfaware"}  # classes of fewer than five questions
    assert not few & set(table.data["set"])
    assert markdown(table).startswith("Power of APEFT")


def test_the_shipped_transcription_is_the_papers_layout_and_wholly_empty() -> None:
    numbers = read_numbers()
    assert numbers.order == ("LLaMA-2-7B", "LLaMA-3-8B")
    assert numbers.cells == {}
    assert len(NUMBERS.read_text().splitlines()) == 1 + 2 * 11


def test_nothing_of_the_paper_is_shown_until_it_is_transcribed(
    full: Results, settings: Settings, tmp_path: Path
) -> None:
    empty = read_numbers()
    assert "paper" not in " ".join(main.main_table(full, settings, empty).data.columns)
    data = paper.table(full, settings, empty).data
    assert data[["paper:LLaMA-2-7B", "difference:LLaMA-2-7B"]].isna().all().all()
    assert np.isfinite(data["estimate"]).all()

    filled = NUMBERS.read_text().replace("LLaMA-2-7B,dpo,apeft,,", "LLaMA-2-7B,dpo,apeft,40.0,")
    path = tmp_path / "numbers.csv"
    path.write_text(filled)
    numbers = read_numbers(path)
    flat = main.main_table(full, settings, numbers).data.set_index("variant")
    ours = flat.loc["dpo-apeft", "bio:factscore:estimate"]
    assert flat.loc["dpo-apeft", "bio:paper:LLaMA-2-7B:difference"] == pytest.approx(ours - 0.4)
    assert np.isnan(flat.loc["dpo-general", "bio:paper:LLaMA-2-7B:difference"])
    section = main.main_table(full, settings, numbers).sections[0]
    assert section.columns[-1] == "− paper (Bio, LLaMA-2-7B)"
    rows = paper.table(full, settings, numbers).data.set_index(["variant", "paper_set"])
    row = rows.loc[("dpo-apeft", "Bio")]
    assert (row["paper:LLaMA-2-7B"], row["difference:LLaMA-2-7B"]) == pytest.approx(
        (0.4, ours - 0.4)
    )


def test_a_role_of_two_sets_is_their_mean_in_the_papers_layout(
    full: Results, settings: Settings
) -> None:
    data = paper.table(full, settings, read_numbers()).data.set_index(["variant", "paper_set"])
    flat = main.main_table(full, settings, read_numbers()).data.set_index("variant")
    both = [flat.loc["base", f"{name}:factscore:estimate"] for name in ("countries", "elements")]
    assert data.loc[("base", "FAVA"), "estimate"] == pytest.approx(np.mean(both))
    assert data.loc[("base", "FAVA"), "our_sets"] == "Countries, Elements"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("LLaMA-2-7B,base,,,,,", "LLaMA-2-7B,base,,101,,,", "Bio must be 0 to 100 (given: '101')"),
        ("LLaMA-2-7B,base,,,,,", "LLaMA-2-7B,base,,,x,,", "FAVA must be 0 to 100 (given: 'x')"),
        ("LLaMA-2-7B,base,,,,,", "LLaMA-2-7B,ppo,apeft,,,,", "no such variant in the paper"),
        ("FAVA", "FAVE", "the columns must be"),
    ],
)
def test_a_wrong_transcription_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    path = tmp_path / "numbers.csv"
    path.write_text(NUMBERS.read_text().replace(old, new))
    with pytest.raises(UserError) as refused:
        read_numbers(path)
    assert said in str(refused.value)
