"""Model cards: what MLflow shows beside each adapter."""

from pathlib import Path
from typing import Any

from apeft.records import write_json
from stages.card import model_card
from stages.lockfile import content_hash
from stages.track import track
from stages.tracking import open_store


def logged(workspace: Any, variant: str) -> str:
    """Bring MLflow in line and read the card of a variant."""
    track(workspace.path)
    run = workspace.current()[variant]
    with open_store(workspace.path) as store:
        names = [file.path for file in store.client.list_artifacts(run.info.run_id)]
        assert names == ["model_card.md"]
        card = store.client.download_artifacts(run.info.run_id, "model_card.md")
        return Path(card).read_text(encoding="utf-8")


def test_a_model_card_is_logged_with_each_adapter(workspace: Any) -> None:
    text = logged(workspace, "dpo-apeft-0")
    assert "| β | 0.1 |" in text
    assert "| bio/factscore | 0.5 |" in text
    assert content_hash(workspace.path / "out/train/dpo-apeft-0") in text


def test_a_card_follows_a_later_evaluation(workspace: Any) -> None:
    metrics = workspace.path / "reports/metrics.json"
    metrics.unlink()
    assert "Not evaluated yet." in logged(workspace, "dpo-apeft-0")
    for score in (0.5, 0.75):
        write_json(metrics, {"dpo-apeft-0": {"bio": {"factscore": score}}})
        assert f"| bio/factscore | {score} |" in logged(workspace, "dpo-apeft-0")


def test_a_card_of_a_training_that_diverged_says_so(tmp_path: Path) -> None:
    write_json(tmp_path / "settings.json", {"algorithm": "dpo", "steps": 3})
    (tmp_path / "curves.jsonl").write_text('{"step": 3, "kl": null, "loss": 0.5}\n')
    assert "loss 0.5, kl not finite." in model_card(tmp_path, "abc.dir", None)


def test_a_card_says_that_an_adapter_collapsed(tmp_path: Path) -> None:
    write_json(tmp_path / "settings.json", {"algorithm": "dpo", "steps": 3})
    write_json(tmp_path / "collapse.json", {"flag": True, "reasons": ["repetition"]})
    (tmp_path / "curves.jsonl").write_text('{"step": 3, "kl": 4.0}\n')
    text = model_card(tmp_path, "abc.dir", None)
    assert "**Collapsed**: repetition." in text
    assert "Not evaluated yet." in text
    assert "kl 4" in text
