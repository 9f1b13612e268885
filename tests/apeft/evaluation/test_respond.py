"""Everything a variant is asked for, on tiny models, against plain passes."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest
from tiny_model import plain_logits, plain_logp, tiny_llama

from apeft.evaluation.respond import Evaluation, RespondSettings
from apeft.models.load import LoadedModel
from apeft.records import Record
from apeft.sampling.hf import HfSampler
from apeft.worklog import Worklog

SETTINGS = RespondSettings(
    text_tokens=12, answer_tokens=5, fact_tokens=4, k=3, temperature=1.0,
    base_temperatures=(0.5,), shift_positions=6, rows=8, batch_tokens=60, seed=2,
)  # fmt: skip
Make = Callable[..., Evaluation]


def prompt(name: str, kind: str, text: str) -> Record:
    return {"id": name, "set": kind, "entity": f"e/{name}", "group": "", "split": "test",
            "text": text, "plain": text}  # fmt: skip


PROMPTS = [
    prompt("bio/2", "bio", "Name: the inn\nText:"),
    prompt("bio/1", "bio", "Name: Ada\nText:"),
    {**prompt("sa/1", "selfaware", "Question: who?\nAnswer:"), "question": "who?"},
    prompt("el/1", "elements", "Element: tin\nText:"),
]


def fact(name: str, relation: str, right: str, *others: str) -> Record:
    return {"fact": name, "entity": f"e/{name}", "set": "bio", "relation": relation,
            "text": f"Question: {name}?\nAnswer:", "right": right, "others": [*others]}  # fmt: skip


FACTS = [
    fact("b", "year", "1867", "1900", "1"),
    fact("a", "nation", "thin", "the inn", "x"),
    fact("c", "nation", "x", "thin", "in"),
]


@pytest.fixture
def make(tiny: LoadedModel, tmp_path: Path) -> Make:
    base = LoadedModel(tiny_llama(tiny.tokenizer, seed=9), tiny.tokenizer, {})

    def make(tuned: LoadedModel = tiny, other: LoadedModel = base, log: str = "1") -> Evaluation:
        prompts = [row["text"] for row in (*PROMPTS, *FACTS)]
        return Evaluation(tuned, other, SETTINGS, Worklog("respond", log, root=tmp_path), prompts)

    return make


def test_responses_are_greedy_in_the_order_of_prompts_with_their_sets_limit(
    make: Make, tiny: LoadedModel
) -> None:
    rows = make().responses(PROMPTS)
    assert [row["id"] for row in rows] == [row["id"] for row in PROMPTS]
    assert [row["question"] for row in rows] == ["", "", "who?", ""]
    for row, asked in zip(rows, PROMPTS, strict=True):
        limit = 5 if asked["set"] == "selfaware" else 12
        assert row["ended"] or len(row["tokens"]) == limit
        ids = list(tiny.tokenizer(asked["text"])["input_ids"])
        for token in row["tokens"]:
            assert token == int(plain_logits(tiny.model, ids)[-1].argmax())
            ids.append(token)


def test_every_fact_is_answered_k_times_as_the_sampler_alone_would(
    make: Make, tiny: LoadedModel
) -> None:
    from apeft.sampling.base import SampleSettings

    rows = make().answers(FACTS)
    assert [row["fact"] for row in rows] == ["a", "b", "c"]
    alone = HfSampler(tiny).sample([FACTS[0]["text"]], SampleSettings(3, 1.0, 4, "\n", 2))
    assert rows[1]["samples"] == [completion.text for completion in alone[0]]
    assert rows[1]["logps"] == pytest.approx([completion.logp for completion in alone[0]])


def test_the_base_alone_is_sampled_at_other_temperatures_too(make: Make, tiny: LoadedModel) -> None:
    tuned = make().answers(FACTS)
    base = make(other=tiny, log="2").answers(FACTS)
    assert [(row["fact"], row["temperature"], row["main"]) for row in base] == [
        (fact, t, t == 1.0) for fact in "abc" for t in (0.5, 1.0)
    ]
    assert [row for row in base if row["main"]] == tuned


def test_each_cell_has_one_greedy_short_answer(make: Make, tiny: LoadedModel) -> None:
    from apeft.sampling.base import SampleSettings

    rows = make().shorts([*FACTS, FACTS[0]])  # two prompts may ask for one fact
    assert [row["fact"] for row in rows] == ["b", "a", "c"]
    alone = HfSampler(tiny).sample([FACTS[1]["text"]], SampleSettings(1, 0.0, 4, "\n", 2))
    assert rows[1]["text"] == alone[0][0].text


def test_candidates_are_whole_answers_with_their_line_end(make: Make, tiny: LoadedModel) -> None:
    rows = make().candidates(FACTS)
    assert [row["fact"] for row in rows] == ["a", "b", "c"]
    encode = tiny.tokenizer
    for row, asked in zip(rows, (FACTS[1], FACTS[0], FACTS[2]), strict=True):
        ids = encode(asked["text"])["input_ids"]
        expected = [
            plain_logp(tiny.model, ids, encode(f" {value}\n")["input_ids"])
            for value in (asked["right"], *asked["others"])
        ]
        assert row["logps"] == pytest.approx(expected, abs=1e-4)
        assert (row["right"], row["others"]) == (asked["right"], asked["others"])


def test_openers_are_scored_after_their_question(make: Make, tiny: LoadedModel) -> None:
    asked = [
        {**prompt(f"q{n}", "selfaware", f"Question: {n}?\nAnswer:"), "opener": " Nobody"}
        for n in range(40)  # more than one part
    ]
    rows = make().openers(asked)
    assert [row["id"] for row in rows] == sorted(row["id"] for row in asked)
    by_id = {row["id"]: row["logp"] for row in rows}
    encode = tiny.tokenizer
    for row in (asked[0], asked[17], asked[39]):
        expected = plain_logp(
            tiny.model, encode(row["text"])["input_ids"], encode(" Nobody")["input_ids"]
        )
        assert by_id[row["id"]] == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("copied", [False, True])
def test_a_model_against_itself_is_unshifted_everywhere(
    make: Make, tiny: LoadedModel, copied: bool
) -> None:
    evaluation = make(other=deepcopy(tiny) if copied else tiny)
    rows = evaluation.shift(PROMPTS, evaluation.responses(PROMPTS))
    assert rows
    assert {row["rank"] for row in rows} == {1}
    assert {row["kl_tuned_base"] for row in rows} == {row["kl_base_tuned"] for row in rows} == {0.0}
    assert all(row["token"] == row["token_base"] and row["ties"] == 0 for row in rows)


def test_shift_is_that_of_plain_passes_at_each_of_the_first_positions(
    make: Make, tiny: LoadedModel
) -> None:
    other = LoadedModel(tiny_llama(tiny.tokenizer, seed=9), tiny.tokenizer, {})
    evaluation = make(other=other)
    responses = evaluation.responses(PROMPTS)
    rows = evaluation.shift(PROMPTS, responses)
    assert [(r["set"], r["response"], r["position"]) for r in rows] == sorted(
        (r["set"], r["id"], n) for r in responses for n in range(min(6, len(r["tokens"])))
    )
    response = responses[0]
    ids = list(tiny.tokenizer(PROMPTS[0]["text"])["input_ids"])
    for row in (row for row in rows if row["response"] == response["id"]):
        p, q = (plain_logits(m.model, ids)[-1].log_softmax(dim=-1) for m in (tiny, other))
        token = response["tokens"][row["position"]]
        assert row["rank"] == 1 + int((q > q[token]).sum())
        assert row["kl_tuned_base"] == pytest.approx(float((p.exp() * (p - q)).sum()), abs=1e-4)
        assert row["kl_base_tuned"] == pytest.approx(float((q.exp() * (q - p)).sum()), abs=1e-4)
        assert row["p_top"] == pytest.approx(float(q.exp().max()), abs=1e-5)
        assert row["token_base"] == tiny.tokenizer.decode([int(q.argmax())])
        ids.append(token)


def test_a_token_of_the_prompts_name_is_copied_even_where_its_word_takes_several_tokens(
    make: Make, tiny: LoadedModel
) -> None:
    tokens = list(tiny.tokenizer(" Ada was tin in")["input_ids"])
    response = {**make().responses(PROMPTS[1:2])[0], "tokens": tokens}
    rows = make().shift(PROMPTS, [response])
    said = "".join(row["token"] for row in rows if row["copied"])
    assert "Ada".startswith(said.strip())
    assert said.strip()
    assert not any(row["copied"] for row in rows if row["token"].strip() in ("was", "tin", "in"))


def test_a_response_without_tokens_has_no_positions(make: Make) -> None:
    evaluation = make()
    responses = [{**row, "tokens": []} for row in evaluation.responses(PROMPTS[:1])]
    assert evaluation.shift(PROMPTS, responses) == []


def test_finished_work_is_not_done_again_and_reads_the_same(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    openers = [{**PROMPTS[2], "opener": " Nobody"}]

    def everything(evaluation: Evaluation) -> list[object]:
        responses = evaluation.responses(PROMPTS)
        return [responses, evaluation.answers(FACTS), evaluation.shorts(FACTS),
                evaluation.candidates(FACTS),
                evaluation.openers(openers), evaluation.shift(PROMPTS, responses)]  # fmt: skip

    first = everything(make())

    def fail(*args: object, **kwargs: object) -> None:
        raise AssertionError("the model was read again")

    second = make()
    for held in (second._tuned, second._base):
        monkeypatch.setattr(held.model, "forward", fail)
    assert everything(second) == first
    with pytest.raises(AssertionError, match="read again"):
        everything(make(log="2"))


def test_rows_and_batches_change_no_measure(make: Make) -> None:
    wide = make()
    narrow = make(log="2")
    narrow._settings = replace(SETTINGS, rows=1, batch_tokens=1)
    responses = wide.responses(PROMPTS)
    for one, other in zip(wide.candidates(FACTS), narrow.candidates(FACTS), strict=True):
        assert one["logps"] == pytest.approx(other["logps"], abs=1e-4)
    one, other = (evaluation.shift(PROMPTS, responses) for evaluation in (wide, narrow))
    assert [row["rank"] for row in one] == [row["rank"] for row in other]
