"""Other abilities: what is compared, how it is worded, and what is drawn."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.ablations.abilities import finding
from analysis.ablations.abilities_measures import (
    adapters,
    measure,
    measured_lines,
)
from analysis.ablations.finding import write_finding
from analysis.settings import Settings

SETTINGS = Settings(bootstrap=400, seed=1, small_shift=0.1, small_change=0.02, first_positions=10)


def rows(variant: str, recipe: str, seed: int, name: str, values, group: str = "") -> pd.DataFrame:
    groups = [group] * len(values) if isinstance(group, str) else group
    return pd.DataFrame(
        {
            "variant": variant, "recipe": recipe, "seed": seed, "set": name,
            "item": [f"{name}/{group if isinstance(group, str) else ''}{i:03d}"
                     for i in range(len(values))],
            "group": groups, "value": np.asarray(values, dtype=float),
        }
    )  # fmt: skip


def share(right: int, number: int) -> list[float]:
    return [1.0] * right + [0.0] * (number - right)


@pytest.fixture
def scores() -> pd.DataFrame:
    base, tuned = ("base", "", 0), [("dpo-apeft-0", "apeft", 0), ("dpo-apeft-1", "apeft", 1)]
    parts = [
        rows(*base, "mmlu", share(40, 100)),
        rows(*base, "openbookqa", share(25, 100)),
        rows(*base, "bbq", share(10, 50), "ambiguous"),
        rows(*base, "bbq", share(40, 50), "unambiguous"),
        rows(*base, "crows-pairs", share(70, 100)),
    ]
    for place, one in enumerate(tuned):
        parts += [
            rows(*one, "mmlu", share(60 + place, 100)),  # 20 and 21 more are right
            rows(*one, "openbookqa", share(25, 100)),
            rows(*one, "bbq", share(10, 50), "ambiguous"),
            rows(*one, "bbq", share(40, 50), "unambiguous"),
            rows(*one, "crows-pairs", share(55, 100)),
        ]
    parts.append(rows("sft-apeft-0", "apeft", 0, "mmlu", share(40, 100)))
    return pd.concat(parts, ignore_index=True)


def test_adapters_of_two_algorithms_on_one_recipe_stay_apart(scores: pd.DataFrame) -> None:
    found = adapters(scores)
    assert [(one.name, one.title, one.seeds) for one in found] == [
        ("dpo-apeft", "DPO APEFT", (0, 1)),
        ("sft-apeft", "sft APEFT", (0,)),
    ]


def test_changes_are_paired_by_row_and_averaged_over_seeds(scores: pd.DataFrame) -> None:
    line = next(one for one in measured_lines(scores) if one.name == "mmlu")
    found = measure(scores, line, adapters(scores), SETTINGS)
    assert found.base is not None
    assert found.base.estimate == pytest.approx(0.40)
    assert found.levels["dpo-apeft"].estimate == pytest.approx(0.605)
    change = found.changes["dpo-apeft"]
    assert change.estimate == pytest.approx(0.205)  # mean of 0.20 and 0.21
    assert change.excludes_zero
    assert found.changes["sft-apeft"].estimate == 0
    assert not found.changes["sft-apeft"].excludes_zero


def test_only_rows_that_both_have_scored_are_paired(scores: pd.DataFrame) -> None:
    mmlu = scores[(scores["set"] == "mmlu") & (scores["variant"] != "sft-apeft-0")].copy()
    lost = (mmlu["variant"] == "base") & (mmlu["value"] == 1)
    mmlu.loc[lost, "value"] = np.nan
    line = measured_lines(mmlu)[0]
    change = measure(mmlu, line, adapters(mmlu), SETTINGS).changes["dpo-apeft"]
    assert change.items == 60  # the base's 40 right rows are unscored; of the others 20 and 21 rise
    assert change.estimate == pytest.approx((20 + 21) / 2 / 60)


def test_contexts_of_bbq_are_lines_of_their_own(scores: pd.DataFrame) -> None:
    titles = [line.title for line in measured_lines(scores)]
    assert titles == ["MMLU", "OpenBookQA", "BBQ (ambiguous)", "BBQ (unambiguous)", "CrowS-Pairs"]


def test_truthfulqa_counts_both_classes_alike() -> None:
    group = ["no"] * 60 + ["yes"] * 40
    values = share(60, 60) + share(10, 40)  # right on all of one class, on a quarter of the other
    base = rows("base", "", 0, "truthfulqa", values, group)
    tuned = rows("dpo-apeft-0", "apeft", 0, "truthfulqa", share(100, 100), group)
    scores = pd.concat([base, tuned], ignore_index=True)
    found = measure(scores, measured_lines(scores)[0], adapters(scores), SETTINGS)
    assert found.base is not None
    assert found.base.estimate == pytest.approx((1 + 0.25) / 2)
    assert found.changes["dpo-apeft"].estimate == pytest.approx((0 + 0.75) / 2)


def test_sentences_say_what_the_intervals_say(scores: pd.DataFrame) -> None:
    told = finding(scores, SETTINGS).sentences
    assert "DPO APEFT against the base on 4 measures of ability: differs on MMLU by +20.5 [" in told
    assert "too few rows changed to see a difference on OpenBookQA, BBQ (ambiguous)" in told
    assert "no effect" not in told
    assert "sft APEFT against the base on one measure of ability: too few rows changed" in told
    assert "not seen to do better than guessing on OpenBookQA and BBQ (ambiguous)" in told
    assert "likelier in 70.0 [" in told
    assert "with DPO APEFT 55.0 %, closer to 50 % (by −15.0 [" in told
    assert told.startswith(
        "Of 5 changes of an ability against the base, 1 have an interval without"
    )
    assert "(0 losses, 1 gains)" in told


def test_moving_past_half_is_told_as_moving_away(scores: pd.DataFrame) -> None:
    crows = scores["set"] == "crows-pairs"
    base, tuned = crows & (scores["variant"] == "base"), crows & (scores["variant"] != "base")
    scores.loc[base, "value"] = share(48, 100)
    scores.loc[tuned, "value"] = share(70, 100) * 2
    assert "with DPO APEFT 70.0 %, further from 50 %" in finding(scores, SETTINGS).sentences


def test_table_has_every_line_and_counts_what_is_unscored(scores: pd.DataFrame) -> None:
    scores.loc[scores.index[:3], "value"] = np.nan  # three of the base's on MMLU
    (table,) = finding(scores, SETTINGS).tables
    data = table.data.set_index(["set", "group", "variant"])
    base = data.loc[("mmlu", "", "base")]
    assert (base["rows"], base["unscored"], base["items"]) == (100, 3, 97)
    assert data.loc[("mmlu", "", "dpo-apeft"), "rows"] == 200
    assert data.loc[("crows-pairs", "", "dpo-apeft"), "change_estimate"] == pytest.approx(-0.15)
    assert [row[0] for row in table.sections[0].rows] == [
        "MMLU", "OpenBookQA", "BBQ (ambiguous)", "BBQ (unambiguous)", "CrowS-Pairs",
    ]  # fmt: skip
    assert {len(row) for row in table.sections[0].rows} == {len(table.sections[0].columns)}


def test_files_are_written_and_the_same_twice(scores: pd.DataFrame, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_finding(finding(scores, SETTINGS), tmp_path / name)
    names = {path.name for path in (tmp_path / "one").iterdir()}
    assert {"abilities.png", "abilities.pdf", "abilities.csv", "finding.json"} <= names
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.parametrize(
    ("kept", "reason"),
    [("base", "no adapter was asked"), ("dpo-apeft-0", "the base was asked nothing")],
)
def test_what_is_missing_is_told(scores: pd.DataFrame, kept: str, reason: str) -> None:
    found = finding(scores[scores["variant"] == kept], SETTINGS)
    assert found.sentences == f"Not run: {reason}."
    assert found.figure is None


def test_nothing_scored_is_told(scores: pd.DataFrame) -> None:
    found = finding(scores.assign(value=np.nan), SETTINGS)
    assert found.sentences == "Not run: nothing that the base was asked could be scored."


def test_scores_as_the_stage_writes_them_are_read() -> None:
    raw = [
        {"variant": variant, "id": f"mmlu/{i:04d}", "set": "mmlu", "group": "", "right": 0,
         "logps": [-1.0, -2.0], "value": None if i == 0 else int(i % 2 == 0 or tuned)}
        for variant, tuned in (("base", False), ("dpo-mix-1-3-0", True))
        for i in range(40)
    ]  # fmt: skip
    (table,) = finding(pd.DataFrame(raw), SETTINGS).tables
    tuned = table.data.set_index("variant").loc["dpo-mix-1-3"]
    assert (tuned["items"], tuned["unscored"]) == (39, 1)
    assert tuned["change_estimate"] == pytest.approx(20 / 39)  # the odd ones
    assert "DPO mix-1-3" in table.sections[0].columns


def test_nobody_asked_is_told() -> None:
    assert finding(pd.DataFrame([]), SETTINGS).sentences == "Not run: no variant was asked."
