"""Token distribution shift on reference text, which no compared model wrote.

On its own text a tuned model shifts only where its text leads it; on a given text every adapter
has the same chance to shift. Two texts serve as reference: the *lead* that the knowledge base has
of an entity (people of Wikipedia's leads), and a text written from the knowledge base's *facts* in
the form of the few-shot examples, which every long-form set can have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch

from apeft import prompts as wording
from apeft.models.load import LoadedModel
from apeft.models.prefill import Starts
from apeft.models.scoring import completion_logits
from apeft.progress import chunks, progress
from apeft.records import Record, digest
from apeft.sampling.tokens import continuation
from apeft.selection import values_by_entity
from apeft.shift import token_shift
from apeft.worklog import Worklog

LEAD, FACTS = "lead", "facts"
# Without these relations a text in the examples' form would have a hole in it.
NEEDED = {
    "person": ("profession",),
    "country": ("region",),
    "element": ("symbol", "atomic_number"),
}
TEXTS_AT_ONCE = 32


def reference_texts(
    prompts: Sequence[Record], entities: Sequence[Record], facts: Sequence[Record]
) -> tuple[list[Record], dict[str, int]]:
    """Find the reference texts of the long-form test prompts.

    Args:
        prompts: of every set and split (``id``, ``set``, ``entity``, ``split``, ``text``).
        entities: the knowledge base's, with ``text`` ("" where there is no lead).
        facts: the knowledge base's (``entity``, ``relation``, ``value``).

    Returns:
        One row a prompt and kind of reference that its entity has (``item``, ``set``, ``entity``,
        ``reference``, ``prompt``, ``text``), sorted by set, item and kind; and how many texts of
        each set and kind there are and are lacking.
    """
    entity_of = {row["id"]: row for row in entities}
    values = values_by_entity(facts)
    sets = set(wording.SET_OF_KIND.values())
    rows: list[Record] = []
    counts: dict[str, int] = {}
    for prompt in prompts:
        if prompt["set"] not in sets or prompt["split"] != "test":
            continue
        entity = entity_of[prompt["entity"]]
        found = {LEAD: entity["text"], FACTS: _from_facts(entity, values.get(entity["id"], {}))}
        for kind, text in found.items():
            line = " ".join(text.split())  # a text of the study is one line
            for name, there in ((kind, bool(line)), (f"no_{kind}", not line)):
                key = f"{prompt['set']}/{name}"
                counts[key] = counts.get(key, 0) + there
            if line:
                rows.append(
                    {
                        "item": prompt["id"],
                        "set": prompt["set"],
                        "entity": prompt["entity"],
                        "reference": kind,
                        "prompt": prompt["text"],
                        "text": line,
                    }
                )
    return sorted(rows, key=lambda row: (row["set"], row["item"], row["reference"])), counts


def _from_facts(entity: Record, values: Mapping[str, list[str]]) -> str:
    if not all(values.get(relation) for relation in NEEDED[entity["kind"]]):
        return ""
    return wording.example_text(entity["kind"], entity["name"], values)


def reference_shift(
    tuned: LoadedModel,
    base: LoadedModel,
    texts: Sequence[Record],
    log: Worklog,
    *,
    positions: int,
    batch_tokens: int,
) -> list[Record]:
    """Compare both models on each of a reference text's first tokens, behind the same prompt.

    Args:
        tuned: the tuned model.
        base: its base, with the same tokenizer.
        texts: as :func:`reference_texts` gives them.
        log: keeps finished batches.
        positions: most tokens of a text that are read.
        batch_tokens: tokens in a forward pass.

    Returns:
        One row a token, by set, item, reference and position: ``rank_base`` and ``rank_tuned`` of
        the reference's token, ``logp_base`` and ``logp_tuned`` of it, ``top_base``, the base's
        probability of its own first choice, ``same_top``, whether both models' first choices are
        one token, and the KL divergences over the whole vocabulary (all logarithms in nats).
    """
    tokenizer = base.tokenizer
    pairs = {
        (row["item"], row["reference"]): (
            list(tokenizer(row["prompt"])["input_ids"]),
            continuation(tokenizer, row["prompt"], f" {row['text']}")[:positions],
        )
        for row in texts
    }
    prompts = [prompt for prompt, _ in pairs.values()]
    # Both models know the same starts, so they cut the same batches and their logits meet.
    sides = [(one, Starts(one.model, prompts)) for one in (tuned, base)]
    ordered = sorted(
        texts,
        key=lambda row: (len(pairs[row["item"], row["reference"]][1]), row["item"],
                         row["reference"]),
    )  # fmt: skip
    rows: list[Record] = []
    for part in progress(chunks(ordered, TEXTS_AT_ONCE), "reference shift", unit="batches"):
        read = [pairs[row["item"], row["reference"]] for row in part]
        key = digest(["reference shift", read])
        if key not in log:
            log.add({key: {"texts": _read(sides, read, tokenizer.pad_token_id, batch_tokens)}})
        for row, (_, tokens), found in zip(part, read, log[key]["texts"], strict=True):
            for position, token in enumerate(tokens):
                rows.append(
                    {
                        **{name: row[name] for name in ("item", "set", "entity", "reference")},
                        "position": position,
                        "token": tokenizer.decode([token]),
                        **{name: values[position] for name, values in found.items()},
                    }
                )
    return sorted(rows, key=lambda row: (row["set"], row["item"], row["reference"],
                                         row["position"]))  # fmt: skip


@torch.inference_mode()
def _read(
    sides: Sequence[tuple[LoadedModel, Starts]],
    pairs: Sequence[tuple[list[int], list[int]]],
    pad: int,
    batch_tokens: int,
) -> list[Record]:
    """Measures of each text, a list over its positions by name."""
    found: list[Record] = [{} for _ in pairs]
    streams = [
        completion_logits(one.model, pairs, pad=pad, tokens=batch_tokens, starts=starts)
        for one, starts in sides
    ]
    for (index, tuned), (other, base) in zip(*streams, strict=True):
        assert index == other
        found[index] = compared(torch.tensor(pairs[index][1], device=tuned.device), tuned, base)
    return found


def compared(tokens: torch.Tensor, tuned: torch.Tensor, base: torch.Tensor) -> Record:
    """Compare two distributions at each position of a given text.

    Args:
        tokens: the text's token ids, shape (positions,).
        tuned: the tuned model's logits, float32, shape (positions, vocabulary).
        base: the base model's logits, same shape.
    """
    shift = token_shift(tokens, tuned, base)
    p, q = tuned.log_softmax(dim=-1), base.log_softmax(dim=-1)
    at = tokens[:, None]
    return {
        "rank_base": shift.rank,
        "rank_tuned": ((tuned > tuned.gather(1, at)).sum(dim=-1) + 1).tolist(),
        "logp_base": q.gather(1, at)[:, 0].tolist(),
        "logp_tuned": p.gather(1, at)[:, 0].tolist(),
        "top_base": q.max(dim=-1).values.exp().tolist(),
        "same_top": (tuned.argmax(dim=-1) == base.argmax(dim=-1)).tolist(),
        "kl_tuned_base": shift.kl_tuned_base,
        "kl_base_tuned": shift.kl_base_tuned,
    }
