"""What is said of each set: rates by class, no skill in one answer to all, unscored texts."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from analysis.load import Results
from analysis.measures import EvaluationSet, main_measures
from analysis.metrics import metrics
from analysis.paper_numbers import PaperNumbers
from analysis.report_files import tables
from analysis.settings import Settings
from analysis.tables import accounts, breakdown, main
from analysis.tables.judges import Agreement
from analysis.tables.texts import texts
from analysis.tables.write import NOTHING
from apeft.evaluation.grade import grade_openers, grade_questions
from apeft.records import Record
from apeft.sets import QUESTION_OF_NAME, ROLES

REFUSAL = {
    "false premise": "The question has a false premise.",
    "known/unknown": "Nobody can know the answer to this.",
}
DUE, NOT_DUE = 30, 90  # questions of each class: three in four deserve an answer


def answered(name: str, text: str) -> list[Record]:
    """One text as the answer to every question of a set, graded by the set's own judge."""
    one = QUESTION_OF_NAME[name]
    groups = [one.turn_down] * DUE + [one.answer] * NOT_DUE
    return grade_questions(
        [
            {"id": f"{name}/{n}", "set": name, "entity": f"{name}/{n}", "group": group,
             "question": f"Who won cup {n}?", "text": text}
            for n, group in enumerate(groups)
        ],
        {f"{name}/{n}": ["Peru", "the USA"] for n in range(len(groups))},
    )  # fmt: skip


def scored_alike(name: str) -> list[Record]:
    """Openers that are as likely after every question, chosen by the set's threshold."""
    one = QUESTION_OF_NAME[name]
    groups = [one.turn_down] * DUE + [one.answer] * NOT_DUE
    return grade_openers(
        [
            {"id": f"{name}/{split}/{n}", "set": name, "entity": f"{name}/{split}/{n}",
             "group": group, "split": split, "logp": -3.0}
            for split in ("tuning", "test") for n, group in enumerate(groups)
        ]
    )  # fmt: skip


def collected(rows: list[Record], measures: tuple[str, ...], like: Results) -> Results:
    base = {"variant": "base", "algorithm": "base", "recipe": "", "seed": 0, "relation": ""}
    items = [
        base | {key: row[key] for key in ("set", "entity", "group")}
        | {"role": ROLES[row["set"]], "item": row["id"], "measure": one, "value": row[one]}
        for row in rows for one in measures
    ]  # fmt: skip
    frame = pd.DataFrame(items).astype({"value": float})
    return replace(like, items=frame, shift=like.shift.iloc[:0], counts={}, collapse={})


@pytest.mark.parametrize("name", sorted(QUESTION_OF_NAME))
@pytest.mark.parametrize("rejects", [True, False])
def test_one_answer_to_every_question_is_no_skill(
    name: str, rejects: bool, smoke: Results, settings: Settings
) -> None:
    """Rejecting all is right in one question of four, answering all in three; both count 0.5."""
    one = QUESTION_OF_NAME[name]
    rows = answered(name, REFUSAL[one.role] if rejects else "It was Spain.")
    measures = ("correct", "reject", "right", "wrong", "abstains")
    found = metrics(collected(rows, measures, smoke), settings)["base"]
    assert found[f"{name}.balanced_accuracy"] == 0.5
    # Turning all down is right where it is due and abstains elsewhere; the one answer is wrong.
    shares = [found[f"{name}.{one}"] for one in ("right", "wrong", "abstains")]
    assert shares == ([0.5, 0.0, 0.5] if rejects else [0.0, 1.0, 0.0])
    plain = sum(row["correct"] for row in rows) / len(rows)
    assert plain == (0.25 if rejects else 0.75)
    assert found[f"{name}.rejected_{one.turn_down}"] == float(rejects)
    assert found[f"{name}.rejected_{one.answer}"] == float(rejects)


@pytest.mark.parametrize("name", sorted(QUESTION_OF_NAME))
def test_a_score_that_does_not_depend_on_the_question_is_no_skill(
    name: str, smoke: Results, settings: Settings
) -> None:
    results = collected(scored_alike(name), ("choice",), smoke)
    assert metrics(results, settings)["base"][f"{name}.balanced_choice"] == 0.5


def test_metrics_and_tables_give_every_question_sets_rates_by_class(
    paper: Results, settings: Settings
) -> None:
    table = breakdown.questions(paper, settings).data
    shown = set(table[["set", "measure", "group"]].itertuples(index=False, name=None))
    found = metrics(paper, settings)
    for name in ("falseqa", "kuq"):
        for group in QUESTION_OF_NAME[name].classes:
            assert {(name, measure, group) for measure in breakdown.RATES} <= shown
            assert all(f"{name}.rejected_{group}" in values for values in found.values())
    heads = main.main_table(paper, settings, PaperNumbers((), {})).data.columns
    for name in ("falseqa", "kuq"):
        assert f"{name}:balanced_accuracy:estimate" in heads
        assert f"{name}:correct:estimate" not in heads  # plain accuracy is never a main result


def test_texts_that_the_judge_cannot_score_are_counted_and_have_no_score(
    paper: Results, settings: Settings
) -> None:
    found = metrics(paper, settings)
    sizes = accounts.unscored(paper).data.set_index(["variant", "set", "measure"])
    lengths = texts(paper, settings).data.set_index(["variant", "set"])
    for variant, values in found.items():
        for name in ("factscore", "fava"):
            assert f"{name}.shift_share" in values
            keys = {one.key for one in main_measures(EvaluationSet(name, ROLES[name]))}
            assert not {f"{name}.{key}" for key in keys} & set(values)
            assert f"{name}.response_rate" not in values
            row = sizes.loc[variant, name, "factscore"]
            assert (row["scored"], row["unscored"]) == (0, row["total"])
    assert pd.isna(lengths.loc[("base", "fava"), "factscore:estimate"])
    assert lengths.loc[("base", "fava"), "length:estimate"] > 0
    shown = tables(
        paper,
        settings,
        [Agreement("typed", (), "2024-01-01", changed=False)],
        [],
        PaperNumbers((), {}),
    )[0]
    (section,) = [part for part in shown.sections if part.heading.startswith("FAVA")]
    assert all(row[section.columns.index("FActScore")] == NOTHING for row in section.rows)
