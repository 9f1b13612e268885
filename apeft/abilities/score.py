"""Log-likelihood of every option, and which one the model finds likeliest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from apeft.abilities.sets import SETS
from apeft.finite import finite
from apeft.models.load import LoadedModel
from apeft.models.scoring import candidate_logps
from apeft.progress import progress
from apeft.records import Record, digest
from apeft.sampling.tokens import continuation
from apeft.worklog import Worklog

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

TIE = "two options are equally likely"
NOT_FINITE = "a log-probability is not finite"
TOO_LONG = "longer than the model reads"


def encoded(tokenizer: PreTrainedTokenizerBase, row: Record) -> tuple[list[int], list[list[int]]]:
    """Token ids of a row's prompt and of its options behind it.

    A whole sentence (no prompt) is read behind the token that begins a text, or the one that ends
    it where a tokenizer has no such token, as lm-evaluation-harness does.
    """
    if not row["prompt"]:
        start = tokenizer.bos_token_id
        start = tokenizer.eos_token_id if start is None else start
        options = [
            tokenizer(text, add_special_tokens=False)["input_ids"] for text in row["options"]
        ]
        return [start], options
    ending = SETS[row["set"]].ending
    prompt = row["prompt"]
    return list(tokenizer(prompt)["input_ids"]), [
        continuation(tokenizer, prompt, f" {text}{ending}") for text in row["options"]
    ]


def score(
    loaded: LoadedModel, rows: Sequence[Record], log: Worklog, *, batch_tokens: int
) -> list[Record]:
    """Score rows of :func:`apeft.abilities.read.read_set`, in the order of their ids.

    Args:
        loaded: the model that is asked.
        rows: what it is asked.
        log: finished batches, so that a kill loses one at most.
        batch_tokens: padded prompt tokens that are read side by side.

    Returns:
        For each row ``{id, set, group, right, logps, characters, acc, acc_norm, value,
        unscored}``; see :func:`graded`.
    """
    limit = getattr(loaded.model.config, "max_position_embeddings", None) or math.inf
    ids = {row["id"]: encoded(loaded.tokenizer, row) for row in rows}
    size = {key: len(p) + max(map(len, options)) for key, (p, options) in ids.items()}
    ordered = sorted(rows, key=lambda row: (len(ids[row["id"]][0]), row["id"]))
    readable = [row for row in ordered if size[row["id"]] <= limit]
    found: dict[str, list[float | None] | None] = {row["id"]: None for row in rows}
    parts = _batches(readable, [len(ids[row["id"]][0]) for row in readable], batch_tokens)
    for part in progress(parts, "abilities", unit="batches"):
        key = digest(["abilities", [[row["id"], row["prompt"], row["options"]] for row in part]])
        if key not in log:
            options = [ids[row["id"]][1] for row in part]
            logps = candidate_logps(
                loaded.model,
                [ids[row["id"]][0] for row in part],
                options,
                pad=loaded.tokenizer.pad_token_id,
                rows=len(part) * max(map(len, options)),
            )
            log.add({key: {"logps": logps}})
        found |= {row["id"]: one for row, one in zip(part, log[key]["logps"], strict=True)}
    return [graded(row, found[row["id"]]) for row in sorted(rows, key=lambda row: row["id"])]


def graded(row: Record, logps: Sequence[float | None] | None) -> Record:
    """What a row's log-probabilities (nats, a sum for each option) say.

    ``acc`` is 1 when the right option has the largest sum, ``acc_norm`` when it has the largest sum
    over its characters, as in lm-evaluation-harness; ``value`` is the one by which this set is
    compared. Where no option is right (CrowS-Pairs) they are 1 when the first is the likelier: the
    more stereotyping sentence, by the sum over all of its tokens. (Its authors score masked models
    by the tokens that the two sentences share; a causal model has the probability of a whole
    sentence.) A tie decides nothing, so it is unscored.
    """
    characters = [len(text) for text in row["options"]]
    right = 0 if row["right"] is None else row["right"]
    acc: int | None = None
    norm: int | None = None
    reason = ""
    by_sum = SETS[row["set"]].by == "sum"
    if logps is None:
        reason = TOO_LONG
    elif not all(finite(one) for one in logps):
        reason = NOT_FINITE
    else:
        sums = [one for one in logps if one is not None]
        acc = _right(sums, right)
        norm = _right([one / n for one, n in zip(sums, characters, strict=True)], right)
        reason = TIE if (acc if by_sum else norm) is None else ""
    return {
        **{name: row[name] for name in ("id", "set", "group", "right")},
        "logps": None if logps is None else list(logps),
        "characters": characters,
        "acc": acc,
        "acc_norm": norm,
        "value": acc if by_sum else norm,
        "unscored": reason,
    }


def _right(scores: Sequence[float], right: int) -> int | None:
    """1 when ``right`` alone is largest, 0 when another one is, None when it shares the top."""
    top = max(scores)
    if scores[right] < top:
        return 0
    return 1 if sum(one == top for one in scores) == 1 else None


def _batches(rows: Sequence[Record], lengths: Sequence[int], tokens: int) -> list[list[Record]]:
    """Cut rows in the order of their lengths so that rows x longest stays within ``tokens``."""
    batches: list[list[Record]] = []
    for row, length in zip(rows, lengths, strict=True):
        if batches and (len(batches[-1]) + 1) * length <= tokens:
            batches[-1].append(row)
        else:
            batches.append([row])
    return batches


def counts(rows: Sequence[Record]) -> Record:
    """Rows of each set, how many are scored and why others are not, and the share of ones."""
    made: Record = {}
    for name in sorted({row["set"] for row in rows}):
        of_set = [row for row in rows if row["set"] == name]
        values = [row["value"] for row in of_set if row["value"] is not None]
        reasons = sorted({row["unscored"] for row in of_set} - {""})
        made[name] = {
            "rows": len(of_set),
            "scored": len(values),
            "unscored": {one: sum(row["unscored"] == one for row in of_set) for one in reasons},
            "mean": sum(values) / len(values) if values else None,
        }
    return made
