"""Replies that are kept, and what they cost, on a real server and a real database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from asking import GOOD, MATERIAL, TASK, Colour, reader
from llm_server import Sent, endpoint, in_turn, says

from apeft.errors import UserError
from apeft.llm.cache import ReplyCache
from apeft.llm.endpoint import EndpointChat, EndpointSettings
from apeft.llm.reader import Reader, Task
from apeft.llm.spent import Prices


def test_a_second_run_pays_for_nothing_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "replies.sqlite"
    prices = Prices(prompt=3.0, completion=15.0)
    bad = '{"name": 1}'
    with endpoint(in_turn(says(GOOD), says(bad))) as server:
        mine = reader(server.url, path, prices)
        answers = [mine.ask(TASK, {"text": text}) for text in "abab"]
        assert len(server.calls) == 3  # one good reply, and two bad ones
        # By hand: 3 calls of 100 and 10 tokens at 3 and 15 a million.
        assert mine.spent.cost == pytest.approx((300 * 3 + 30 * 15) / 1e6)
        assert mine.spent.counts() == {
            "judge_calls": 3, "judge_cached": 0, "judge_unreadable": 1, "judge_lost": 0,
            "judge_prompt": 300, "judge_completion": 30, "judge_millionths": 1350,
        }  # fmt: skip
        again = reader(server.url, path, prices)
        assert [again.ask(TASK, {"text": text}) for text in "abab"] == answers
        assert len(server.calls) == 3
        assert again.spent.cost == 0.0
        assert again.spent.counts()["judge_cached"] == 3
        assert "0 calls, 3 kept replies, 1 unreadable" in again.spent.line()


def test_another_model_temperature_or_prompt_is_asked_anew(tmp_path: Path) -> None:
    path = tmp_path / "replies.sqlite"
    other = Task("colour", "Name the hue.", Colour)
    with endpoint(in_turn(says(GOOD))) as server:
        for task, more in ((TASK, {}), (TASK, {"temperature": 0.5}), (TASK, {"max_tokens": 5}),
                           (other, {})):  # fmt: skip
            reader(server.url, path, **more).ask(task, MATERIAL)
        changed = EndpointSettings(server.url, "another")
        Reader(EndpointChat(changed), ReplyCache(path)).ask(TASK, MATERIAL)
    assert len(server.calls) == 5


def test_an_unknown_price_or_token_count_makes_the_cost_unknown() -> None:
    with endpoint(in_turn(says(GOOD))) as server:
        mine = reader(server.url, prices=Prices(prompt=1.0))
        mine.ask(TASK, MATERIAL)
    assert mine.spent.cost is None
    assert "cost unknown" in mine.spent.line()
    uncounted = json.loads(says(GOOD).body)
    del uncounted["usage"]
    with endpoint(in_turn(Sent(200, json.dumps(uncounted)))) as server:
        mine = reader(server.url, prices=Prices(1.0, 1.0))
        mine.ask(TASK, MATERIAL)
    assert mine.spent.cost is None


def test_a_crash_keeps_every_reply_that_came_before_it(tmp_path: Path) -> None:
    path = tmp_path / "replies.sqlite"

    def dies_at_the_end(call: Any) -> Sent:
        return Sent(401, "{}") if call.material["text"] == "3" else says(GOOD)

    with endpoint(dies_at_the_end) as server:
        mine = reader(server.url, path, concurrency=1)
        with pytest.raises(UserError, match="refuses the key"):
            mine.warm(mine.ask, [(TASK, {"text": str(n)}) for n in range(4)])
    with endpoint(in_turn(says(GOOD))) as server:
        mine = reader(server.url, path)
        mine.warm(mine.ask, [(TASK, {"text": str(n)}) for n in range(4)])
        assert len(server.calls) == 1
    assert mine.spent.cached == 3


def test_a_damaged_file_of_replies_is_told(tmp_path: Path) -> None:
    path = tmp_path / "replies.sqlite"
    path.write_bytes(b"not a database " * 1000)
    with pytest.raises(UserError, match="file of kept replies"):
        ReplyCache(path)
