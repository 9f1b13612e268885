"""The stage functions, in one process, on tiny models of the families that profiles name.

Parameters are those of the shipped profiles with device, precision and sizes cut, so the code
paths are the ones which the profiles choose (sdpa, no grouped kernel; steps or epochs; model from a
folder), but for their judge and sets, which are the default's here and the profile's own in
test_families_judged.py, and for vLLM. What runs on what:

- `model`, `prompts`, `sample`, `detect`, `reference`, `train` and `respond` run on the tiny model,
  whose texts and answers are noise; `knowledge` is the real one, built once.
- A random model states no facts. So after `sample` and after `detect` the *texts* of samples are
  replaced by hand-made statements from the knowledge base, one right and one wrong; `score`,
  `general` and `atomic` run on those.
- `mix`, `grade`, `collect` and `figures` run on what the stages before them wrote.
"""

from __future__ import annotations

import importlib
import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import families
import pytest
import real_stages
import torch
from families import FAMILIES
from safetensors.torch import load_file
from transformers import AutoTokenizer

from apeft.records import Record, read_json, read_jsonl, write_jsonl
from stages.check import check, discover, load
from stages.classes import documented, resolved_classes
from stages.stage import read_params, validate
from stages.workspace import merge

ROOT = Path(__file__).resolve().parents[2]
# One in the default run, with figures; each of the others takes as long.
DEFAULT = ("llama-2",)
NAMES = [name if name in DEFAULT else pytest.param(name, marks=pytest.mark.slow)
         for name in FAMILIES]  # fmt: skip
CUTS: dict[str, Any] = {
    "machine": {"device": "cpu", "threads": 1},
    "prompts": {
        "train_people": 3, "validation_people": 2, "test_people": 2, "countries": 2,
        "elements": 2, "freshqa": 4, "selfaware": 4, "tuning_questions": 4, "text_shots": 1,
        "answer_shots": 1, "question_shots": 2, "ranked_facts_per_set": 8, "facts_per_set": 5,
    },
    "sample": {"n": 2, "max_new_tokens": 8, "dtype": "float32"},
    "general": {"min_facts": 1, "per_person": 1},
    "detect": {"k": 2, "max_new_tokens": 4, "dtype": "float32"},
    "training": {
        "seeds": [0], "steps": 2, "epochs": 1.0, "batch_pairs": 2, "micro_pairs": 8,
        "learning_rate": 1e-3, "warmup_steps": 0, "max_length": 512, "validation_pairs": 1,
        "validate_every": 2, "save_every": 2, "lora": {"r": 2, "alpha": 4},
        "collapse": {"texts": 1, "max_new_tokens": 4}, "rso": {"beta_rso": 5.0},
    },
    "respond": {
        "text_tokens": 8, "answer_tokens": 4, "fact_tokens": 4, "k": 1,
        "base_temperatures": [0.5], "shift_positions": 8,
    },
    "figures": {"bootstrap": 100},
}  # fmt: skip


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What stages settle for their whole process is put back afterwards."""
    before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    monkeypatch.setenv("APEFT_LIVE", "0")
    monkeypatch.setenv("TQDM_DISABLE", "1")
    yield
    torch.set_num_threads(before[0])
    torch.use_deterministic_algorithms(before[1])


def run(name: str, *arguments: str) -> str:
    """Call a stage's own function as its script would, and return its closing line."""
    module = importlib.import_module(f"stages.{name}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", [name, *arguments])
        made = module.main(validate(read_params(), module.READS))
    return str(made.line)


def write_params(family: families.Family, folder: Path) -> dict[str, Any]:
    """Write the profile's parameters with the cuts; return them validated, as `check` does."""
    base, profile = ROOT / "params.yaml", ROOT / "profiles" / f"{family.profile}.yaml"
    params = merge(load(base), load(profile), where=family.profile)
    assert params["machine"]["attention"] == "sdpa"
    params = merge(params, CUTS, where="cuts")
    # What needs a card, a hub or a file that is fetched by hand is the default's.
    for stage in ("sample", "detect"):
        params[stage]["sampler"] = "transformers"
    params["knowledge"]["sets"] = load(base)["knowledge"]["sets"]
    params["judge"] = load(base)["judge"]
    params["prompts"] |= {"falseqa": 0, "kuq": 0, "factscore": 0, "fava": 0}
    params["training"]["algorithms"] = list(family.algorithms)
    params["model"] |= {"source": f"folder:{folder}", "revision": None}
    Path("params.yaml").write_text(documented(params, resolved_classes(base, profile)))
    return check(params, discover(), where="cuts")


