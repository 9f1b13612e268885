"""Shift on own and on reference text: constructed tokens whose shares are known by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis import style
from analysis.ablations.finding import write_finding
from analysis.ablations.reference_measures import measured, unified
from analysis.ablations.reference_shift import finding
from analysis.settings import Settings

ROLES = {"bio": "in domain", "countries": "ood long-form"}
TOKENS, ENTITIES = 20, 10
# Every how many-th position differs, by set: on own text, on the facts text.
OWN = {"bio": 2, "countries": 10}
GIVEN = {"bio": 5, "countries": 5}
TOPS = {"bio": 0.4, "countries": 0.9}


def own(recipes: tuple[str, ...] = ("general", "apeft"), seeds: int = 1) -> pd.DataFrame:
    rows = [
        {
            "variant": f"dpo-{recipe}-{seed}", "algorithm": "dpo", "recipe": recipe, "seed": seed,
            "set": where, "role": role, "entity": f"{where}/{n}", "item": f"{where}:{where}/{n}",
            "position": position, "rank": 2 if (position + n) % OWN[where] == 0 else 1,
            "region": "", "kl_tuned_base": 0.25, "kl_base_tuned": 0.5, "token": "x",
            "token_base": "x",
        }
        for recipe in (*recipes, "mix-1-1")
        for seed in range(seeds)
        for where, role in ROLES.items()
        for n in range(ENTITIES)
        for position in range(TOKENS)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def reference(recipes: tuple[str, ...] = ("general", "apeft"), seeds: int = 1) -> pd.DataFrame:
    rows = [
        {
            "variant": f"dpo-{recipe}-{seed}", "item": f"{where}:{where}/{n}", "set": where,
            "entity": f"{where}/{n}", "reference": kind, "position": position, "token": "x",
            "rank_base": 1, "rank_tuned": 1, "logp_base": -1.0, "logp_tuned": -0.75,
            "top_base": TOPS[where] + 0.001 * n, "same_top": (position + n) % GIVEN[where] != 0,
            "kl_tuned_base": 0.125, "kl_base_tuned": 0.0625,
        }
        for recipe in recipes
        for seed in range(seeds)
        for where in ROLES
        for kind in (("facts", "lead") if where == "bio" else ("facts",))
        for n in range(ENTITIES)
        for position in range(TOKENS)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_shares_and_means_are_those_that_were_built_in(settings: Settings) -> None:
    tokens = unified(reference(), own())
    assert set(tokens["adapter"]) == {"general", "APEFT"}  # one algorithm: no name of it
    found = measured(tokens, settings)
    expected = {
        ("bio", "own", "differs"): 0.5, ("countries", "own", "differs"): 0.1,
        ("bio", "facts", "differs"): 0.2, ("countries", "facts", "differs"): 0.2,
        ("bio", "lead", "differs"): 0.2, ("bio", "own", "kl_tuned_base"): 0.25,
        ("bio", "facts", "kl_tuned_base"): 0.125, ("bio", "facts", "kl_base_tuned"): 0.0625,
        ("bio", "facts", "top_base"): 0.4045, ("countries", "facts", "top_base"): 0.9045,
        ("bio", "facts", "logp_gain"): 0.25, ("bio", "facts", "differs_unsure"): 0.2,
    }  # fmt: skip
    for (where, text, measure), value in expected.items():
        level = found.estimate(("APEFT", where, text), measure)
        assert level is not None
        assert level.estimate == pytest.approx(value), (where, text, measure)
        assert level.entities == ENTITIES
    # never measured on own text, and nowhere is the base unsure in the countries
    assert found.estimate(("APEFT", "bio", "own"), "top_base") is None
    assert found.estimate(("APEFT", "countries", "facts"), "differs_unsure") is None
    assert found.estimate(("APEFT", "countries", "lead"), "differs") is None


def test_a_longer_text_weighs_more(settings: Settings) -> None:
    rows = reference(("apeft",))
    rows = rows[(rows["set"] == "bio") & (rows["reference"] == "facts")]
    rows["same_top"] = rows["entity"] != "bio/0"  # all of its positions differ
    short = rows[(rows["entity"] == "bio/0") | (rows["position"] < 5)]
    level = measured(unified(short, own()), settings).estimate(("APEFT", "bio", "facts"), "differs")
    assert level is not None
    assert level.estimate == pytest.approx(20 / (20 + 9 * 5))


def test_a_low_shift_is_told_from_a_low_chance(settings: Settings) -> None:
    with style.applied():
        made = finding(reference(), own(), settings)
    text = made.sentences
    assert "APEFT, on the facts texts, 20.0 [" in text
    assert "% in Biographies (own text 50.0 [" in text
    # own text: 10 % - 50 %; facts texts: 20 % - 20 %; the base is surer in the countries
    assert "APEFT, in Countries −40.0 [" in text
    assert "on its own text, but none could be seen on the facts texts (0.0" in text
    assert "% on average in Biographies and 90." in text
    assert "% in Countries (less chance to shift)" in text
    assert "mix-1-1" not in text  # another adapter's own text is none of this
    assert made.caption.count("10 Biographies, 10 Countries") == 1


def test_the_table_has_both_windows_and_a_dash_where_nothing_was_measured(
    settings: Settings,
) -> None:
    with style.applied():
        table, gaps = finding(reference(), own(), settings).tables
    (row,) = (r for r in gaps.sections[0].rows if r[0] == "APEFT")
    assert row[2].startswith("−40.0* [")
    assert (row[1], row[3][:3], row[4], row[5][:6]) == ("Countries", "0.0", "–", "+50.0*")
    first, whole = table.sections
    assert first.heading == "first 10 positions"
    assert whole.heading == "all positions read (at most 20)"
    assert len(first.rows) == len(whole.rows) == 2 * (3 + 2)
    row = next(r for r in first.rows if r[:3] == ("APEFT", "Biographies", "own"))
    assert row[3] == str(10 * ENTITIES)
    assert row[4].startswith("50.0 [")
    assert (row[5], row[8], row[9]) == ("–", "–", "–")


def test_seeds_are_pooled_and_told(settings: Settings) -> None:
    with style.applied():
        made = finding(reference(seeds=2), own(seeds=2), settings)
    assert "2 seeds" in made.caption
    assert "20.0" in made.sentences


def test_texts_without_a_reference_are_named_and_questions_are_not(settings: Settings) -> None:
    rows = own()
    there = rows[rows["set"] == "countries"]
    more = [there.assign(set="fava"), there.assign(set="kuq", role="known/unknown")]
    with style.applied():
        made = finding(reference(), pd.concat([rows, *more]), settings)
        whole = finding(reference(), rows, settings)
    assert "Without a reference text: FAVA prompts." in made.sentences
    assert "Without a reference text" not in whole.sentences


def test_an_adapter_that_wrote_nothing_is_still_read_on_the_reference(settings: Settings) -> None:
    written = own()
    with style.applied():
        made = finding(reference(("apeft",)), written[written["recipe"] == "mix-1-1"], settings)
    assert "dpo-apeft-0, on the facts texts, 20.0" in made.sentences
    assert "own text" not in made.sentences


def test_without_reference_rows_it_is_not_run(settings: Settings) -> None:
    made = finding(pd.DataFrame(), own(), settings)
    assert made.sentences == "Not run: no adapter was scored on reference text."


def test_its_files_are_written_and_equal_inputs_give_equal_bytes(
    settings: Settings, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        with style.applied():
            write_finding(finding(reference(), own(), settings), tmp_path / name)
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert {"reference_shift.png", "reference_shift.csv", "finding.json"} <= set(names)
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    csv = pd.read_csv(tmp_path / "one" / "reference_shift.csv")
    assert np.isfinite(csv["differs:estimate"]).all()
