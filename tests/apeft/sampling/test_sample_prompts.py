"""Sampling many prompts: batches that begin alike, and nothing sampled twice."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from apeft.records import Record
from apeft.sampling.base import Completion, SampleSettings
from apeft.sampling.run import sample_prompts, token_count
from apeft.worklog import Worklog


class Echo:
    """Writes the prompt's length; remembers what it was asked for."""

    batch_independent = True

    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    def sample(self, prompts: Sequence[str], settings: SampleSettings) -> list[list[Completion]]:
        self.calls.append(list(prompts))
        stream = range(settings.first, settings.first + settings.n)
        return [
            [Completion(f"{prompt}:{n}", (len(prompt), n), True, 0) for n in stream]
            for prompt in prompts
        ]


@pytest.fixture
def log(tmp_path: Path) -> Worklog:
    return Worklog("sample", [], root=tmp_path)


def texts(rows: list[list[Record]]) -> list[list[str]]:
    return [[item["text"] for item in row] for row in rows]


def test_completions_stand_in_the_order_of_the_prompts(log: Worklog) -> None:
    prompts = ["zzz b", "aaa x", "zzz a", "aaa x"]
    rows = sample_prompts(Echo(), prompts, SampleSettings(n=2), log, "x")
    assert texts(rows) == [[f"{prompt}:0", f"{prompt}:1"] for prompt in prompts]
    assert token_count(rows) == 4 * 2 * 2


def test_what_is_in_the_log_is_not_sampled_again(log: Worklog) -> None:
    settings, sampler = SampleSettings(n=2), Echo()
    first = sample_prompts(sampler, ["a 1", "a 2"], settings, log, "x")
    again = sample_prompts(sampler, ["a 3", "a 2", "a 1"], settings, log, "x")
    assert again[2:0:-1] == first
    assert sampler.calls[1:] == [["a 3"]]


def test_other_settings_are_sampled_anew(log: Worklog) -> None:
    sampler = Echo()
    for settings in (SampleSettings(), SampleSettings(seed=1), SampleSettings(temperature=0.5)):
        sample_prompts(sampler, ["a"], settings, log, "x")
    assert len(sampler.calls) == 3


def test_a_batch_holds_whole_prompts_of_about_the_wanted_rows(log: Worklog) -> None:
    sampler = Echo()
    sample_prompts(sampler, [f"same {n}" for n in range(5)], SampleSettings(n=3), log, "x", chunk=7)
    assert [len(call) for call in sampler.calls] == [2, 2, 1]
    sampler = Echo()
    sample_prompts(sampler, ["p", "q"], SampleSettings(n=9), log, "x", chunk=4)
    assert [len(call) for call in sampler.calls] == [1, 1]


def test_prompts_that_begin_alike_are_sampled_together_and_come_back_in_their_order(
    log: Worklog,
) -> None:
    sampler = Echo()
    prompts = ["Q: 2", "B: 1", "Q: 1", "B: 2"]
    rows = sample_prompts(sampler, prompts, SampleSettings(), log, "x", chunk=2)
    assert sampler.calls == [["B: 1", "B: 2"], ["Q: 1", "Q: 2"]]
    assert [row[0]["text"] for row in rows] == [f"{prompt}:0" for prompt in prompts]
