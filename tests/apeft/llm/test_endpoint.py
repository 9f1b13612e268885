"""The judge's reader against a real server on loopback that misbehaves on purpose."""

from __future__ import annotations

import json
import logging
import time
from pathlib import Path
from typing import Any

import pytest
from asking import GOOD, MATERIAL, TASK, Colour, ask, reader
from llm_server import Sent, endpoint, in_turn, says

from apeft.errors import UserError
from apeft.llm.endpoint import EndpointChat, EndpointSettings
from apeft.llm.reader import BAD_REPLY, NO_REPLY

KEY = "sk-very-secret-0123456789"


def test_a_valid_reply_is_read_and_the_request_is_what_the_settings_say() -> None:
    with endpoint(in_turn(says(GOOD))) as server:
        assert ask(server.url, max_tokens=77).value == Colour(name="red", warm=True)
    (call,) = server.calls
    assert call.body["model"] == "tester"
    assert call.body["temperature"] == 0.0
    assert call.body["max_tokens"] == 77
    assert call.task == "colour"
    assert call.body["response_format"]["json_schema"]["schema"] == Colour.model_json_schema()
    assert call.material == MATERIAL


@pytest.mark.parametrize("form", ["json_object", "none"])
def test_endpoints_without_guided_decoding_get_the_schema_in_words(form: Any) -> None:
    with endpoint(in_turn(says(f"```json\n{GOOD}\n```"))) as server:
        found = ask(server.url, reply_format=form, temperature=None,
                    limit_name="max_completion_tokens")  # fmt: skip
    assert found.value == Colour(name="red", warm=True)
    (call,) = server.calls
    assert call.body.get("response_format") == ({"type": form} if form != "none" else None)
    assert "temperature" not in call.body
    assert call.body["max_completion_tokens"] == 1024
    assert json.dumps(Colour.model_json_schema(), sort_keys=True) in call.system


def test_what_a_reasoning_model_thinks_first_is_no_part_of_its_reply() -> None:
    with endpoint(in_turn(says(f"<think>\nperhaps {{}}?\n</think>\n\n{GOOD}"))) as server:
        assert ask(server.url).value == Colour(name="red", warm=True)


@pytest.mark.parametrize(
    "bad",
    [
        '{"name": "red", "wa',  # truncated
        '{"name": "red"}',  # wrong schema: a key is missing
        '{"name": "red", "warm": "yes"}',  # wrong schema: a type
        '{"name": "red", "warm": true, "note": "pwned"}',  # wrong schema: a key too many
        "I am happy to help! " + GOOD,
        "null",
        "",
        None,  # a refusal or a tool call has no content
    ],
)
def test_a_bad_reply_is_asked_for_once_more_and_then_unscored_with_the_reply_kept(
    bad: str | None, tmp_path: Path
) -> None:
    with endpoint(in_turn(says(bad))) as server:
        mine = reader(server.url, tmp_path / "replies.sqlite")
        found = mine.ask(TASK, MATERIAL)
        assert (found.value, found.reason, found.reply) == (None, BAD_REPLY, bad or "")
        assert len(server.calls) == 2
        assert mine.spent.unreadable == 1
    with endpoint(in_turn(says(bad), says(GOOD))) as server:
        assert ask(server.url).value == Colour(name="red", warm=True)
        assert len(server.calls) == 2
    first, second = server.calls
    assert second.body["messages"][:2] == first.body["messages"]
    assert second.body["messages"][2] == {"role": "assistant", "content": bad or ""}
    import sqlite3

    rows = sqlite3.connect(tmp_path / "replies.sqlite").execute("select text, fault from replies")
    assert {text for text, fault in rows if fault} == {bad or ""}


def test_429_and_500_are_tried_again_and_retry_after_is_honoured() -> None:
    wait = Sent(429, "{}", {"Retry-After": "1"})
    with endpoint(in_turn(wait, Sent(500, "oh"), says(GOOD))) as server:
        assert ask(server.url).value is not None
    one, two, three = (call.at for call in server.calls)
    assert two - one >= 0.99  # seconds asked for, where back-off alone would wait under 0.5
    assert three - two >= 0.3  # back-off: a second at the second try, less at most a quarter


