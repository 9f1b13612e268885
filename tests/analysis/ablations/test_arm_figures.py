"""The figures of the arms: nothing overlaps, nothing is cut, whatever was run."""

from __future__ import annotations

from dataclasses import replace

import hand_made
import pytest
from hand_made import Arm
from matplotlib.figure import Figure
from test_analysis_figures import drawn_texts, outside, overlaps
from test_class_gains import rising, verdicts
from test_cost_shares import COST

from analysis import style
from analysis.ablations import classes, controls, cost, mixing, quality, quantity, rules
from analysis.load import Results
from analysis.settings import Settings

pytestmark = pytest.mark.filterwarnings("error::UserWarning")
NAMES = (
    "general", "atomic", "apeft", "class-unknown", "class-potentially-known", "class-known",
    "mix-only-general", "mix-1-3", "mix-1-1", "mix-3-1", "mix-only-atomic", "order-general-first",
    "order-atomic-first", "order-easy-first", "gap-narrow", "gap-middle", "gap-wide",
    "control-permuted", "rule-plain", "rule-beyond-chance",
    *(f"quantity-{name}-{part}" for name in ("general", "atomic", "apeft") for part in (25, 50)),
)  # fmt: skip

GAPS = {"gap-narrow": 0.05, "gap-middle": 0.1, "gap-wide": 0.3, "general": 0.15}


def every(results: Results, settings: Settings) -> dict[str, Figure | None]:
    rows = hand_made.answers({"base": verdicts, "dpo-class-known-0": verdicts})
    with style.applied():
        found = [
            classes.finding(results, rows, settings),
            mixing.finding(results, settings),
            quality.finding(results, GAPS, settings),
            rules.finding(results, settings),
            quantity.finding({"one": results, "another": results}, settings),
            controls.finding(results, settings),
            cost.finding(COST, 1e8),
        ]
    return {one.name: one.figure for one in found}


@pytest.fixture(scope="module")
def results() -> Results:
    arms = {
        ("dpo", name): Arm(gain=0.01 * number, margin=rising) for number, name in enumerate(NAMES)
    }
    return hand_made.results(arms | {("sft", "apeft"): Arm(gain=0.03)})


def test_texts_of_every_figure_stand_apart_and_inside(
    results: Results, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, figure in every(results, settings).items():
        assert figure is not None
        with style.applied():
            texts = drawn_texts(figure, monkeypatch)
        assert len(texts) > 5
        assert overlaps(texts, slack=0.5 * figure.dpi / 72) == [], name
        assert outside(texts, figure) == [], name
        assert figure.get_figwidth() <= style.TEXT


def test_arms_of_which_nothing_was_scored_do_not_fail(results: Results, settings: Settings) -> None:
    empty = replace(results, items=results.items.assign(value=float("nan")))
    figures = every(empty, settings)
    assert figures.pop("quantity") is None  # there is no curve at all: it is told as not run
    assert all(figures.values())
