"""Looks at a real server on loopback: each answer gets its own word, and none an exception."""

import socket
from pathlib import Path

import pytest

from apeft.resources.reach import hub, index, served

COMMIT = "0" * 40


def closed() -> str:
    """An address at which nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


@pytest.fixture(autouse=True)
def _online(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client reads HF_HUB_OFFLINE once; tests of other modules may have set it."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)


@pytest.mark.parametrize(
    ("repository", "kind", "state"),
    [
        ("open/model", "model", "reachable"),
        ("gated/model", "model", "denied"),
        ("nobody/model", "model", "absent"),
        ("moved/model", "model", "absent"),
        ("empty/model", "model", "absent"),  # no config.json: no model
        ("empty/data", "dataset", "reachable"),  # no README.md: a data set all the same
        ("a/b/c/d", "model", "absent"),
        ("../../etc", "model", "absent"),
    ],
)
def test_the_hubs_answers_are_told_apart(
    server: str, repository: str, kind: str, state: str, tmp_path: Path
) -> None:
    seen = hub(repository, COMMIT, kind=kind, endpoint=server, cache=tmp_path, timeout=10)
    assert seen.state == state
    assert seen.good == (state == "reachable")
    assert "\n" not in seen.found


def test_a_silent_hub_and_an_offline_one_are_findings(server: str, tmp_path: Path) -> None:
    for endpoint, name in ((closed(), "open/model"), (server, "slow/model")):
        seen = hub(name, COMMIT, endpoint=endpoint, cache=tmp_path, timeout=0.5)
        assert seen.state == "offline", seen


def test_a_model_in_the_cache_needs_no_hub(tmp_path: Path) -> None:
    snapshot = tmp_path / "models--open--model" / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text("{}")
    known = {"endpoint": closed(), "cache": tmp_path, "timeout": 0.5}
    assert hub("open/model", COMMIT, **known).state == "offline"  # weights are not there
    (snapshot / "model.safetensors").write_bytes(b"")
    assert hub("open/model", COMMIT, **known).state == "local"
    assert hub("open/model", "1" * 40, **known).state == "offline"  # another revision


@pytest.mark.parametrize(
    ("path", "key", "state"),
    [
        ("/v1", None, "reachable"),
        ("/v1/", None, "reachable"),
        ("/locked", None, "denied"),
        ("/locked", "secret-key", "reachable"),
        ("/nothing", None, "absent"),
        ("/page", None, "absent"),
        ("/moved", "secret-key", "absent"),  # a key follows no redirection
    ],
)
def test_an_endpoints_answers_are_told_apart(
    server: str, path: str, key: str | None, state: str
) -> None:
    seen, names = served(server + path, key=key, timeout=10)
    assert seen.state == state
    assert names == (["judge-7b"] if state == "reachable" else [])
    assert "secret-key" not in seen.found


@pytest.mark.parametrize("address", ["file:///etc/passwd", "nonsense", "http://", "http://[::"])
def test_what_is_no_address_is_a_finding(address: str) -> None:
    assert not served(address, timeout=1)[0].good


def test_an_endpoint_at_which_nothing_listens_is_offline() -> None:
    assert served(closed(), timeout=1)[0].state == "offline"


def test_an_index_that_does_not_answer_is_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", closed())
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "")
    assert index("countryinfo", "1.0.1", timeout=1).state == "offline"
