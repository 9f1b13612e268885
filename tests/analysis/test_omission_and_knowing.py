"""Gains by omission are named wherever they stand; what is ranked, and short beside long."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.claims import read_claims
from analysis.figures import gains
from analysis.ledger import ledger
from analysis.load import Results
from analysis.measures import evaluation_sets, main_measures, paper_measure
from analysis.omission import BY_OMISSION, by_omission
from analysis.paper_numbers import PaperNumbers
from analysis.settings import Settings
from analysis.tables import breakdown, claims, knowing, main
from analysis.tables.write import markdown
from analysis.verdicts import ADAPTERS

NO_NUMBERS = PaperNumbers((), {})
PEOPLE = 12
Cells = dict[str, str]  # relation -> what is done with it


def study(like: Results, told: dict[str, Cells]) -> Results:
    """Biographies of variants (by recipe of DPO, "" the base), all alike but for one person.

    Every person has the cells given; the last one's are all right, so that nothing is unanimous.
    """
    rows = []
    for recipe, outcomes in told.items():
        algorithm = "dpo" if recipe else "base"
        for seed in (0, 1) if recipe else (0,):
            about = {"variant": f"{algorithm}-{recipe}-{seed}", "algorithm": algorithm,
                     "recipe": recipe, "seed": seed, "set": "bio", "role": "in domain",
                     "group": ""}  # fmt: skip
            for number in range(PEOPLE):
                entity = f"person/{number}"
                mine = dict.fromkeys(outcomes, "right") if number == 0 else outcomes
                for relation, kind in mine.items():
                    cell = about | {"entity": entity, "item": f"{entity}#{relation}"}
                    rows += [
                        cell | {"relation": relation, "measure": one, "value": float(one == kind)}
                        for one in ("right", "wrong", "omitted")
                    ]
                kinds = list(mine.values())
                decided = [kind for kind in kinds if kind != "omitted"]
                score = kinds.count("right") / len(decided) if decided else None
                rows.append(about | {"entity": entity, "item": entity, "relation": "",
                                     "measure": "factscore", "value": score})  # fmt: skip
    items = pd.DataFrame(rows).astype({"value": float})
    return replace(like, items=items, shift=like.shift.iloc[:0], counts={}, collapse={})


GENERAL = {"nationality": "right", "profession": "right", "birth_year": "wrong"}
SILENT = GENERAL | {"birth_year": "omitted"}
BETTER = GENERAL | {"birth_year": "right"}


@pytest.fixture
def silent(smoke: Results) -> Results:
    """APEFT leaves out the years that general states wrongly."""
    return study(smoke, {"": GENERAL, "general": GENERAL, "apeft": SILENT})


@pytest.fixture
def better(smoke: Results) -> Results:
    """APEFT states the years rightly."""
    return study(smoke, {"": GENERAL, "general": GENERAL, "apeft": BETTER})


@pytest.mark.parametrize(
    ("score", "right", "wrong", "expected"),
    [
        (0.05, 0.0, -0.1, True),
        (0.05, -0.2, -0.1, True),
        (0.05, 0.01, -0.1, False),  # more right as well
        (0.0, 0.0, -0.1, False),  # no gain
        (-0.01, 0.0, -0.1, False),
        (0.05, 0.0, 0.0, False),  # not fewer wrong
        (np.nan, 0.0, -0.1, False),
        (0.05, np.nan, -0.1, False),  # nothing is known of the share right
    ],
)
def test_a_gain_is_by_omission_when_less_is_wrong_and_no_more_is_right(
    score: float, right: float, wrong: float, expected: bool
) -> None:
    assert by_omission(score, right, wrong) is expected


def places(results: Results, settings: Settings) -> dict[str, bool]:
    """Whether each place that shows the gain of FActScore names the omission."""
    findings = ledger(results, read_claims(), settings)
    (where,) = evaluation_sets(results)
    return {
        "main": BY_OMISSION in markdown(main.main_table(results, settings, NO_NUMBERS)),
        "differences": BY_OMISSION in set(main.differences(results, settings).data["note"]),
        "claims": any(
            BY_OMISSION in verdict.reason for one in findings for verdict in one.verdicts.values()
        ),
        "claims table": BY_OMISSION in claims.claims(findings).data.to_csv(),
        "gains": any(one.note for one in gains.gains(results, where, settings)),
        "caption": BY_OMISSION in gains.caption(results, settings),
    }


def test_a_gain_by_omission_is_named_in_every_place(silent: Results, settings: Settings) -> None:
    assert set(places(silent, settings).values()) == {True}
    findings = ledger(silent, read_claims(), settings)
    by_id = {one.claim.id: one for one in findings}
    paper, first = (
        by_id[name].tests[0].answers[ADAPTERS] for name in ("apeft-gain-paper", "apeft-gain")
    )
    assert paper.low > 0
    assert first.effect == 0
    assert BY_OMISSION in paper.reason
    assert BY_OMISSION not in first.reason


def test_a_wrong_value_left_out_beside_a_right_one_is_a_gain_by_omission_too(
    smoke: Results, settings: Settings
) -> None:
    like = study(smoke, {"": GENERAL, "general": GENERAL, "apeft": GENERAL})
    score = like.items["measure"] == "factscore"
    less = score & (like.items["recipe"] == "apeft")  # the cells are the same, wrong facts fewer
    items = like.items.assign(value=like.items["value"] + 0.1 * less)
    wrong = items[score].assign(measure="contradicted", value=2.0 - less[score])
    hedging = replace(like, items=pd.concat([items, wrong]))
    assert set(places(replace(like, items=items), settings).values()) == {False}
    assert set(places(hedging, settings).values()) == {True}


def test_a_gain_of_right_cells_is_no_gain_by_omission(better: Results, settings: Settings) -> None:
    assert set(places(better, settings).values()) == {False}


def test_the_first_measure_is_the_share_right_and_the_papers_stands_beside_it(
    full: Results,
) -> None:
    for where in evaluation_sets(full):
        assert main_measures(where)[0].key == "right"
        assert paper_measure(where).key == ("balanced_accuracy" if where.asks else "factscore")
        assert paper_measure(where) in main_measures(where)


def test_right_wrong_and_the_rest_add_to_one_on_every_set(
    full: Results, settings: Settings
) -> None:
    data = main.main_table(full, settings, NO_NUMBERS).data
    for where in evaluation_sets(full):
        rest = "abstains" if where.asks else "omitted"
        names = [f"{where.name}:{key}:estimate" for key in ("right", "wrong", rest)]
        assert np.allclose(data[names].sum(axis=1), 1)


def test_a_set_without_cells_and_one_without_gold_answers_are_named_and_led_by_another_measure(
    full: Results, settings: Settings
) -> None:
    ternary = full.items["measure"].isin(["right", "wrong", "omitted", "abstains"])
    lost = ternary & full.items["set"].isin(["countries", "selfaware"])
    gold = {"truth_unscored": {"selfaware": {"no gold answer": 9}}, "f1_k": 3}
    results = replace(full, items=full.items[~lost], counts={"grade": gold})
    first = {one.name: main_measures(one)[0].key for one in evaluation_sets(results)}
    assert (first["countries"], first["selfaware"]) == ("f1", "balanced_accuracy")
    assert first["bio"] == first["freshqa-premise"] == "right"
    table = main.main_table(results, settings, NO_NUMBERS)
    assert "no share right (the knowledge base holds no value" in table.caption
    assert "no share right (no gold answer)" in table.caption
    assert "K of F1@K is 3" in table.caption
    assert "countries:right:estimate" not in table.data


def test_a_k_of_zero_is_named_with_its_reason_and_never_a_number(
    full: Results, settings: Settings
) -> None:
    f1 = full.items["measure"] == "f1"
    items = full.items.assign(value=full.items["value"].mask(f1))
    reason = "K is 0: half of the validation texts state no decided fact"
    counts = {"grade": {"f1_k": None, "f1_without": reason}}
    table = main.main_table(replace(full, items=items, counts=counts), settings, NO_NUMBERS)
    assert f"F1@K was not measured ({reason})" in table.caption
    assert table.data["bio:f1:estimate"].isna().all()


def test_a_relation_without_candidates_or_values_is_named_with_its_count(
    full: Results, settings: Settings
) -> None:
    counts = {"prompts": {"without_candidates/symbol": 3, "without_value/birth_place": 16}}
    caption = breakdown.by_relation(replace(full, counts=counts), settings).caption
    assert "too few other values differ: symbol 3" in caption
    assert "has no value: birth place 16" in caption


def test_a_difference_that_no_item_moved_says_so(silent: Results, settings: Settings) -> None:
    table = main.differences(silent, settings)
    rows = {(one[0], one[1], one[4]): one[5] for one in table.sections[0].rows}
    assert rows["variant − base", "DPO general", "right"] == "no item moved"


def test_ranked_values_are_shown_with_their_change_and_in_nats(
    full: Results, settings: Settings
) -> None:
    table = knowing.ranked(full, settings)
    data = table.data.set_index(["variant", "set"])
    assert set(data.index.get_level_values("set")) == {"bio", "countries", "elements"}
    one = data.loc["dpo-apeft", "bio"]
    assert one["rank1:change:estimate"] == pytest.approx(
        one["rank1:estimate"] - data.loc[("base", "bio"), "rank1:estimate"]
    )
    rows = full.items[(full.items["measure"] == "among") & (full.items["set"] == "bio")]
    base = rows[rows["variant"] == "base"]["value"]
    assert data.loc[("base", "bio"), "among:estimate"] == pytest.approx(base.mean())
    assert pd.isna(data.loc[("base", "bio"), "margin:change:estimate"])


def test_short_and_long_are_counted_cell_by_cell_by_hand(
    smoke: Results, settings: Settings
) -> None:
    results = study(smoke, {"": GENERAL, "general": GENERAL})
    base = (results.items["algorithm"] == "base") & (results.items["measure"] == "right")
    cells = results.items[base]
    # Twelve people: all nationalities, no profession, half of the years; three cannot be graded.
    answers = {"nationality": [1.0] * 12, "profession": [0.0] * 12, "birth_year": [1.0, 0.0] * 6}
    short = [answers[row.relation][int(row.entity[7:])] for row in cells.itertuples()]
    rows = cells.assign(measure="short_right", value=short)
    lost = (rows["relation"] == "profession") & rows["entity"].isin(
        [f"person/{n}" for n in (1, 2, 3)]
    )
    rows["value"] = rows["value"].mask(lost)
    made = replace(results, items=pd.concat([results.items, rows]))
    table = knowing.short_long(made, settings)
    (one,) = table.data.to_dict("records")
    # Long: nationality and profession right everywhere, years right for person 0 alone.
    assert [one[name] for name in knowing.HELD] == [12 + 1, 5, 9, 6]
    assert (one["unscored"], one["of"], one["agree"]) == (3, 33, 19)
