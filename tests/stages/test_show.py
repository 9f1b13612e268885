"""The terminal's last words of a run: its main table and both verdicts of every claim."""

from pathlib import Path

import pytest

from apeft.records import write_json
from stages import show


def test_the_terminal_names_both_verdicts_of_each_claim(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    show.TABLE.parent.mkdir(parents=True)
    show.TABLE.write_text("| variant |\n")
    both = {"these adapters": {"verdict": "supported"}, "the algorithm": {"verdict": "undecided"}}
    write_json(show.CLAIMS, {"claims": [{"id": "apeft-gain", "verdicts": both}]})
    show.main()
    said = capsys.readouterr().out
    assert "| variant |" in said
    assert "apeft-gain  these adapters: supported; the algorithm: undecided" in said


def test_without_claims_the_table_is_shown_all_the_same(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    show.TABLE.parent.mkdir(parents=True)
    show.TABLE.write_text("| variant |\n")
    show.main()
    assert "claims: none" in capsys.readouterr().out