def facts_by_entity() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in read_jsonl(Path("out/knowledge/facts.jsonl")):
        found.setdefault(row["entity"], {}).setdefault(row["relation"], row["value"])
    return found


def state_facts() -> None:
    """Replace each person's two noisy texts by a right and a wrong statement, made by hand."""
    path = Path("out/sample/responses.jsonl")
    facts = facts_by_entity()
    names = {row["id"]: row["name"] for row in read_jsonl(Path("out/knowledge/entities.jsonl"))}
    rows = []
    for row in read_jsonl(path):
        right = facts[row["entity"]]["nationality"]
        wrong = "Norwegian" if right != "Norwegian" else "Portuguese"
        nation = right if row["id"].endswith("/0") else wrong
        text = f" {names[row['entity']]} was a {nation} person of note."
        rows.append({**row, "text": text, "ended": True})
    write_jsonl(path, rows)


def half_know() -> None:
    """Give each detected fact a right and a wrong sample: r = 0.5, potentially known."""
    path = Path("out/detect/facts.jsonl")
    rows: list[Record] = []
    for row in read_jsonl(path):
        right = row["values"][0]
        wrong = "Norwegian" if right != "Norwegian" else "Portuguese"
        samples = [
            {"id": f"{row['fact']}/{place}", "text": f" {value}", "ended": True, "value": value,
             "correct": value == right, "reason": "by hand"}
            for place, value in enumerate((right, wrong))
        ]  # fmt: skip
        rows.append({**row, "samples": samples, "correct": 1, "unscored": 0, "r": 0.5,
                     "class": "potentially_known"})  # fmt: skip
    write_jsonl(path, rows)


