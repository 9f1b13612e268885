"""KTO's examples: both sides of each pair, and the mismatched completions of its KL term.

The KL term of a forward pass is estimated on mismatched completions: each prompt with the
completion of the example before it, the first with the last's. Their reference log-probabilities
depend on the passes, so they are computed in the cell; those of the examples' own completions are
the stage ``reference``'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from apeft.models.load import LoadedModel
from apeft.records import Record
from apeft.rng import keyed
from apeft.training.data import Step
from apeft.training.tokens import split_completion


def unpaired(
    loaded: LoadedModel, passes: Sequence[Step], seed: int, tokens: int = 2048
) -> list[list[Record]]:
    """Examples of each forward pass, with the columns that TRL's KTO reads.

    Args:
        loaded: the base, not yet trained.
        passes: pairs of each pass, at least 2.
        seed: root of the draw that says which side of a pair comes first.
        tokens: in a forward pass here, which makes the references of the mismatched completions.
    """
    from apeft.models.scoring import completion_logps

    made = [_sides(loaded.tokenizer, pairs, seed, at) for at, pairs in enumerate(passes)]
    every = [example for examples in made for example in examples]
    rows = [(example["prompt_ids"], example["KL_completion_ids"]) for example in every]
    logps = completion_logps(loaded.model, rows, pad=loaded.tokenizer.pad_token_id, tokens=tokens)
    for example, logp in zip(every, logps, strict=True):
        example["ref_KL_logps"] = logp
    return made


def _sides(tokenizer: Any, pairs: Step, seed: int, at: int) -> list[Record]:
    """Both sides of a pass's pairs.

    They are mixed, and a pair's sides stand half a pass apart, so that in the KL term no
    completion meets its own prompt.
    """
    first = keyed(seed, "unpaired", at).permutation([i % 2 for i in range(len(pairs))])
    examples: list[Record] = []
    for half in (0, 1):
        for pair, turn in zip(pairs, first, strict=True):
            side = "chosen" if (turn == 0) == (half == 0) else "rejected"
            prompt, completion = split_completion(tokenizer, pair["prompt"], pair[side])
            examples.append(
                {
                    "prompt_ids": prompt,
                    "completion_ids": completion,
                    "label": side == "chosen",
                    "ref_logps": pair[f"ref_{side}"],
                }
            )
    for place, example in enumerate(examples):
        example["KL_completion_ids"] = examples[place - 1]["completion_ids"]
    return examples
