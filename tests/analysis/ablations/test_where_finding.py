"""What each layer and module is worth: constructed margins whose shares are known by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis import style
from analysis.ablations.finding import write_finding
from analysis.ablations.where import finding, nats
from analysis.ablations.where_effects import part_effects, seeded
from analysis.settings import Settings
from analysis.stats import Interval
from apeft.rng import keyed

LAYERS, MODULES = 6, ("q_proj", "v_proj", "down_proj")


def updates() -> pd.DataFrame:
    rows = [
        {
            "variant": "dpo-apeft-0", "layer": layer, "module": module,
            "norm": 0.1 * (layer + 1), "relative": 0.001 * (layer + 1) * (place + 1),
            "effective_rank": 1.0 + layer + place,
        }
        for layer in range(LAYERS)
        for place, module in enumerate(MODULES)
    ]  # fmt: skip
    head = {"variant": "dpo-apeft-0", "layer": None, "module": "lm_head", "norm": 1.0,
            "relative": 0.5, "effective_rank": 2.0}  # fmt: skip
    return pd.DataFrame([*rows, head])


def margins(gain: float, *, noise: float = 0.05, seed: int = 0, entities: int = 12) -> pd.DataFrame:
    """Without layer 2 a quarter of each fact's gain is lost, without q_proj all, else nothing."""
    kept = {"none": 1.0, "all": 0.0, "layer 2": 0.75, "module q_proj": 0.0}
    parts = ["none", "all", *(f"layer {n}" for n in range(LAYERS)),
             *(f"module {name}" for name in MODULES)]  # fmt: skip
    rows = []
    for where in ("bio", "countries"):
        for number in range(2 * entities):
            rng = keyed(3, where, number)
            level, own = float(rng.normal()), gain + noise * float(rng.normal())
            for part in parts:
                rows.append(
                    {
                        "variant": f"dpo-apeft-{seed}", "part": part, "fact": f"{where}/{number}",
                        "set": where, "relation": "x", "entity": f"{where}/{number // 2}",
                        "margin": level + own * kept.get(part, 1.0),
                    }
                )  # fmt: skip
    return pd.DataFrame(rows)


def test_shares_of_the_gain_are_those_that_were_built_in(settings: Settings) -> None:
    effects = {one.part: one for one in part_effects(seeded(margins(0.4)), settings)}
    whole = effects["all"].lost
    assert whole.estimate == pytest.approx(0.4, abs=0.03)
    assert whole.excludes_zero
    assert (whole.items, whole.entities) == (48, 24)
    quarter = effects["layer 2"]
    assert quarter.lost.estimate == pytest.approx(whole.estimate / 4)
    assert quarter.share is not None
    assert quarter.share.estimate == pytest.approx(0.25)
    assert (quarter.share.low, quarter.share.high) == pytest.approx((0.25, 0.25))
    every = effects["module q_proj"].share
    assert every is not None
    assert every.estimate == pytest.approx(1.0)
    assert effects["layer 0"].lost.estimate == pytest.approx(0, abs=1e-12)


def test_parts_stand_in_the_order_of_the_model(settings: Settings) -> None:
    effects = part_effects(seeded(margins(0.4)), settings)
    assert [one.part for one in effects] == [
        "all", *(f"layer {n}" for n in range(LAYERS)),
        "module q_proj", "module v_proj", "module down_proj",
    ]  # fmt: skip


def test_the_finding_names_the_gain_the_part_and_its_share(settings: Settings) -> None:
    with style.applied():
        made = finding(updates(), margins(0.4), settings)
    assert "raises the mean margin of the right value over the best other by" in made.sentences
    assert "most is lost with layer 2" in made.sentences
    assert "25.0 [25.0, 25.0] % of the gain" in made.sentences
    assert "most is lost with q_proj" in made.sentences
    # the head is in no layer; 0.001 * 6 * 3 = 1.8 %, 0.001 * 1 * 1 = 0.1 %
    assert "largest, relative to the weight that it changes, in down_proj of layer 5 (1.8 %" in (
        made.sentences
    )
    assert "smallest in q_proj of layer 0 (0.1 %)" in made.sentences
    assert "effective rank runs from 1.0 to 8.0" in made.sentences
    parts, weights = made.tables
    assert parts.sections[0].rows[0][0] == "whole update"
    assert parts.sections[0].rows[3][2] == "25.0 [25.0, 25.0]"
    assert len(weights.data) == LAYERS * len(MODULES)


