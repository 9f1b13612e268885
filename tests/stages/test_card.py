"""Model cards: what MLflow shows beside each adapter."""

from pathlib import Path
from typing import Any

from apeft.records import write_json
from stages.card import model_card
from stages.lockfile import content_hash
from stages.track import track
from stages.tracking import open_store


def test_a_model_card_is_logged_with_each_adapter(workspace: Any) -> None:
    track(workspace.path)
    run = workspace.current()["dpo-apeft-0"]
    with open_store(workspace.path) as store:
        names = [file.path for file in store.client.list_artifacts(run.info.run_id)]
        assert names == ["model_card.md"]
        text = Path(store.client.download_artifacts(run.info.run_id, "model_card.md")).read_text(
            encoding="utf-8"
        )
    assert "| β | 0.1 |" in text
    assert "| bio/factscore | 0.5 |" in text
    assert content_hash(workspace.path / "out/train/dpo-apeft-0") in text


def test_a_card_says_that_an_adapter_collapsed(tmp_path: Path) -> None:
    write_json(tmp_path / "settings.json", {"algorithm": "dpo", "steps": 3})
    write_json(tmp_path / "collapse.json", {"flag": True, "reasons": ["repetition"]})
    (tmp_path / "curves.jsonl").write_text('{"step": 3, "kl": 4.0}\n')
    text = model_card(tmp_path, "abc.dir", None)
    assert "**Collapsed**: repetition." in text
    assert "Not evaluated yet." in text
    assert "kl 4" in text
