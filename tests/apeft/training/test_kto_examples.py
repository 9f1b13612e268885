"""KTO's examples: what a forward pass holds, and which completions its KL term reads."""

from collections import Counter

import pytest
from tiny_model import plain_logp

from apeft.models.load import LoadedModel
from apeft.records import Record
from apeft.training.kto import unpaired
from apeft.training.tokens import split_completion


def rows(count: int) -> list[Record]:
    return [
        {
            "prompt": f"p{n}", "chosen": f" c{n}", "rejected": f" r{n}",
            "ref_chosen": -float(n), "ref_rejected": -n - 0.5,
        }
        for n in range(count)
    ]  # fmt: skip


def test_every_pass_holds_both_sides_of_its_pairs(tiny: LoadedModel) -> None:
    passes = [rows(7)[:3], rows(7)[3:5], rows(7)[5:]]
    for pairs, examples in zip(passes, unpaired(tiny, passes, 1), strict=True):
        found = Counter(
            (
                tiny.tokenizer.decode(one["prompt_ids"] + one["completion_ids"]),
                one["label"],
                one["ref_logps"],
            )
            for one in examples
        )
        assert found == Counter(
            (f"{pair['prompt']}{pair[side]}\n", side == "chosen", pair[f"ref_{side}"])
            for pair in pairs
            for side in ("chosen", "rejected")
        )


def test_no_completion_of_a_pass_stands_behind_its_own_pair(tiny: LoadedModel) -> None:
    for sizes in ((2, 2), (3, 2, 4), (8,)):
        pairs = iter(rows(sum(sizes)))
        passes = [[next(pairs) for _ in range(size)] for size in sizes]
        for examples in unpaired(tiny, passes, 1):
            for one in examples:
                prompt = tiny.tokenizer.decode(one["prompt_ids"])
                assert tiny.tokenizer.decode(one["KL_completion_ids"])[2:] != f"{prompt[1:]}\n"


def test_labels_are_mixed_within_passes_and_drawn_for_each(tiny: LoadedModel) -> None:
    passes = [rows(64)[start : start + 8] for start in range(0, 64, 8)]

    def labels(seed: int) -> list[list[bool]]:
        return [[one["label"] for one in examples] for examples in unpaired(tiny, passes, seed)]

    assert len(set(map(tuple, labels(1)))) > 4
    for batch in labels(1):
        assert sum(batch[:8]) == sum(batch[8:]) == 4
    assert labels(2) != labels(1)


def test_references_of_the_kl_term_are_of_the_completion_before_in_a_circle(
    tiny: LoadedModel, preferences: list[Record]
) -> None:
    for examples in unpaired(tiny, [preferences[:2], preferences[2:]], 1):
        for place, one in enumerate(examples):
            before = examples[place - 1]
            assert one["KL_completion_ids"] == before["completion_ids"]
            by_one_pass = plain_logp(tiny.model, one["prompt_ids"], before["completion_ids"])
            assert one["ref_KL_logps"] == pytest.approx(by_one_pass, abs=1e-4)


def test_an_examples_tokens_are_those_of_its_side(tiny: LoadedModel) -> None:
    (examples,) = unpaired(tiny, [rows(2)], 1)
    sides = [
        split_completion(tiny.tokenizer, row["prompt"], row[side])
        for row in rows(2)
        for side in ("chosen", "rejected")
    ]
    found = [(one["prompt_ids"], one["completion_ids"]) for one in examples]
    assert sorted(found) == sorted(sides)