def test_without_a_gain_no_share_is_given_anywhere(settings: Settings) -> None:
    with style.applied():
        made = finding(updates(), margins(0.0, noise=0.3), settings)
    assert "no change of it could be seen" in made.sentences
    assert "is not defined" in made.sentences
    assert "of the gain" not in made.sentences
    assert {row[2] for row in made.tables[0].sections[0].rows} == {"–"}
    assert made.tables[0].data["share:estimate"].isna().all()


def test_a_loss_is_no_gain_to_share_out(settings: Settings) -> None:
    with style.applied():
        made = finding(updates(), margins(-0.4), settings)
    assert "lowers the mean margin" in made.sentences
    assert "there is no gain, and no share of it is defined" in made.sentences
    assert {row[2] for row in made.tables[0].sections[0].rows} == {"–"}


def test_seeds_are_averaged_by_fact_and_told(settings: Settings) -> None:
    both = pd.concat([margins(0.3), margins(0.5, seed=1)], ignore_index=True)
    assert set(seeded(both)["seed"]) == {0, 1}
    effects = part_effects(seeded(both), settings)
    assert effects[0].lost.estimate == pytest.approx(0.4, abs=0.03)
    assert effects[0].lost.items == 48
    with style.applied():
        made = finding(pd.concat([updates(), updates()]), both, settings)
    assert "2 seeds" in made.caption
    assert len(made.tables[1].data) == LAYERS * len(MODULES)


def test_few_entities_give_no_interval_and_no_share(settings: Settings) -> None:
    with style.applied():
        made = finding(updates(), margins(0.4, entities=3), settings)
    assert "its change has no interval" in made.sentences
    assert "too few entities were scored to tell one layer's part from none" in made.sentences


def test_what_was_not_measured_is_not_run(settings: Settings) -> None:
    assert finding(pd.DataFrame(), pd.DataFrame(), settings).sentences.startswith("Not run")
    rows = margins(0.4)
    made = finding(updates(), rows[rows["part"] != "all"], settings)
    assert made.sentences == "Not run: the margins lack the part all."
    assert made.figure is None


def test_its_files_are_written_and_equal_inputs_give_equal_bytes(
    settings: Settings, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        with style.applied():
            write_finding(finding(updates(), margins(0.4), settings), tmp_path / name)
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert {"where.png", "where.pdf", "where_parts.csv", "where_updates.tex"} <= set(names)
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_nats_are_shown_with_their_interval() -> None:
    assert nats(Interval(-0.12, -0.2, 0.05, 9, 9, "bootstrap")) == "−0.120 nats [−0.200, 0.050]"
    assert nats(Interval(0.12, np.nan, np.nan, 9, 4, "none"), signed=True) == (
        "+0.120 nats (no interval)"
    )


def test_an_adapter_that_diverged_is_not_run_and_says_why(settings: Settings) -> None:
    rows = margins(0.4).astype(object)
    some = rows["fact"] == "bio/0"
    with style.applied():
        found = finding(updates(), rows.assign(margin=rows["margin"].mask(some, None)), settings)
        none = finding(updates(), rows.assign(margin=None), settings)
    assert found.figure is not None
    assert "47 test facts" in found.caption
    assert none.sentences == "Not run: no test fact has a finite margin with every part."


def test_a_seed_that_diverged_leaves_the_others_their_finding(settings: Settings) -> None:
    gone = margins(0.4, seed=1).assign(margin=None)
    with style.applied():
        found = finding(updates(), pd.concat([margins(0.4), gone]), settings)
    assert found.figure is not None
    assert "48 test facts of 24 entities; 1 seed)" in found.caption
    assert "one adapter of one seed" in found.sentences
