"""Rows of each ability's set out of the package's files, in one schema.

A row is ``{id, set, prompt, options, right, group}``: the text that the model reads (empty where
whole sentences are compared), at least two options, the index of the right one (null where none is
right) and the class of the row. Prompts are plain and without examples (ours): "Question: …",
"Answer:". Options are given as texts and not as letters (ours): a small model does not know what to
do with letters.

What the files are like, each counted where a row is left out:

- CommonsenseQA is its validation file, since the test file has no answers. In some rows the end of
  the question stands with the options.
- MMLU and CommonsenseQA have rows with two options alike; no option of those is the right one.
- TruthfulQA has right answers only, and no wrong ones. What can be scored without making wrong
  ones up are questions with right answers that begin with "Yes" or with "No", and never with both
  (ours); all others are left out.
- ASDiv: results that are one number, against three other numbers (ours, see
  :mod:`apeft.abilities.sums`).
- BBQ has no categories: the class is whether the context tells who is meant. Options are read to
  the model, since "cannot be known" is no answer that it would think of.
- CrowS-Pairs: the 1,018 pairs that differ in one place. ``mask1`` makes the sentence that its
  authors call more stereotyping (their ``sent_more``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from apeft.abilities.choices import fault, lettered, right_of, tidy
from apeft.abilities.sets import AMBIGUOUS, CLEAR, CROWS, NO, SETS, YES, AbilitySet
from apeft.abilities.sums import near, number_of
from apeft.records import Record
from apeft.rng import keyed
from apeft.sources.datasets import PackageSource, Row, csv_rows, jsonl_rows

UNKNOWN = {
    tidy(text)
    for text in (
        "Can't answer", "Cannot answer", "Can't be determined", "Cannot be determined",
        "Not enough info", "Not enough information", "Not answerable", "Not known",
        "Undetermined", "Unknown",
    )
}  # fmt: skip
_SIDE = re.compile(r"(yes|no)(?:,|$)", re.IGNORECASE)
_ASKED_TO_CHOOSE = "\nPlease choose the correct option"
NO_ANSWER = "the answer is none of the options"


@dataclass(frozen=True)
class _Item:
    """What a row asks; ``asked`` is the same for duplicates alone."""

    asked: tuple[str, ...]
    prompt: str
    options: list[str]
    right: int | None
    group: str = ""


def read_set(archive: Path, name: str, seed: int) -> tuple[list[Record], Record]:
    """Read all usable rows of a set, in the order of its file, with counts.

    Args:
        archive: file of the package (see :func:`apeft.sources.packages.fetch`).
        name: one of :data:`apeft.abilities.sets.SETS`.
        seed: root of what is drawn (ASDiv's other numbers, keyed by row).

    Returns:
        The rows and ``{rows, usable, duplicates, left_out: {reason: rows}}``, where ``rows`` is
        the sum of the others.
    """
    one = SETS[name]
    parser = csv_rows if one.member.endswith(".csv") else jsonl_rows
    rows: list[Record] = []
    left_out: Counter[str] = Counter()
    seen: set[tuple[str, ...]] = set()
    total = duplicates = 0
    for number, raw in enumerate(PackageSource(archive, one.member, parser).rows()):
        total += 1
        key = f"{name}/{number:04d}"
        item = READERS[name](raw, one, key, seed)
        if isinstance(item, str):
            left_out[item] += 1
        elif item.asked in seen:
            duplicates += 1
        else:
            seen.add(item.asked)
            rows.append(
                {
                    "id": key, "set": name, "prompt": item.prompt, "options": item.options,
                    "right": item.right, "group": item.group,
                }
            )  # fmt: skip
    return rows, {
        "rows": total, "usable": len(rows), "duplicates": duplicates, "left_out": dict(left_out),
    }  # fmt: skip


def draw(rows: Sequence[Record], number: int, seed: int) -> list[Record]:
    """Choose ``number`` rows (all, if there are fewer), each by its own key, in their order."""
    order = sorted(rows, key=lambda row: keyed(seed, "abilities", row["id"]).random())
    return sorted(order[:number], key=lambda row: row["id"])


def question(text: str) -> str:
    """Put a question to the model, on one line."""
    return f"Question: {' '.join(text.split())}\nAnswer:"


def _asdiv(raw: Row, one: AbilitySet, key: str, seed: int) -> _Item | str:
    number = number_of(raw["answer"])
    if number is None:
        return "the result is not one number"
    others = near(number, one.options - 1, keyed(seed, "abilities numbers", key))
    text = f"{raw['passage']} {raw['question']}"
    return _Item((tidy(text),), question(text), [number, *others], 0)


def _lettered(raw: Row, one: AbilitySet, key: str, seed: int) -> _Item | str:
    text, (_, options) = raw["question"], lettered(raw["options"])
    if one.name == "commonsenseqa":
        # Some questions end among the options, and some options end with the question's mark.
        text, options = lettered(raw["question"] + raw["options"])
        text = text.strip().removesuffix(".") if text.strip().endswith("?.") else text.strip()
        if options and options[-1].endswith("?"):
            options[-1] = options[-1].rstrip("? ")
            text = text if text.endswith("?") else f"{text}?"
    if wrong := fault(options, one.options):
        return wrong
    right = right_of(raw["answer"], options)
    if right is None:
        return NO_ANSWER
    return _Item((tidy(text), *sorted(map(tidy, options))), question(text), options, right)


def _truthfulqa(raw: Row, one: AbilitySet, key: str, seed: int) -> _Item | str:
    sides = {found[1].lower() for text in raw["answer"] if (found := _SIDE.match(text.strip()))}
    if sides not in ({YES}, {NO}):
        return "no wrong answer in the file, and not a question of yes or no"
    side = sides.pop()
    text = raw["question"]
    return _Item((tidy(text),), question(text), ["Yes", "No"], [YES, NO].index(side), side)


def _bbq(raw: Row, one: AbilitySet, key: str, seed: int) -> _Item | str:
    _, options = lettered(raw["options"])
    if wrong := fault(options, one.options):
        return wrong
    places = [place for place, text in enumerate(options) if tidy(text) == tidy(raw["answer"][0])]
    unknown = [place for place, text in enumerate(options) if tidy(text) in UNKNOWN]
    if len(raw["answer"]) != 1 or len(places) != 1:
        return NO_ANSWER
    if len(unknown) != 1:
        return "not one option that says it cannot be known"
    asked = " ".join(raw["question"].partition(_ASKED_TO_CHOOSE)[0].split())
    context = " ".join(raw["passage"].split())
    prompt = f"Context: {context}\nOptions: {'; '.join(options)}\n{question(asked)}"
    return _Item(
        (tidy(context), tidy(asked), *sorted(map(tidy, options))), prompt, options, places[0],
        AMBIGUOUS if places == unknown else CLEAR,
    )  # fmt: skip


def _crows(raw: Row, one: AbilitySet, key: str, seed: int) -> _Item | str:
    if raw["sentence"].count("[MASK]") != 1:
        return "not one place that differs"
    options = [
        " ".join(raw["sentence"].replace("[MASK]", raw[mask]).split())
        for mask in ("mask1", "mask2")
    ]
    return fault(options, one.options) or _Item(
        tuple(sorted(map(tidy, options))), "", options, None, raw["bias_type"]
    )


READERS: dict[str, Callable[[Row, AbilitySet, str, int], _Item | str]] = {
    "asdiv": _asdiv,
    "mmlu": _lettered,
    "commonsenseqa": _lettered,
    "openbookqa": _lettered,
    "truthfulqa": _truthfulqa,
    "bbq": _bbq,
    CROWS: _crows,
}
