"""Mixing, quality and controls on planted gains: what is told, credited, and not run."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import hand_made
import pandas as pd
import pytest
from hand_made import Arm

from analysis import style
from analysis.ablations import controls, mixing, quality, rules
from analysis.ablations.finding import write_finding
from analysis.settings import Settings
from analysis.stats import Interval

MIXES = {
    "mix-only-general": 0.00,
    "mix-1-3": 0.05,
    "mix-1-1": 0.05,
    "mix-3-1": 0.05,
    "mix-only-atomic": 0.02,
    "order-easy-first": 0.05,
}


def dpo(gains: dict[str, float]) -> dict[tuple[str, str], Arm]:
    return {("dpo", arm): Arm(gain=gain) for arm, gain in gains.items()}


def test_shares_of_atomic_pairs() -> None:
    names = ("mix-1-3", "mix-1-1", "mix-only-atomic", "mix-only-general", "order-easy-first")
    assert [mixing.share(one) for one in names] == [0.25, 0.5, 1.0, 0.0, None]


def test_ratios_that_differ_from_the_even_mix_are_told_apart_from_those_that_do_not(
    settings: Settings,
) -> None:
    with style.applied():
        found = mixing.finding(hand_made.results(dpo(MIXES)), settings)
    first = found.sentences.partition("Out of domain")[0]
    assert first.startswith("In domain, against the even shuffled mix: by ratio, a difference for")
    seen, _, unseen = first.partition("no difference could be seen for")
    assert "general only (−5.0 points" in seen
    assert "atomic only (−3.0 points" in seen
    assert "1 : 3 (0.0 points" in unseen
    assert "by order, no difference could be seen for easy first (0.0" in first
    assert found.sentences.endswith("Not trained: order-general-first, order-atomic-first.")
    assert "Every arm is one adapter of one seed" in found.remarks


def test_arms_of_several_seeds_need_no_caution_and_ratios_left_out_are_named(
    settings: Settings,
) -> None:
    made = {("dpo", arm): Arm(gain=MIXES[arm], seeds=(0, 1)) for arm in ("mix-1-1", "mix-1-3")}
    reasons = {"mix-3-1": "left out by ablations.only"}
    with style.applied():
        found = mixing.finding(hand_made.results(made), settings, reasons=reasons)
    assert "one seed" not in found.sentences
    assert "mix-3-1 (left out by ablations.only)" in found.remarks


def test_without_the_even_mix_mixing_is_not_run_and_says_why(settings: Settings) -> None:
    some = {arm: gain for arm, gain in MIXES.items() if arm != "mix-1-1"}
    reasons = {"mix-1-1": "only 4 atomic pairs"}
    found = mixing.finding(hand_made.results(dpo(some)), settings, reasons=reasons)
    assert found.sentences.startswith("Not run")
    assert "mix-1-1 (only 4 atomic pairs)" in found.sentences
    assert found.figure is None


def test_a_wide_gap_that_is_better_is_told_and_half_a_comparison_is_not_run(
    settings: Settings,
) -> None:
    gains = {"gap-narrow": 0.0, "gap-middle": 0.03, "gap-wide": 0.06, "general": 0.06}
    gaps = {"gap-narrow": 0.1, "gap-middle": 0.2, "gap-wide": 0.4, "general": 0.25}
    with style.applied():
        found = quality.finding(hand_made.results(dpo(gains)), gaps, settings)
    first = found.sentences.partition("Out of domain")[0]
    assert "a difference for wide gap − narrow gap (+6.0 points" in first
    assert re.search(r"no difference could be seen for wide gap − general \(0\.0", first)
    assert "middle gap − general (−3.0 points" in first
    # The curve of the first panel: gaps and changes as planted, of the parts in rising order.
    assert found.figure is not None
    curve = next(line for line in found.figure.axes[0].lines if len(line.get_xdata()) == 3)
    assert list(curve.get_xdata()) == pytest.approx([10, 20, 40])
    assert list(curve.get_ydata()) == pytest.approx([0, 0.03, 0.06])
    del gains["gap-middle"]
    with style.applied():
        less = quality.finding(
            hand_made.results(dpo(gains)), gaps, settings, reasons={"gap-middle": "left out"}
        )
    assert "each of 3 equal parts" in less.caption
    assert less.sentences.endswith("Not trained: gap-middle (left out).")
    half = hand_made.results(dpo({"gap-narrow": 0.0, "general": 0.0}))
    assert quality.finding(half, gaps, settings).sentences.startswith("Not run")


def interval(low: float, high: float) -> Interval:
    return Interval((low + high) / 2, low, high, 20, 20, "bootstrap")


@pytest.mark.parametrize(
    ("moved", "left", "verdict"),
    [
        (None, {}, "not measured"),
        (interval(-0.01, 0.02), {"a": interval(0.01, 0.02)}, "no change could be seen"),
        (interval(0.01, 0.05), {"a": interval(0.01, 0.02)}, "credited"),
        (interval(-0.05, -0.01), {"a": interval(-0.03, -0.02)}, "credited"),
        (interval(0.01, 0.05), {"a": interval(-0.01, 0.02)}, "not told apart from a"),
        # A control that moved further in the same direction leaves nothing to credit.
        (interval(0.01, 0.05), {"a": interval(-0.03, -0.02)}, "not told apart from a"),
        (interval(0.01, 0.05), {"a": interval(0.01, 0.02), "b": None}, "not told apart from b"),
    ],
)
def test_what_a_control_also_moves_is_not_credited(
    moved: Interval | None, left: dict[str, Interval | None], verdict: str
) -> None:
    assert controls.credit(moved, left) == verdict


def test_a_gain_that_permuted_values_give_too_is_not_credited(settings: Settings) -> None:
    gains = {"apeft": 0.1, "general": 0.0, "control-permuted": 0.1}
    with style.applied():
        found = controls.finding(hand_made.results(dpo(gains)), settings)
    credit = found.tables[0].data.set_index(["set", "measure"])["credit"]
    assert credit["bio", "factscore"] == "not told apart from permuted values"
    assert credit["selfaware", "balanced_accuracy"] == "no change could be seen"
    assert "APEFT changes by +10.0 points" in found.sentences
    assert "0 of these changes lie beyond every control" in found.sentences
    assert "Not trained: sft-apeft, control-tokens." in found.sentences


def test_pairs_that_permuted_values_could_not_keep_are_told(settings: Settings) -> None:
    results = hand_made.results(dpo({"apeft": 0.1, "control-permuted": 0.1}))
    rows = results.training
    rows["pairs_atomic"] = rows["recipe"].map({"apeft": 30, "control-permuted": 21})
    with style.applied():
        found = controls.finding(results, settings)
    assert "Permuted values: 21 of 30 atomic pairs" in found.remarks


def test_a_gain_beyond_every_control_is_credited(settings: Settings) -> None:
    arms = dpo({"apeft": 0.1, "general": 0.02, "control-permuted": 0.0, "control-tokens": 0.01})
    arms["sft", "apeft"] = Arm(gain=0.03)
    with style.applied():
        found = controls.finding(hand_made.results(arms), settings)
    assert "credited to atomic preferences (Biographies right" in found.sentences
    assert "Not trained" not in found.sentences


def test_the_base_against_itself_is_zero_and_unequal_steps_are_told(settings: Settings) -> None:
    arms = dpo({"apeft": 0.1, "general": 0.0})
    with style.applied():
        even = controls.finding(hand_made.results(arms), settings)
        arms["dpo", "general"] = Arm(steps=30)
        uneven = controls.finding(hand_made.results(arms), settings)
    assert "The base against itself is zero everywhere; all arms here have 20 steps." in (
        even.sentences
    )
    assert "steps are NOT equal (20, 30)" in uneven.sentences
    base = even.tables[1].data
    assert (base[base["contrast"] == "base"]["estimate"].dropna() == 0).all()


def test_the_base_at_the_matching_temperature_is_a_control_of_r(settings: Settings) -> None:
    # By the base's entropies 2 and 4 nats at 0.5 and 1, APEFT's 3 is matched at 0.75, where the
    # base's r is the middle of 0.5 and 0.25; APEFT's is 0.5, so 12.5 points are beyond it.
    made = hand_made.results(dpo({"apeft": 0.1, "general": 0.0}))
    rows = [
        {"variant": variant, "algorithm": algorithm, "recipe": recipe, "seed": 0, "set": where}
        | {"role": "in domain", "entity": entity, "item": fact, "relation": relation}
        | {"temperature": temperature, "r": r, "surprisal": entropy}
        for variant, algorithm, recipe, temperature, r, entropy in (
            ("base", "base", "", 0.5, 0.5, 2.0),
            ("base", "base", "", 1.0, 0.25, 4.0),
            ("dpo-apeft-0", "dpo", "apeft", 1.0, 0.5, 3.0),
        )
        for where, entity, relation, fact in hand_made.facts()
        if where == "bio"
    ]

    made = replace(made, answers=pd.DataFrame(rows))
    with style.applied():
        found = controls.finding(made, settings)
    assert "beyond the base at temperature 0.75" in found.sentences
    assert "a difference for APEFT (+12.5 points" in found.sentences
    # No figure and table is left out of the files.
    assert [table.name for table in found.tables] == [
        "controls_credit", "controls_changes", "controls_sharpening",
    ]  # fmt: skip


def test_controls_without_apeft_are_not_run(settings: Settings) -> None:
    found = controls.finding(hand_made.results(dpo({"general": 0.0})), settings)
    assert found.sentences.startswith("Not run")


def test_a_finding_writes_its_figure_and_tables(settings: Settings, tmp_path: Path) -> None:
    with style.applied():
        found = mixing.finding(hand_made.results(dpo(MIXES)), settings)
        write_finding(found, tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert {"mixing.png", "mixing.pdf", "mixing_changes.csv", "shown.json"} <= names


def test_each_other_rule_is_set_against_the_arm_whose_rule_it_changes(settings: Settings) -> None:
    gains = {"general": 0.0, "apeft": 0.02, "rule-plain": 0.06, "rule-beyond-chance": 0.02}
    with style.applied():
        found = rules.finding(hand_made.results(dpo(gains)), settings)
    first = found.sentences.partition("Out of domain")[0]
    assert "a difference for plain gap − general (+6.0 points" in first
    assert "no difference could be seen for beyond chance − APEFT (0.0 points" in first
    half = hand_made.results(dpo({one: gains[one] for one in ("general", "apeft", "rule-plain")}))
    reasons = {"rule-beyond-chance": "0 of 4 atomic pairs"}
    with style.applied():
        found = rules.finding(half, settings, reasons=reasons)
    assert "rule-beyond-chance (0 of 4 atomic pairs)" in found.remarks
    alone = rules.finding(hand_made.results(dpo({"rule-plain": 0.0})), settings, reasons=reasons)
    assert alone.figure is None
    assert "general" in alone.sentences
