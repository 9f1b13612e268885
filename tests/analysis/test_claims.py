"""The ledger: what it accepts, and which verdict it gives on results made to deserve one."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from analysis.claims import Claim, read_claims
from analysis.ledger import ledger
from analysis.load import Results
from analysis.settings import Settings
from analysis.tables.claims import claims, document, every_test
from analysis.tables.write import latex, markdown
from analysis.verdicts import ADAPTERS, ALGORITHM, QUESTIONS, Answer, Finding, side
from apeft.errors import UserError
from apeft.rng import keyed

ROLES = {
    "bio": "in domain",
    "countries": "ood long-form",
    "selfaware": "known/unknown",
}
PRIMARY: dict[str, Any] = {
    "id": "gain",
    "text": "A gain.",
    "source": {"where": "here", "grade": "ours"},
    "family": "primary",
    "measure": "main",
    "of": "apeft",
    "against": "general",
    "sets": ["all"],
    "direction": "above",
    "threshold": 0,
    "needs": "both recipes",
}


def study(
    like: Results,
    gains: dict[str, float],
    *,
    seeds: int = 3,
    people: int = 40,
    outside: float = 0.0,
    margin: float = 1.0,
    base: bool = False,
) -> Results:
    """Results in which apeft of each algorithm lies ``gain`` above general on every set.

    General lies ``outside`` above the base out of domain, with ``margin`` nats on validation pairs;
    with ``base`` every adapter is the base bit for bit.
    """
    rows, shifts, margins = [], [], []
    variants = [("base", "base", "", 0)] + [
        (f"{algorithm}-{recipe}-{seed}", algorithm, recipe, seed)
        for algorithm in gains
        for recipe in ("general", "apeft")
        for seed in range(seeds)
    ]
    for name, algorithm, recipe, seed in variants:
        rng = keyed(seed, algorithm, recipe)
        about = {"variant": name, "algorithm": algorithm, "recipe": recipe, "seed": seed}
        for where, role in ROLES.items():
            asks = where == "selfaware"
            level = keyed(0, where).uniform(0.3, 0.6, people)
            gain = gains.get(algorithm, 0.0) if recipe == "apeft" else 0.0
            gain += 0 if algorithm == "base" or where == "bio" else outside
            values = level + gain + rng.normal(0, 0.01, people)
            if base:
                values = level
            for number, value in enumerate(values):
                entity = f"{where}/{number}"
                place = {"set": where, "role": role, "entity": entity, "item": entity}
                group = ("answerable", "unanswerable")[number % 2] if asks else ""
                measures = {"correct" if asks else "factscore": value, "right": value,
                            "wrong": 1 - value}  # fmt: skip
                rows += [about | place | {"relation": "", "group": group, "measure": measure}
                         | {"value": own} for measure, own in measures.items()]  # fmt: skip
                if algorithm == "base":
                    continue
                for position in range(10):
                    moved = not base and rng.random() < (0.3 if where == "bio" else 0.01)
                    region = "shifted" if moved else "unshifted"
                    shifts.append(about | place | {"position": position, "rank": 9 if moved else 1}
                                  | {"region": region, "kl_tuned_base": 0.1})  # fmt: skip
        if algorithm != "base":
            margins += [
                about | {"entity": f"v{n}", "item": f"pair/{n}", "measure": "margin"}
                | {"value": 0.0 if base else margin + rng.normal(0, 0.5)}
                for n in range(20)
            ]  # fmt: skip
    shift = pd.DataFrame(shifts).assign(
        kl_base_tuned=0.1, token="a", token_base="b", p_top=0.5, copied=0
    )
    return replace(
        like, items=pd.DataFrame(rows), shift=shift, validation=pd.DataFrame(margins), counts={},
        collapse={},
    )  # fmt: skip


def of(found: list[Finding], name: str) -> Finding:
    return next(one for one in found if one.claim.id == name)


def said(found: list[Finding], name: str, asked: str = ALGORITHM) -> str:
    return of(found, name).verdicts[asked].verdict


def written(folder: Path, *entries: dict[str, Any]) -> Path:
    path = folder / "claims.yaml"
    path.write_text(yaml.safe_dump([PRIMARY, *entries]))
    return path


@pytest.fixture(scope="module")
def good(smoke: Results) -> Results:
    """Both algorithms gain 6 points under each of three seeds; the shift is small out of domain."""
    return study(smoke, {"dpo": 0.06, "kto": 0.06})


@pytest.fixture(scope="module")
def good_ledger(good: Results, settings: Settings) -> list[Finding]:
    return ledger(good, read_claims(), settings)


def test_the_shipped_ledger_holds_the_papers_claims_with_their_sources_and_one_primary() -> None:
    found = read_claims()
    assert [one.id for one in found if one.family == "primary"] == ["apeft-gain"]
    goals = [(one.scale, one.measure) for one in found if one.threshold == 0.0345]
    assert goals == [
        (scale, measure) for scale in ("points", "relative") for measure in ("main", "paper")
    ]
    assert all(one.source.where and one.needs for one in found)
    assert {"P", "S"} <= {one.source.grade for one in found}


def test_a_true_gain_is_supported_in_every_form(good_ledger: list[Finding]) -> None:
    for name in (
        *("apeft-gain", "apeft-gain-points", "apeft-gain-relative", "apeft-gain-in-domain"),
        *("apeft-gain-out-of-domain", "apeft-helps-almost-every-algorithm", "apeft-grid"),
    ):
        assert said(good_ledger, name) == "supported", name
        assert said(good_ledger, name, ADAPTERS) == "supported", name
    (outcome,) = of(good_ledger, "apeft-gain").tests
    test = outcome.answers[ALGORITHM]
    assert test.effect == pytest.approx(0.06, abs=0.01)
    assert test.low < 0.06 < test.high
    assert (test.entities, test.prompts, test.seeds) == (120, 120, 3)
    assert test.adjusted == test.p < 0.05
    alone = outcome.answers[ADAPTERS]
    assert (alone.effect, alone.entities, alone.seeds) == (pytest.approx(test.effect), 120, 1)
    assert alone.p <= test.p


def test_the_grid_has_a_test_for_each_algorithm_on_each_set(good_ledger: list[Finding]) -> None:
    tests = of(good_ledger, "apeft-grid").tests
    assert {(one.algorithm, one.set) for one in tests} == {
        (algorithm, where) for algorithm in ("dpo", "kto") for where in ROLES
    }
    grid = [one.answers[ALGORITHM] for one in tests]
    assert all(one.adjusted >= one.p for one in grid)
    assert max(one.adjusted for one in grid) <= min(1, 6 * max(one.p for one in grid))


def test_a_small_shift_without_gain_is_under_alignment(good_ledger: list[Finding]) -> None:
    for name in (
        *("general-in-vain-out-of-domain", "general-small-shift-out-of-domain"),
        *("general-shift-larger-in-domain", "under-alignment", "not-over-alignment"),
        "under-alignment-of-each",
    ):
        assert said(good_ledger, name) == "supported", name
        assert said(good_ledger, name, ADAPTERS) == "supported", name
    for asked in QUESTIONS:
        assert of(good_ledger, "under-alignment").tests[0].answers[asked].effect > 0.99
        assert of(good_ledger, "not-over-alignment").tests[0].answers[asked].effect < 0.01


def test_adapters_that_are_the_base_are_not_trained_enough_for_under_alignment(
    smoke: Results, settings: Settings
) -> None:
    found = ledger(
        study(smoke, {"dpo": 0, "kto": 0}, people=100, base=True), read_claims(), settings
    )
    for name in (
        *("under-alignment", "under-alignment-of-each", "general-in-vain-out-of-domain"),
        "general-small-shift-out-of-domain",
    ):
        for asked in QUESTIONS:
            assert said(found, name, asked) == "not trained enough", (name, asked)
    assert "neither the margin" in of(found, "under-alignment").verdicts[ADAPTERS].reason
    shown = claims(found)
    assert "| not trained enough | not trained enough |" in markdown(shown)
    assert said(found, "apeft-gain", ADAPTERS) == "undecided"


def test_a_loss_at_a_small_shift_is_under_alignment_and_a_gain_beyond_the_border_is_none(
    smoke: Results, settings: Settings
) -> None:
    lost = ledger(study(smoke, {"dpo": 0, "kto": 0}, outside=-0.1), read_claims(), settings)
    gained = ledger(study(smoke, {"dpo": 0, "kto": 0}, outside=0.1), read_claims(), settings)
    for name in ("under-alignment", "under-alignment-of-each"):
        for asked in QUESTIONS:
            assert said(lost, name, asked) == "supported", (name, asked)
            assert said(gained, name, asked) == "contradicted", (name, asked)
    assert said(lost, "not-over-alignment") == "supported"  # the shift is small


def test_a_gain_in_domain_shows_learning_where_no_margin_does(
    smoke: Results, settings: Settings
) -> None:
    results = study(smoke, {"dpo": 0.0}, margin=0.0)
    assert said(ledger(results, read_claims(), settings), "under-alignment") == "not trained enough"
    higher = (results.items["set"] == "bio") & (results.items["algorithm"] != "base")
    items = results.items.assign(value=results.items["value"] + 0.05 * higher)
    gained = replace(results, items=items)
    assert said(ledger(gained, read_claims(), settings), "under-alignment") == "supported"
    lower = replace(
        results, items=results.items.assign(value=results.items["value"] - 0.05 * higher)
    )
    assert said(ledger(lower, read_claims(), settings), "under-alignment") == "not trained enough"


def test_an_algorithm_that_has_not_learned_is_left_out_of_the_mean_and_named(
    smoke: Results, settings: Settings
) -> None:
    results = study(smoke, {"dpo": 0.0, "kto": 0.0}, margin=1.0)
    margins = results.validation
    idle = margins.assign(value=margins["value"].where(margins["algorithm"] != "kto", 0.0))
    found = ledger(replace(results, validation=idle), read_claims(), settings)
    verdict = of(found, "under-alignment").verdicts[ALGORITHM]
    assert verdict.verdict == "supported"
    assert "without kto-general (not trained enough)" in verdict.reason
    # One of two algorithms is not almost every one.
    assert said(found, "under-alignment-of-each") == "not trained enough"


def test_where_no_token_could_move_there_is_no_verdict_on_its_shift(
    good: Results, settings: Settings
) -> None:
    sure = good.shift.assign(p_top=good.shift["p_top"].where(good.shift["set"] == "bio", 0.95))
    found = ledger(replace(good, shift=sure), read_claims(), settings)
    for name in ("under-alignment", "not-over-alignment", "under-alignment-of-each"):
        assert said(found, name) == "cannot move", name
    assert "no token could move on countries, selfaware" in (
        of(found, "general-small-shift-out-of-domain").verdicts[ADAPTERS].reason
    )
    one = good.shift.assign(copied=(good.shift["set"] == "countries").astype(int))
    found = ledger(replace(good, shift=one), read_claims(), settings)
    assert said(found, "under-alignment") == "supported"
    assert (
        "no token could move on countries"
        in of(found, "under-alignment").verdicts[ALGORITHM].reason
    )
    assert said(found, "under-alignment-of-each") == "supported"


def test_adapters_can_be_decided_where_their_algorithm_is_not(
    smoke: Results, settings: Settings
) -> None:
    # Seeds disagree by more than their mean: other people are sure, other seeds are not.
    results = study(smoke, {"dpo": 0.05, "kto": 0.05})
    apart = results.items["seed"].map({0: 0.15, 1: 0.0, 2: -0.15})
    apart = apart.where(results.items["recipe"] == "apeft", 0.0)
    found = ledger(
        replace(results, items=results.items.assign(value=results.items["value"] + apart)),
        read_claims(), settings,
    )  # fmt: skip
    assert said(found, "apeft-gain", ADAPTERS) == "supported"
    assert said(found, "apeft-gain", ALGORITHM) == "undecided"
    assert "| supported | undecided |" in markdown(claims(found))


def test_a_loss_contradicts_and_a_gain_too_small_contradicts_the_headline(
    smoke: Results, settings: Settings
) -> None:
    lost = ledger(study(smoke, {"dpo": -0.06, "kto": -0.06}), read_claims(), settings)
    assert said(lost, "apeft-gain") == "contradicted"
    assert said(lost, "apeft-grid") == "contradicted"
    little = ledger(study(smoke, {"dpo": 0.015, "kto": 0.015}), read_claims(), settings)
    assert said(little, "apeft-gain") == "supported"
    assert said(little, "apeft-gain-points") == "contradicted"


def test_almost_all_lets_one_algorithm_fail_and_not_two(smoke: Results, settings: Settings) -> None:
    name = "apeft-helps-almost-every-algorithm"
    gains = {"dpo": 0.06, "ipo": 0.06, "kto": 0.0}
    assert said(ledger(study(smoke, gains), read_claims(), settings), name) == "supported"
    gains = {"dpo": 0.06, "ipo": -0.06, "kto": -0.06}
    assert said(ledger(study(smoke, gains), read_claims(), settings), name) == "contradicted"
    two = study(smoke, {"dpo": 0.06, "kto": -0.06})  # one of two is not almost every one
    assert said(ledger(two, read_claims(), settings), name) == "contradicted"


def test_with_one_seed_nothing_is_more_than_undecided_and_the_reason_says_so(
    smoke: Results, settings: Settings
) -> None:
    found = ledger(study(smoke, {"dpo": 0.06, "kto": 0.06}, seeds=1), read_claims(), settings)
    assert {one.verdicts[ALGORITHM].verdict for one in found} == {"undecided", "not run"}
    gain = of(found, "apeft-gain")
    assert gain.verdicts[ALGORITHM].reason == "one seed says nothing of an algorithm"
    assert gain.verdicts[ADAPTERS].verdict == "supported"
    answer = gain.tests[0].answers[ALGORITHM]
    assert math.isnan(answer.low)
    assert math.isnan(answer.p)
    assert "one seed" in of(found, "apeft-grid").verdicts[ALGORITHM].reason


def test_what_was_not_run_is_not_run_and_says_what_it_needs(good_ledger: list[Finding]) -> None:
    found = of(good_ledger, "more-pairs-stop-helping")
    for asked in QUESTIONS:
        assert found.verdicts[asked].verdict == "not run"
        assert "quantity-apeft-50" in found.verdicts[asked].reason
        assert "make ablations" in found.verdicts[asked].reason
        assert math.isnan(found.tests[0].answers[asked].effect)
    assert said(good_ledger, "more-than-sharpening") == "not run"  # no test fact was ranked


def test_an_algorithm_without_one_recipe_is_left_out_and_named(
    gaps: Results, settings: Settings
) -> None:
    found = of(ledger(gaps, read_claims(), settings), "apeft-gain")
    assert "without ipo (not run)" in found.verdicts[ALGORITHM].reason
    assert found.tests[0].answers[ALGORITHM].seeds == 2  # dpo-general has no third seed


def test_too_few_entities_are_undecided_not_a_verdict(smoke: Results, settings: Settings) -> None:
    found = ledger(study(smoke, {"dpo": 0.06}, people=4), read_claims(), settings)
    assert said(found, "apeft-gain") == "undecided"
    assert "fewer than five entities" in of(found, "apeft-gain").verdicts[ALGORITHM].reason


@pytest.mark.parametrize(
    ("measure", "against", "threshold"),
    [("factscore", "general", 0), ("length", "base", 3), ("shift_share", None, "small_shift")],
)
def test_a_claim_added_in_yaml_gets_a_verdict_without_code(
    tmp_path: Path, full: Results, settings: Settings, measure: str, against: Any, threshold: Any
) -> None:
    added = PRIMARY | {"id": "added", "family": "mine", "measure": measure, "against": against}
    path = written(tmp_path, added | {"threshold": threshold, "sets": ["in domain"]})
    found = of(ledger(full, read_claims(path), settings), "added")
    assert found.verdicts[ALGORITHM].verdict == "undecided"  # one seed
    alone = found.tests[0].answers[ADAPTERS]
    assert math.isfinite(alone.effect)
    assert 0 <= alone.adjusted <= 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"measure": "factscor"}, "added: Value error, measure must be one of"),
        ({"direction": "up"}, "added.direction"),
        ({"treshold": 0.1}, "added.treshold"),
        ({"threshold": math.nan}, "added.threshold"),
        ({"against": None, "scale": "relative"}, "needs something it is relative to"),
        ({"id": "gain"}, "claims with the same id: gain"),
        ({"family": "primary"}, "exactly one claim must be of the family `primary` (found 2)"),
        ({"measure": "shift_share"}, "against must be null"),
        ({"of": "base", "against": None, "learned": True}, "has learned nothing"),
    ],
)
def test_a_wrong_entry_is_refused_by_claim_and_key(
    tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    path = written(tmp_path, PRIMARY | {"id": "added", "family": "mine"} | change)
    with pytest.raises(UserError) as refused:
        read_claims(path)
    assert said in str(refused.value)
    assert str(path) in str(refused.value)


@pytest.mark.parametrize(
    ("direction", "limit", "low", "high", "expected"),
    [
        ("above", 0.0, 0.01, 0.05, "supported"),
        ("above", 0.0, -0.05, -0.01, "contradicted"),
        ("above", 0.0, -0.01, 0.05, "undecided"),
        ("below", 0.02, -0.05, 0.01, "supported"),
        ("below", 0.02, 0.03, 0.05, "contradicted"),
        ("within", 0.02, -0.01, 0.015, "supported"),
        ("within", 0.02, -0.01, 0.03, "undecided"),  # a failed test is not equivalence
        ("within", 0.02, 0.03, 0.05, "contradicted"),
        ("reaches", 0.0345, 0.01, 0.05, "supported"),
        ("reaches", 0.0345, 0.01, 0.03, "contradicted"),
        ("reaches", 0.0345, -0.01, 0.05, "undecided"),
    ],
)
def test_what_an_interval_says(
    direction: str, limit: float, low: float, high: float, expected: str
) -> None:
    claim = Claim.model_validate(PRIMARY | {"direction": direction})
    assert side(Answer(effect=(low + high) / 2, low=low, high=high), claim, limit) == expected


def test_equivalence_is_supported_by_an_interval_inside_the_border_only(
    tmp_path: Path, smoke: Results, settings: Settings
) -> None:
    same = PRIMARY | {"id": "same", "family": "mine", "direction": "within"}
    path = written(tmp_path, same | {"threshold": "small_change"})
    none = study(smoke, {"dpo": 0.0, "kto": 0.0})
    assert said(ledger(none, read_claims(path), settings), "same") == "supported"
    for gain in (0.1, -0.1):
        beyond = study(smoke, {"dpo": gain, "kto": gain})
        assert said(ledger(beyond, read_claims(path), settings), "same") == "contradicted"
    wide = replace(none, items=none.items.assign(
        value=none.items["value"] + keyed(0, "noise").normal(0, 0.3, len(none.items))
    ))  # fmt: skip
    assert said(ledger(wide, read_claims(path), settings), "same") == "undecided"


def test_tables_and_json_hold_every_claim_and_no_number_that_is_none(
    good_ledger: list[Finding], settings: Settings
) -> None:
    made = document(good_ledger, settings)
    assert json.loads(json.dumps(made, allow_nan=False)) == made
    ids = [one.id for one in read_claims()]
    assert [one["id"] for one in made["claims"]] == ids
    table = claims(good_ledger)
    assert list(table.data["id"]) == ids
    assert "| supported |" in markdown(table)
    assert r"\toprule" in latex(table)
    assert len(every_test(good_ledger).data) == sum(len(one.tests) for one in good_ledger)
    shown = table.data.set_index("id")
    for asked in QUESTIONS:
        assert np.isnan(shown.loc["more-pairs-stop-helping", f"{asked}:effect"])
        assert shown.loc["apeft-gain", f"{asked}:effect"] == pytest.approx(0.06, abs=0.01)
        assert made["claims"][0]["verdicts"][asked]["verdict"] == "supported"
        assert made["claims"][0]["tests"][0][asked]["method"] == "bootstrap"
    assert {"these adapters", "the algorithm"} <= set(table.sections[0].columns)
