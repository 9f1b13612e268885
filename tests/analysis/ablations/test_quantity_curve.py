"""The size at which more pairs stop helping, planted; and what is told where there is none."""

from __future__ import annotations

import hand_made
import pytest
from hand_made import Arm

from analysis import style
from analysis.ablations import quantity
from analysis.ablations.arms import arms
from analysis.load import Results
from analysis.settings import Settings

# At half of the pairs all of the gain is there; the atomic set goes on gaining to its end.
GENERAL = {25: 0.02, 50: 0.10, 75: 0.10, 100: 0.10}
ATOMIC = {25: 0.02, 50: 0.05, 75: 0.08, 100: 0.12}


def made(curves: dict[str, dict[int, float]]) -> Results:
    cells = {}
    for name, gains in curves.items():
        for size, gain in gains.items():
            arm = name if size == 100 else f"quantity-{name}-{size}"
            cells["dpo", arm] = Arm(gain=gain, noise=0.002 * size / 100, pairs=2 * size)
    return hand_made.results(cells)


def test_sizes_are_in_order_and_end_with_the_whole_set() -> None:
    found = arms(made({"general": GENERAL, "atomic": ATOMIC}))
    assert list(quantity.sizes(found, "general")) == [25, 50, 75, 100]
    assert quantity.sizes(found, "apeft") == {}


def test_more_stops_helping_at_the_planted_size(settings: Settings) -> None:
    with style.applied():
        found = quantity.finding({"m": made({"general": GENERAL, "atomic": ATOMIC})}, settings)
    data = found.tables[0].data.set_index(["pairs_of", "scope", "percent"])
    assert data.loc[("general", "in domain", 100), "stops_at"] == 50
    assert data.loc[("general", "in domain", 25), "lead:estimate"] == pytest.approx(0.08)
    assert data.loc[("general", "in domain", 75), "pairs"] == 150
    # Every arm reads 80 pairs (hand_made.results), so larger sets are not read whole.
    assert data.loc[("general", "in domain", 25), "pairs_read"] == 50
    assert data.loc[("general", "in domain", 75), "pairs_read"] == 80
    assert "general at 75 %, 150 (80 read)" in found.remarks
    first = found.sentences.partition("Out of domain")[0]
    assert first.startswith("In domain, more pairs stop helping: general from 50 % on")
    assert "atomic not reached (lead of the whole set over 75 %: +4.0 points" in first


def test_more_that_harms_has_stopped_helping_too(settings: Settings) -> None:
    falling = {25: 0.10, 50: 0.08, 75: 0.05, 100: 0.0}
    with style.applied():
        found = quantity.finding({"m": made({"apeft": falling})}, settings)
    assert "APEFT from 25 % on (lead of the whole set: −10.0 points" in found.sentences


def test_a_size_after_which_a_larger_one_still_falls_short_is_no_end(settings: Settings) -> None:
    # A quarter does as well as the whole set, but a half and three quarters do not.
    with style.applied():
        found = quantity.finding(
            {"m": made({"apeft": {25: 0.10, 50: 0.04, 75: 0.05, 100: 0.10}})}, settings
        )
    assert "In domain, more pairs stop helping: APEFT not reached" in found.sentences


def test_several_models_are_told_one_by_one_and_have_a_line_each(settings: Settings) -> None:
    models = {"135M": made({"general": GENERAL}), "360M": made({"general": ATOMIC})}
    with style.applied():
        found = quantity.finding(models, settings)
    assert "135M: In domain, more pairs stop helping: general from 50 % on" in found.sentences
    assert "360M: In domain, more pairs stop helping: general not reached" in found.sentences
    assert set(found.tables[0].data["model"]) == {"135M", "360M"}
    assert found.figure is not None
    labels = [text.get_text() for text in found.figure.legends[0].get_texts()]
    assert labels[:2] == ["135M", "360M"]


def test_a_set_without_its_parts_is_named_and_none_at_all_is_not_run(settings: Settings) -> None:
    some = made({"general": GENERAL, "atomic": {100: 0.1}})
    reasons = {"quantity-atomic-25": "3 of 60 pairs"}
    with style.applied():
        found = quantity.finding({"m": some}, settings, reasons=reasons)
    assert found.sentences.endswith(
        "Not trained: atomic in parts, apeft, quantity-atomic-25 (3 of 60 pairs)."
    )
    assert quantity.finding({"m": made({"atomic": {100: 0.1}})}, settings).sentences.startswith(
        "Not run"
    )