def test_back_off_has_jitter() -> None:
    waits = set()
    for _ in range(2):
        with endpoint(in_turn(Sent(503, ""), says(GOOD))) as server:
            ask(server.url)
        waits.add(round(server.calls[1].at - server.calls[0].at, 3))
    assert len(waits) > 1


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (Sent(500, "broken"), "HTTP 500"),
        (Sent(429, "slow down", {"Retry-After": "0.01"}), "HTTP 429"),
        (Sent(400, "too long"), "HTTP 400"),
        (says(GOOD, slow=1.0), "no answer within"),
        (says(GOOD, cut=True), "ProtocolError"),
        (Sent(200, "<html>gateway</html>"), "no chat completion"),
        (Sent(200, '{"choices": []}'), "no chat completion"),
        (Sent(200, '["choices"]'), "no chat completion"),
    ],
)
def test_a_request_without_a_reply_is_unscored_and_never_kept(
    sent: Sent, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "replies.sqlite"
    with endpoint(in_turn(sent)) as server:
        mine = reader(server.url, path, retries=1, timeout=0.4)
        found = mine.ask(TASK, MATERIAL)
        assert found.value is None
        assert found.reason == NO_REPLY
        assert said in found.reply
        calls = len(server.calls)
        assert calls == (1 if sent.status == 400 else 2)
        assert mine.ask(TASK, MATERIAL).reason == NO_REPLY
        assert len(server.calls) == calls, "it had all its tries in this run"
        assert mine.spent.lost == 1
    with endpoint(in_turn(says(GOOD))) as server:
        assert reader(server.url, path).ask(TASK, MATERIAL).value is not None


def test_an_endpoint_that_answers_nothing_stops_the_run_with_one_clear_error() -> None:
    with endpoint(in_turn(Sent(500, "broken"))) as server:
        mine = reader(server.url, retries=0)
        for text in ("a", "b"):
            assert mine.ask(TASK, {"text": text}).reason == NO_REPLY
        with pytest.raises(UserError, match="3 times in a row; the last time: HTTP 500"):
            mine.ask(TASK, {"text": "c"})
    gone = reader(server.url, retries=0)  # nobody listens there any more
    assert [gone.ask(TASK, {"text": text}).reason for text in "ab"] == [NO_REPLY] * 2
    with pytest.raises(UserError, match="in a row"):
        gone.ask(TASK, {"text": "c"})


def test_a_few_refused_texts_stop_nothing_and_refusing_all_does() -> None:
    sent = [*[Sent(400, "too long")] * 5, Sent(500, "once"), Sent(400, "too long"), says(GOOD)]
    with endpoint(in_turn(*sent)) as server:
        mine = reader(server.url, retries=0)
        found = [mine.ask(TASK, {"text": str(n)}) for n in range(8)]
    assert [one.value is None for one in found] == [True] * 7 + [False]
    with endpoint(in_turn(Sent(400, "no such format"))) as server:
        mine = reader(server.url, retries=0)
        for n in range(19):
            assert mine.ask(TASK, {"text": str(n)}).reason == NO_REPLY
        with pytest.raises(UserError, match="20 times in a row; the last time: HTTP 400"):
            mine.ask(TASK, {"text": "one more"})


def test_an_unknown_model_or_a_refused_key_stops_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_KEY", KEY)
    for status, said in ((401, "refuses the key"), (403, "refuses the key"), (404, "no such mod")):
        body = json.dumps({"error": {"message": f"Incorrect API key provided: {KEY}"}})
        with endpoint(in_turn(Sent(status, body))) as server:
            with pytest.raises(UserError, match=said) as caught:
                ask(server.url, key_env="TEST_KEY")
            assert len(server.calls) == 1
        assert KEY not in str(caught.value)


def test_the_key_is_sent_and_stands_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An endpoint that repeats the key in replies and errors must not spread it."""
    monkeypatch.setenv("TEST_KEY", KEY)
    caplog.set_level(logging.DEBUG)
    path = tmp_path / "replies.sqlite"
    refusal = json.dumps({"error": {"message": f"key {KEY} is bad"}})
    echo = in_turn(says(f'{{"name": "{KEY}", "warm": true}}'), Sent(400, refusal))
    with endpoint(echo) as server:
        mine = reader(server.url, path, key_env="TEST_KEY")
        first, second = mine.ask(TASK, MATERIAL), mine.ask(TASK, {"text": "other"})
    assert server.calls[0].headers["authorization"] == f"Bearer {KEY}"
    assert first.value == Colour(name="[key]", warm=True)
    assert "[key] is bad" in second.reply
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert KEY.encode() not in kept
    assert KEY not in json.dumps(dict(mine.chat.settings))
    assert KEY not in caplog.text


@pytest.mark.parametrize("name", [KEY, "my key", ""])
def test_a_key_in_place_of_its_variables_name_is_refused_and_not_shown(name: str) -> None:
    with pytest.raises(UserError, match="not the name of an environment variable") as caught:
        EndpointChat(EndpointSettings("http://127.0.0.1:1/v1", "tester", key_env=name))
    assert not name or name not in str(caught.value)


def test_a_key_variable_that_is_not_set_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_KEY", raising=False)
    with pytest.raises(UserError, match="TEST_KEY is empty or not set"):
        EndpointChat(EndpointSettings("http://127.0.0.1:1/v1", "tester", key_env="TEST_KEY"))


@pytest.mark.parametrize("address", ["127.0.0.1:8000", "file:///etc/passwd", "http://a:b@host/v1"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(UserError, match="not an address") as caught:
        EndpointChat(EndpointSettings(address, "tester"))
    assert "a:b" not in str(caught.value)


def test_no_more_requests_are_under_way_than_the_limit_and_equal_ones_are_asked_once() -> None:
    with endpoint(lambda call: says(GOOD, slow=0.1)) as server:
        mine = reader(server.url, concurrency=3)
        start = time.monotonic()
        calls = [(TASK, {"text": str(n % 9)}) for n in range(18)]
        mine.warm(mine.ask, calls)
        seconds = time.monotonic() - start
        assert len(server.calls) == 9
        assert server.busiest == 3
        assert seconds < 0.85  # one after another takes 0.9
        assert [mine.ask(*call).value for call in calls] == [Colour(name="red", warm=True)] * 18
        assert len(server.calls) == 9
