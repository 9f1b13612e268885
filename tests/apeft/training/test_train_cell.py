"""One cell from start, or from where a kill left it, to the same bytes."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_model import tiny_llama
from transformers import PreTrainedTokenizerBase

from apeft.errors import UserError
from apeft.models.load import LoadedModel
from apeft.records import Record, read_jsonl, write_jsonl
from apeft.training.cell import Trained, seen, train_cell
from apeft.training.collapse import CollapseLimits
from apeft.training.settings import CellSettings
from apeft.training.trainer import last_checkpoint
from apeft.worklog import Worklog

Cell = Callable[..., CellSettings]
LIMITS = CollapseLimits(repetition=1.0, empty=1.0, kl=1e9)


class Killed(Exception):
    """Stands for a kill in the middle of a run."""


@pytest.fixture
def run(
    one_thread: None, tokenizer: PreTrainedTokenizerBase, preferences: list[Record], tmp_path: Path
) -> Callable[..., tuple[Trained, dict[str, bytes]]]:
    def run(
        name: str, settings: CellSettings, *, kill_at: int | None = None, noise: int = 0
    ) -> tuple[Trained, dict[str, bytes]]:
        """Train in a folder of its own; the same name goes on with the same partial work."""
        torch.manual_seed(noise)  # whatever was drawn before must not matter

        def live(step: int, measures: dict[str, float]) -> None:
            if kill_at is not None and step >= kill_at and "loss" in measures:
                raise Killed

        made = train_cell(
            LoadedModel(tiny_llama(tokenizer), tokenizer, {"name": "tiny"}),
            preferences[:4], preferences[3:], settings,
            Worklog("train", name, root=tmp_path), live, tmp_path / name / "adapter",
            shown={row["prompt"]: f"x: y\n\n{row['prompt']}" for row in preferences}, texts=2,
            limits=LIMITS, max_new_tokens=8,
        )  # fmt: skip
        files = {path.name: path.read_bytes() for path in (tmp_path / name / "adapter").iterdir()}
        return made, files

    return run


def test_two_runs_give_equal_bytes_whatever_was_drawn_before(run: Any, cell: Cell) -> None:
    one, files = run("one", cell(), noise=1)
    other, others = run("other", cell(), noise=2)
    assert files == others
    assert one == other
    assert sorted(files) == ["adapter_config.json", "adapter_model.safetensors"]


@pytest.mark.parametrize("change", [{"seed": 1}, {"beta": 0.5}, {"algorithm": "ipo"}])
def test_another_setting_gives_another_adapter(run: Any, cell: Cell, change: Any) -> None:
    settings = cell(steps=2)
    assert run("one", settings)[1] != run("other", cell(steps=2, **change))[1]


@pytest.mark.parametrize(
    ("algorithm", "kill_at", "validate_every"),
    [
        ("dpo", 5, 3),  # between a validation and a checkpoint; the checkpoint is no validation
        ("dpo", 1, 3),  # before any checkpoint
        ("kto", 5, 2),  # its references are made again
        ("cpo", 3, 2),
    ],
)
def test_a_killed_run_goes_on_to_the_same_adapter_and_curves(
    run: Any, cell: Cell, algorithm: str, kill_at: int, validate_every: int, tmp_path: Path
) -> None:
    alpha = 1.0 if algorithm == "cpo" else None
    settings = cell(algorithm=algorithm, validate_every=validate_every, cpo_alpha=alpha)
    whole, files = run("whole", settings)
    with pytest.raises(Killed):
        run("killed", settings, kill_at=kill_at, noise=1)
    assert not (tmp_path / "killed" / "adapter").exists()
    begun = last_checkpoint(Worklog("train", "killed", root=tmp_path).folder)
    assert (begun is None) == (kill_at == 1)
    resumed, others = run("killed", settings, noise=2)
    assert others == files
    assert json.dumps(resumed.curves) == json.dumps(whole.curves)
    assert resumed == whole


def test_a_run_killed_after_its_last_step_only_finishes(run: Any, cell: Cell) -> None:
    whole, files = run("whole", cell())
    again, others = run("whole", cell(), noise=3)  # partial work and checkpoint are still there
    assert (again, others) == (whole, files)


def test_curves_hold_every_step_and_validation_at_fixed_steps(run: Any, cell: Cell) -> None:
    made, _ = run("one", cell(validate_every=4))
    assert [row["step"] for row in made.curves] == list(range(7))
    validated = [row["step"] for row in made.curves if "validation_accuracy" in row]
    assert validated == [0, 4, 6]  # before training, every fourth, the last
    assert all(
        {"loss", "margin", "grad_norm", "logp_chosen"} <= set(row) for row in made.curves[1:]
    )
    assert made.curves[1]["loss"] == pytest.approx(math.log(2), abs=1e-4)
    assert made.curves[0]["kl"] == pytest.approx(0.0, abs=1e-3)
    assert made.curves[-1]["kl"] > 0.001
    # The few-shot prompts are read after the last step only, and are moved as well.
    assert [row["step"] for row in made.curves if "shown_margin" in row] == [6]
    assert made.curves[-1]["shown_margin"] != made.curves[-1]["validation_margin"]
    assert made.curves[-1]["shown_kl"] > 0
    # Each pair's margin at the last step is kept: what their mean rests on.
    kept = [row["margin"] for row in made.margins]
    assert sum(kept) / len(kept) == pytest.approx(made.curves[-1]["validation_margin"])
    assert len(set(kept)) > 1
    assert all(row["pair"] and row["entity"] for row in made.margins)
    # A rate this high separates four pairs in six steps.
    assert made.curves[-1]["loss"] < made.curves[1]["loss"] - 0.05


def test_a_run_that_diverged_ends_and_is_flagged(run: Any, cell: Cell, tmp_path: Path) -> None:
    made, _ = run("one", cell(steps=4, learning_rate=1e38))
    assert made.collapse["flag"]
    assert "kl is not finite" in made.collapse["reasons"]
    # The trainer's own filter would show a loss of 0 here.
    assert not math.isfinite(made.curves[-1]["loss"])
    write_jsonl(tmp_path / "curves.jsonl", made.curves)
    last = read_jsonl(tmp_path / "curves.jsonl")[-1]
    assert last["loss"] is last["kl"] is last["validation_accuracy"] is None


def test_pairs_and_tokens_of_each_kind_are_those_of_every_scheduled_pair(
    cell: Cell, tiny: LoadedModel, preferences: list[Record]
) -> None:
    def tokens(rows: list[Record]) -> int:
        return sum(
            len(tiny.tokenizer(f"{row['prompt']}{row[side]}\n")["input_ids"])
            for row in rows
            for side in ("chosen", "rejected")
        )

    # Two steps of four general pairs: each of four twice, and each of two atomic ones on top.
    general = preferences[:4]
    atomic = [{**row, "kind": "atomic"} for row in preferences[3:]]
    assert seen(tiny, [*general, *atomic], cell(steps=2)) == {
        "pairs_seen": 12,
        "pairs_seen_general": 8,
        "pairs_seen_atomic": 4,
        "tokens_seen": 2 * tokens(general) + 2 * tokens(atomic),
        "tokens_seen_general": 2 * tokens(general),
        "tokens_seen_atomic": 2 * tokens(atomic),
    }


def test_the_collapse_check_reads_the_trained_policys_texts(run: Any, cell: Cell) -> None:
    made, _ = run("one", cell(steps=2))
    assert len(made.collapse["texts"]) == 2
    assert made.collapse["kl"] == made.curves[-1]["kl"]
    assert not made.collapse["flag"]


def test_texts_that_would_be_truncated_are_refused(run: Any, cell: Cell) -> None:
    # The longest side by hand: "Name: Ada\\nText:" is 15 bytes, " She was a boxer in the ring."
    # is 29 bytes of which " a", " the", "in" twice are one token each, as is its full stop with the
    # line end.
    longest = 15 + (29 - 1 - 3 - 1 - 1)
    run("whole", cell(steps=1, max_length=longest))
    with pytest.raises(UserError, match=f"has {longest} tokens") as error:
        run("cut", cell(steps=1, max_length=longest - 1))
    assert error.value.where == "training.max_length"


def test_the_newest_whole_checkpoint_is_taken(tmp_path: Path) -> None:
    assert last_checkpoint(tmp_path) is None
    for step, files in {2: 2, 10: 2, 9: 2, 12: 1}.items():
        folder = tmp_path / "checkpoints" / f"checkpoint-{step}"
        folder.mkdir(parents=True)
        # The trainer's state comes last, so a checkpoint without it was cut short.
        for name in ("adapter_model.safetensors", "trainer_state.json")[:files]:
            (folder / name).write_text("")
    assert last_checkpoint(tmp_path) == str(tmp_path / "checkpoints" / "checkpoint-10")
