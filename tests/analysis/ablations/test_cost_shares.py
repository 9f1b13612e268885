"""Shares and predictions of cost, worked out by hand."""

from __future__ import annotations

import pytest

from analysis import style
from analysis.ablations.cost import Rates, Stage, finding, group, share, stages

COST = {
    "seconds": 200.0,
    "unrecorded": ["figures"],
    "stages": {
        "detect": {"seconds": 20.0, "peak_memory_mib": 1024.0,
                   "tokens": {"written": 1000, "judge_calls": 7}},
        "sample": {"seconds": 30.0, "peak_memory_mib": 512.0, "tokens": {"written": 3000}},
        "reference": {"seconds": 10.0, "peak_memory_mib": 512.0, "tokens": {"scored": 2000}},
        "train@dpo-general-0": {"seconds": 40.0, "peak_memory_mib": 3072.0,
                                "tokens": {"trained": 500}},
        "train@dpo-apeft-0": {"seconds": 40.0, "peak_memory_mib": 2048.0,
                              "tokens": {"trained": 500}},
        "respond_base": {"seconds": 20.0, "peak_memory_mib": 100.0, "tokens": {"written": 100}},
        "respond@dpo-apeft-0": {"seconds": 30.0, "peak_memory_mib": 200.0,
                                "tokens": {"written": 100}},
        "collect": {"seconds": 10.0, "peak_memory_mib": 50.0, "tokens": {}},
    },
}  # fmt: skip


def test_instances_are_added_up_and_memory_is_the_largest() -> None:
    found = {one.name: one for one in stages(COST)}
    assert list(found) == ["sample", "detect", "reference", "train", "respond", "collect"]
    assert (found["train"].runs, found["train"].seconds, found["train"].memory) == (2, 80, 3072)
    assert found["respond"].tokens == {"written": 200}
    assert group("reference_own@mine") == "reference"
    assert group("reference_shift@dpo-apeft-0") == "reference_shift"  # that is evaluation


def test_operations_are_two_and_four_times_parameters_a_token() -> None:
    one = Stage("x", tokens={"written": 10, "scored": 20, "trained": 5, "judge_calls": 99})
    assert one.operations(100.0) == 2 * 100 * 30 + 4 * 100 * 5
    # 2 * 100 * 10 at 50 a second, and (2 * 100 * 20 + 4 * 100 * 5) at 1000 a second.
    assert one.predicted(100.0, Rates(parallel=1000.0, decoding=50.0)) == 40.0 + 6.0


def test_the_share_of_nothing_is_unknown() -> None:
    assert share([("a", 1.0), ("b", 3.0)], "a") == 0.25
    assert share([("a", 0.0)], "a") is None


def test_the_sentences_tell_detections_share_of_time_and_operations() -> None:
    with style.applied():
        found = finding(COST, 100e6, larger=1e9, rates=Rates(parallel=1e12, decoding=1e12))
    # 20 of 200 s; for one adapter 20 of 30 + 20 + 10 + 40. Operations in units of N: detect 2000 of
    # 6000 + 2000 + 4000 + 4000 + 400 = 16,400; for one adapter of 6000 + 2000 + 4000 + 2000.
    assert "took 20.0 s of 200.0 s (10.0 %), 20.0 % of what it takes" in found.sentences
    assert "and 12.2 % of the operations of all recorded tokens (14.3 % for one" in found.sentences
    # 16,400e9 operations at 1e12 a second are 16.4 s.
    assert "about 16.4 s, of which detection 12.2 % (14.3 % for one" in found.sentences
    assert "Without a record: figures." in found.sentences
    measured = found.tables[0].data.set_index("stage")
    assert measured.loc["detect", "tokens_per_second"] == 50.0
    assert measured.loc["all stages", "peak_memory_gib"] == 3.0
    assert measured.loc["train", "operations"] == 4 * 1000 * 100e6
    predicted = found.tables[1].data.set_index("stage")
    assert predicted["gpu_seconds"].sum() == pytest.approx(16.4)
    assert "collect" not in predicted.index


def test_without_a_record_of_detection_it_is_not_run() -> None:
    rest = {name: record for name, record in COST["stages"].items() if name != "detect"}  # type: ignore[attr-defined]
    assert finding({"stages": rest}, 1e8).sentences.startswith("Not run")
