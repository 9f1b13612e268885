"""KTO's examples: what a micro-batch holds, and which completions its KL term reads."""

from collections import Counter

import pytest
from tiny_model import plain_logp

from apeft.models.load import LoadedModel
from apeft.records import Record
from apeft.training.kto import mismatched_references, unpaired
from apeft.training.tokens import split_completion


def rows(count: int) -> list[Record]:
    return [
        {
            "prompt": f"p{n}", "chosen": f" c{n}", "rejected": f" r{n}",
            "ref_chosen": -float(n), "ref_rejected": -n - 0.5,
        }
        for n in range(count)
    ]  # fmt: skip


def test_every_unpaired_micro_batch_holds_both_sides_of_whole_pairs() -> None:
    columns = unpaired(rows(7), 3, 1)
    sides = list(zip(*columns.values(), strict=True))
    assert list(columns) == ["prompt", "completion", "label", "ref_logps"]
    for start, pairs in ((0, rows(7)[:3]), (6, rows(7)[3:6]), (12, rows(7)[6:])):
        expected = [(p["prompt"], p["chosen"], True, p["ref_chosen"]) for p in pairs]
        expected += [(p["prompt"], p["rejected"], False, p["ref_rejected"]) for p in pairs]
        assert Counter(sides[start : start + 2 * len(pairs)]) == Counter(expected)


def test_no_completion_of_a_micro_batch_stands_behind_its_own_pair() -> None:
    # TRL estimates KTO's KL term on each prompt with the completion before it, in a circle.
    for pairs, micro in ((8, 2), (9, 3), (16, 8)):
        prompts = unpaired(rows(pairs), micro, 1)["prompt"]
        for start in range(0, 2 * pairs, 2 * micro):
            batch = prompts[start : start + 2 * micro]
            assert all(batch[place] != batch[place - 1] for place in range(len(batch)))


def test_labels_are_mixed_within_micro_batches_and_drawn_for_each() -> None:
    labels = unpaired(rows(64), 8, 1)["label"]
    batches = {tuple(labels[start : start + 16]) for start in range(0, 128, 16)}
    assert len(batches) > 4
    for batch in batches:
        assert sum(batch[:8]) == sum(batch[8:]) == 4
    assert unpaired(rows(64), 8, 2)["label"] != labels


def test_references_of_the_kl_term_are_of_the_completion_before_in_a_circle(
    tiny: LoadedModel, preferences: list[Record]
) -> None:
    columns = unpaired(preferences, 2, 1)
    found = mismatched_references(tiny, columns, 4)
    for start in (0, 4, 8):
        batch = range(start, min(start + 4, len(found)))
        for place in batch:
            before = place - 1 if place > start else batch[-1]
            prompt, _ = split_completion(
                tiny.tokenizer, columns["prompt"][place], columns["completion"][place]
            )
            _, completion = split_completion(
                tiny.tokenizer, columns["prompt"][before], columns["completion"][before]
            )
            by_one_pass = plain_logp(tiny.model, prompt, completion)
            assert found[place] == pytest.approx(by_one_pass, abs=1e-4)
