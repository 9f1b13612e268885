"""Shift on reference text: which text is taken, and its measures against plain passes."""

from pathlib import Path

import pytest
import torch
from tiny_model import plain_logits, tiny_llama

from apeft.evaluation.reference import compared, reference_shift, reference_texts
from apeft.models.load import LoadedModel
from apeft.records import Record
from apeft.worklog import Worklog


def prompt(where: str, entity: str, split: str = "test") -> Record:
    return {"id": f"{where}/{entity}", "set": where, "entity": entity, "split": split,
            "text": f"Name: {entity}\nText:"}  # fmt: skip


def entity(name: str, kind: str, text: str = "") -> Record:
    return {"id": name, "kind": kind, "name": name.title(), "text": text}


def fact(name: str, relation: str, value: str) -> Record:
    return {"entity": name, "relation": relation, "value": value}


PROMPTS = [
    prompt("elements", "tin"), prompt("bio", "ada"), prompt("bio", "xi"),
    prompt("bio", "train", "train"), prompt("selfaware", "who"),
]  # fmt: skip
ENTITIES = [
    entity("ada", "person", "Ada was a\n poet. She sang."), entity("xi", "person"),
    entity("tin", "element"), entity("train", "person", "No test."), entity("who", "person", "?"),
]  # fmt: skip
KNOWN = [
    fact("ada", "profession", "poet"), fact("tin", "symbol", "Sn"),
    fact("tin", "atomic_number", "50"), fact("xi", "nationality", "Thai"),
]  # fmt: skip
ADA = "Ada was a poet. She sang."
TIN = "Tin is a chemical element with the symbol Sn and the atomic number 50."


def test_leads_and_facts_texts_of_the_long_form_test_prompts_and_what_is_lacking() -> None:
    rows, counts = reference_texts(PROMPTS, ENTITIES, KNOWN)
    assert [(row["item"], row["reference"], row["text"]) for row in rows] == [
        ("bio/ada", "facts", "Ada was a poet."),
        ("bio/ada", "lead", ADA),
        ("elements/tin", "facts", TIN),
    ]
    assert counts == {
        "bio/lead": 1, "bio/no_lead": 1, "bio/facts": 1, "bio/no_facts": 1,
        "elements/lead": 0, "elements/no_lead": 1, "elements/facts": 1, "elements/no_facts": 0,
    }  # fmt: skip


@pytest.fixture
def base(tiny: LoadedModel) -> LoadedModel:
    return LoadedModel(tiny_llama(tiny.tokenizer, seed=9), tiny.tokenizer, {})


def test_measures_are_those_of_plain_passes_at_the_first_positions(
    tiny: LoadedModel, base: LoadedModel, tmp_path: Path
) -> None:
    texts, _ = reference_texts(PROMPTS, ENTITIES, KNOWN)
    log = Worklog("reference", 1, root=tmp_path)
    rows = reference_shift(tiny, base, texts, log, positions=6, batch_tokens=40)
    assert [(row["item"], row["reference"], row["position"]) for row in rows] == [
        (text["item"], text["reference"], n) for text in texts for n in range(6)
    ]
    asked = tiny.tokenizer("Name: ada\nText:")["input_ids"]
    written = tiny.tokenizer(f" {ADA}")["input_ids"][:6]
    lead = [row for row in rows if row["reference"] == "lead"]
    for place, (row, token) in enumerate(zip(lead, written, strict=True)):
        ids = [*asked, *written[:place]]
        p, q = (plain_logits(m.model, ids)[-1].log_softmax(dim=-1) for m in (tiny, base))
        assert row["rank_base"] == 1 + int((q > q[token]).sum())
        assert row["rank_tuned"] == 1 + int((p > p[token]).sum())
        assert row["logp_base"] == pytest.approx(float(q[token]), abs=1e-4)
        assert row["logp_tuned"] == pytest.approx(float(p[token]), abs=1e-4)
        assert row["top_base"] == pytest.approx(float(q.exp().max()), abs=1e-4)
        assert row["same_top"] == (int(p.argmax()) == int(q.argmax()))
        assert row["kl_tuned_base"] == pytest.approx(float((p.exp() * (p - q)).sum()), abs=1e-4)
        assert row["kl_base_tuned"] == pytest.approx(float((q.exp() * (q - p)).sum()), abs=1e-4)
        assert row["token"] == tiny.tokenizer.decode([token])


def test_a_model_against_a_copy_of_itself_has_no_shift(tiny: LoadedModel, tmp_path: Path) -> None:
    texts, _ = reference_texts(PROMPTS, ENTITIES, KNOWN)
    log = Worklog("reference", 1, root=tmp_path)
    for row in reference_shift(tiny, tiny, texts, log, positions=50, batch_tokens=40):
        assert row["same_top"]
        assert row["rank_tuned"] == row["rank_base"]
        assert row["logp_tuned"] == row["logp_base"]
        assert row["kl_tuned_base"] == row["kl_base_tuned"] == 0


def test_finished_batches_are_not_read_again(
    tiny: LoadedModel, base: LoadedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts, _ = reference_texts(PROMPTS, ENTITIES, KNOWN)

    def again() -> list[Record]:
        log = Worklog("reference", 1, root=tmp_path)
        return reference_shift(tiny, base, texts, log, positions=6, batch_tokens=40)

    first = again()

    def fail(*args: object, **kwargs: object) -> None:
        raise AssertionError("the model was read again")

    monkeypatch.setattr("apeft.evaluation.reference.completion_logits", fail)
    assert again() == first


def test_compared_by_hand() -> None:
    # base: 1/2, 1/4, 1/4; tuned: 1/4, 1/2, 1/4; the text's token is the second
    base = torch.tensor([[0.5, 0.25, 0.25]]).log()
    tuned = torch.tensor([[0.25, 0.5, 0.25]]).log()
    found = compared(torch.tensor([1]), tuned, base)
    assert (found["rank_base"], found["rank_tuned"], found["same_top"]) == ([2], [1], [False])
    assert found["top_base"] == [pytest.approx(0.5)]
    assert found["logp_tuned"][0] - found["logp_base"][0] == pytest.approx(0.693147, abs=1e-5)
    assert found["kl_tuned_base"] == [pytest.approx(0.25 * 0.693147, abs=1e-5)]
