"""The stages of an adapter's parts and of its shift on reference text, on a tiny model."""

import sys
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from peft import get_peft_model

from apeft.errors import UserError
from apeft.models.load import LoadedModel
from apeft.records import Record, read_json, read_jsonl, write_json, write_jsonl
from apeft.training.adapters import lora_config, save_adapter
from apeft.training.settings import LoraSettings
from stages.ablations import reference_shift, where
from stages.stage import validate

sys.path.append(str(Path(__file__).parents[2] / "apeft"))
from tiny_model import tiny_llama, tiny_tokenizer

ROOT = Path(__file__).resolve().parents[3]
VARIANT = "dpo-apeft-0"
LORA = LoraSettings(2, 4, ("q_proj", "down_proj"))
FACTS: list[Record] = [
    {"fact": f"p{n}#x", "entity": f"p{n}", "set": "bio", "relation": "x", "right": str(n),
     "others": ["thin", "in"], "text": f"Question: {n}?\nAnswer:", "sampled": True}
    for n in range(5)
]  # fmt: skip


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    out = tmp_path / "out"
    tokenizer = tiny_tokenizer()
    model = tiny_llama(tokenizer)
    model.save_pretrained(out / "model")
    tokenizer.save_pretrained(out / "model")
    write_json(out / "model/identity.json", {"name": "tiny"})
    torch.manual_seed(0)
    policy = get_peft_model(LoadedModel(model, tokenizer, {}).model, lora_config(LORA))
    for name, weight in policy.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.1)
    save_adapter(policy, LORA, out / "train" / VARIANT / "adapter")
    write_jsonl(out / "prompts/test_facts.jsonl", FACTS)
    prompts = [
        {"id": f"bio/p{n}", "set": "bio", "entity": f"p{n}", "split": "test",
         "text": f"Name: p{n}\nBiography:"}
        for n in range(3)
    ]  # fmt: skip
    write_jsonl(out / "prompts/prompts.jsonl", prompts)
    people = [
        {"id": f"p{n}", "kind": "person", "name": f"P{n}", "text": "P was a poet." if n else ""}
        for n in range(3)
    ]
    write_jsonl(out / "knowledge/entities.jsonl", people)
    known = [{"entity": f"p{n}", "relation": "profession", "value": "poet"} for n in range(3)]
    write_jsonl(out / "knowledge/facts.jsonl", known)
    return tmp_path


def stage(module: Any, monkeypatch: pytest.MonkeyPatch, **ablations: Any) -> None:
    given = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    added = yaml.safe_load((ROOT / "ablations/params.yaml").read_text(encoding="utf-8"))
    given["ablations"] = {**added["ablations"], **ablations}
    given["machine"]["threads"] = 1
    monkeypatch.setattr(sys, "argv", [module.__name__, VARIANT])
    module.main(validate(given, module.READS))


@pytest.mark.parametrize(("wanted", "count"), [(3, 3), (0, 5), (9, 5)])
def test_every_part_is_scored_on_the_facts_that_are_drawn(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, wanted: int, count: int
) -> None:
    stage(where, monkeypatch, where_facts=wanted)
    folder = workspace / "out/where" / VARIANT
    rows = read_jsonl(folder / "margins.jsonl")
    parts = ["none", "all", "layer 0", "layer 1", "module down_proj", "module q_proj"]
    assert list(dict.fromkeys(row["part"] for row in rows)) == parts
    assert len(rows) == count * len(parts)
    assert set(rows[0]) == {"variant", "part", "fact", "set", "relation", "entity", "margin"}
    updates = read_jsonl(folder / "updates.jsonl")
    assert [(row["layer"], row["module"]) for row in updates] == [
        (0, "down_proj"), (0, "q_proj"), (1, "down_proj"), (1, "q_proj"),
    ]  # fmt: skip
    assert read_json(folder / "counts.json") == {
        "facts": count, "facts_left_out": 5 - count, "parts": 6, "weights": 4,
    }  # fmt: skip


def test_a_larger_draw_keeps_the_smaller_one() -> None:
    few, more = (where.drawn(FACTS, count, 8) for count in (2, 4))
    assert more[:2] == few
    assert where.drawn(FACTS[::-1], 2, 8) == few


def test_reference_texts_are_read_behind_the_prompts_and_those_lacking_are_counted(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage(reference_shift, monkeypatch)
    folder = workspace / "out/reference_shift" / VARIANT
    rows = read_jsonl(folder / "tokens.jsonl")
    counts = read_json(folder / "counts.json")
    assert counts.pop("tokens") == len(rows)
    assert counts == {"bio/lead": 2, "bio/no_lead": 1, "bio/facts": 3, "bio/no_facts": 0}
    assert {row["variant"] for row in rows} == {VARIANT}
    assert {(row["item"], row["reference"]) for row in rows} == {
        *((f"bio/p{n}", "lead") for n in (1, 2)), *((f"bio/p{n}", "facts") for n in range(3)),
    }  # fmt: skip
    assert max(row["position"] for row in rows) < 48


@pytest.mark.parametrize("module", [where, reference_shift])
def test_a_variant_that_was_not_trained_is_told(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, module: Any
) -> None:
    (workspace / "out/train" / VARIANT).rename(workspace / "out/train/other")
    with pytest.raises(UserError, match="has no adapter"):
        stage(module, monkeypatch)


@pytest.mark.parametrize("module", [where, reference_shift])
def test_a_second_run_writes_equal_bytes(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, module: Any
) -> None:
    def bytes_of() -> dict[str, bytes]:
        stage(module, monkeypatch)
        folder = workspace / "out" / module.__name__.rpartition(".")[2] / VARIANT
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}

    assert bytes_of() == bytes_of()