@pytest.mark.parametrize("name", NAMES)
def test_a_family_goes_through_every_stage_by_the_paths_of_its_profile(
    name: str,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    source_dir: Path,
    settled: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    family = FAMILIES[name]
    monkeypatch.chdir(tmp_path)
    write_params(family, tmp_path / "tiny")
    real_stages.link_knowledge(tmp_path, tmp_path_factory, source_dir)
    real_stages.link_labels(tmp_path)
    run("prompts")
    prompts = read_jsonl(Path("out/prompts/prompts.jsonl"))
    tokenizer = families.make(family, [row["text"] for row in prompts], tmp_path / "tiny")

    assert "M parameters" in run("model")
    assert read_json(Path("out/model/identity.json"))["kind"] == "folder"
    assert "biographies of 5 people" in run("sample")
    state_facts()
    run("score")
    assert "pairs" in run("general")
    detected = run("detect")
    assert "potentially" not in detected, "noise was graded as an answer"
    half_know()
    run("atomic")
    run("reference")
    for recipe in ("general", "apeft"):
        run("mix", recipe)
    cells = [(algorithm, recipe) for algorithm in family.algorithms
             for recipe in ("general", "apeft")]  # fmt: skip
    for algorithm, recipe in cells:
        run("train", algorithm, recipe, "0")
    run("respond", "base")
    for algorithm, recipe in cells:
        run("respond", algorithm, recipe, "0")
    brought = _bring(family.algorithms[0], tmp_path / "tiny") if name == DEFAULT[0] else []
    run("grade")
    assert f"of {5 + len(brought)} variants" in run("collect")

    starts_with_begin = tokenizer("a")["input_ids"][0] == tokenizer.bos_token_id
    assert starts_with_begin == (not name.startswith("qwen"))
    for algorithm, recipe in cells:
        _trained(f"{algorithm}-{recipe}-0")
    _references_are_of_the_models_own_tokens(tmp_path / "tiny")
    _the_base_is_unshifted_against_itself()
    if name == DEFAULT[0]:
        run("figures")
        assert len(list(Path("reports/figures").glob("*.png"))) >= 6
        shown = read_json(Path("reports/metrics.json"))
        assert set(shown) == {"base", *brought, *(f"{a}-{r}-0" for a, r in cells)}
        # One adapter under two names, and the base under another: equal figures, equal intervals.
        assert shown["own-lora"] == shown[f"{family.algorithms[0]}-apeft-0"]
        assert shown["own-full"] == shown["base"]


def _bring(algorithm: str, base: Path) -> list[str]:
    """Bring a file of pairs, an adapter and a checkpoint, and give the new variants' names.

    The adapter is the one that was just trained and the checkpoint is the base itself, so that both
    must answer as those do.
    """
    example = ROOT / "profiles/examples/pairs.jsonl"
    trained = f"{algorithm}-apeft-0"
    text = Path("params.yaml").read_text()
    variants = {
        "own-lora": {"kind": "adapter", "folder": f"out/train/{trained}/adapter"},
        "own-full": {"kind": "checkpoint", "folder": str(base)},
    }
    text = text.replace("variants: {}", f"variants: {json.dumps(variants)}  # ours")
    text = text.replace("pairs: {}", f"pairs: {json.dumps({'mine': str(example)})}  # ours")
    Path("params.yaml").write_text(text)
    assert "12 pairs, 0 left out" in run("own_pairs", "mine")
    run("reference", "mine")
    run("mix", "mine")
    run("train", algorithm, "mine", "0")
    settings = read_json(Path("out/train") / f"{algorithm}-mine-0" / "settings.json")
    assert (settings["pairs_own"], settings["pairs_general"], settings["recipe"]) == (12, 0, "mine")
    for name, like in (("own-lora", trained), ("own-full", "base")):
        assert variants[name]["kind"] in run("own_variant", name)
        run("respond", name)
        for file in ("responses.jsonl", "candidates.jsonl", "openers.jsonl", "shift.jsonl"):
            written, expected = (Path("out/respond") / one / file for one in (name, like))
            assert written.read_bytes() == expected.read_bytes(), (name, file)
    return list(variants)


def _trained(variant: str) -> None:
    """An adapter came out whose B is no longer zero, with finite curves."""
    folder = Path("out/train") / variant
    weights = load_file(folder / "adapter/adapter_model.safetensors")
    assert len(weights) == 2 * 2 * 7, "two matrices, two layers, seven modules"
    assert any(float(t.abs().max()) > 0 for key, t in weights.items() if "lora_B" in key)
    rows = read_jsonl(folder / "curves.jsonl")
    assert all(math.isfinite(value) for row in rows for value in row.values())
    start = rows[0]
    assert start["validation_accuracy"] == 0.5, "policy and reference part before any step"
    assert start["kl"] == pytest.approx(0, abs=2e-3)  # the reference is kept in half precision


def _references_are_of_the_models_own_tokens(folder: Path) -> None:
    """One reference again, by transformers alone: every token behind the prompt, end included."""
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    row = read_jsonl(Path("out/mix/general/train.jsonl"))[0]
    prompt = tokenizer(row["prompt"])["input_ids"]
    whole = tokenizer(row["prompt"] + row["chosen"] + "\n")["input_ids"]
    assert whole[: len(prompt)] == prompt
    assert "\n" in tokenizer.decode([whole[-1]])
    assert whole.count(tokenizer.bos_token_id) <= 1
    with torch.inference_mode():
        logps = model(torch.tensor([whole])).logits[0].log_softmax(dim=-1)
    alone = sum(float(logps[at - 1, whole[at]]) for at in range(len(prompt), len(whole)))
    assert row["ref_chosen"] == pytest.approx(alone, abs=1e-3)
    assert row["tokens_chosen"] == len(whole) - len(prompt)


def _the_base_is_unshifted_against_itself() -> None:
    rows = read_jsonl(Path("out/respond/base/shift.jsonl"))
    assert rows
    assert all(row["rank"] == 1 and row["kl_tuned_base"] == 0 for row in rows)


@pytest.mark.parametrize("name", FAMILIES)
def test_a_familys_tokenizer_parts_prompts_from_answers_and_gives_texts_back(name: str) -> None:
    """What every stage asks of a tokenizer, also of signs that it has never seen."""
    from apeft.sampling.tokens import continuation, stop_tokens, written_text
    from apeft.training.tokens import split_completion

    texts = ["Question: What was her nationality?\nAnswer: French", "Name: Ada\nBiography: She."]
    tokenizer = FAMILIES[name].tokenizer(texts)
    prompt, answer = "Question: Who was Zoë Ångström?\nAnswer:", " a 19th-century écrivain\n"
    ids = continuation(tokenizer, prompt, answer)
    before = tokenizer(prompt)["input_ids"]
    assert before + ids == tokenizer(prompt + answer)["input_ids"]
    assert written_text(tokenizer, before[-1], ids) == answer
    assert split_completion(tokenizer, prompt, answer) == (before, ids)
    assert split_completion(tokenizer, prompt, answer.removesuffix("\n")) == (before, ids)
    stops = stop_tokens(tokenizer, len(tokenizer), "\n")
    assert set(tokenizer("a\nb")["input_ids"]) & (stops - {tokenizer.eos_token_id})
    assert not set(tokenizer("Answer: French")["input_ids"]) & stops
