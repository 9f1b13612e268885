"""The responses that the page lets a reader browse: graded, with their token shift, within a size.

Everything is keyed by the prompt, so that base and tuned stand side by side. The page cannot hold
every response of a large run: whole prompts are then left out, with all their variants, and the
page says how many.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import pandas as pd

from analysis.load import BASE, REGIONS
from apeft.finite import finite
from apeft.records import Record, digest, dumps

LETTER = {region: region[0] for region in REGIONS}  # "u", "m", "s"
MIB = 2**20


@dataclass(frozen=True)
class Grades:
    """Rows of ``out/grade``: ``texts`` and ``facts`` of long-form sets, ``questions``."""

    texts: Sequence[Record]
    facts: Sequence[Record]
    questions: Sequence[Record]


@dataclass(frozen=True)
class Browser:
    """``data`` goes into the page as JSON; ``shown`` of ``prompts`` prompts by set are in it."""

    data: dict[str, Any]
    shown: dict[str, int]
    prompts: dict[str, int]
    bytes: int

    @property
    def complete(self) -> bool:
        """Whether no prompt was left out."""
        return self.shown == self.prompts


def browser(
    grades: Grades,
    prompts: Sequence[Record],
    shift: pd.DataFrame,
    sets: Sequence[str],
    limit_mib: float,
) -> Browser:
    """Collect what can be browsed, at most ``limit_mib`` MiB of JSON.

    Args:
        grades: every variant's graded responses.
        prompts: rows of ``out/prompts/prompts.jsonl``, for what the model was asked.
        shift: the collected table ``shift``.
        sets: the sets in the order in which they are offered.
        limit_mib: size in MiB of UTF-8, counted before escaping, of all responses together.
    """
    asked = {row["id"]: row for row in prompts}
    strips = _strips(shift)
    facts: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for row in grades.facts:
        facts[row["variant"], row["response"]].append(_fact(row))
    # Responses by prompt, each a record of what its variants wrote; a response has its prompt's id.
    found: dict[str, dict[str, Record]] = defaultdict(dict)
    where: dict[str, Record] = {}
    for row in grades.texts:
        key = (row["variant"], row["id"])
        found[row["id"]][row["variant"]] = {
            "text": row["text"],
            "score": row["factscore"],
            "length": row["length"],
            "ended": row["ended"],
            "facts": facts[key],
            **strips.get(key, {}),
        }
        where.setdefault(row["id"], row)
    for row in grades.questions:
        found[row["id"]][row["variant"]] = {
            "text": row["text"],
            **{name: row[name] for name in ("reject", "correct", "reason")},
            **strips.get((row["variant"], row["id"]), {}),
        }
        where.setdefault(row["id"], row)
    kept, size = _within(where, found, int(limit_mib * MIB))
    variants = list(dict.fromkeys(row["variant"] for row in (*grades.texts, *grades.questions)))
    rows = [
        {
            "id": name,
            "set": where[name]["set"],
            "group": where[name].get("group", ""),
            "title": _title(where[name]),
            "prompt": asked[name]["plain"] if name in asked else "",
            "of": found[name],
        }
        for name in sorted(kept, key=lambda name: (sets.index(where[name]["set"]), name))
    ]
    return Browser(
        {"variants": sorted(variants, key=lambda name: name != BASE), "prompts": rows},
        _by_set(where[name] for name in kept),
        _by_set(where.values()),
        size,
    )


def _title(row: Mapping[str, Any]) -> str:
    return str(row.get("question") or row["entity"].partition("/")[2].replace("-", " "))


def _fact(row: Record) -> Record:
    names = ("relation", "value", "span", "verdict", "reason", "evidence")
    return {name: row[name] for name in names}


def _strips(shift: pd.DataFrame) -> dict[tuple[str, str], Record]:
    """Tokens of each response of a tuned variant: text, region's letter, rank, KL (3 digits).

    The base model's are left out: against itself every token is unshifted.
    """
    tuned = shift[shift["algorithm"] != BASE].sort_values("position", kind="stable")
    found = {}
    for (variant, item), rows in tuned.groupby(["variant", "item"], sort=False):
        # A model that diverged has none, and a page's JSON has no NaN.
        kl = [float(f"{one:.3g}") if finite(one) else None for one in rows["kl_tuned_base"]]
        found[str(variant), str(item)] = {
            "tokens": rows["token"].tolist(),
            "regions": "".join(LETTER[region] for region in rows["region"]),
            "ranks": rows["rank"].tolist(),
            "kl": kl,
            "base_tokens": [
                "" if region == "unshifted" else token
                for region, token in zip(rows["region"], rows["token_base"], strict=True)
            ],
        }
    return found


def _within(
    where: Mapping[str, Record], found: Mapping[str, Any], limit: int
) -> tuple[set[str], int]:
    """Prompts that fit, taken from the sets in turn in an order that no result decides."""
    by_set: dict[str, list[str]] = defaultdict(list)
    for name in sorted(where, key=digest):
        by_set[where[name]["set"]].append(name)
    kept: set[str] = set()
    size = 0
    for row in zip_longest(*(by_set[name] for name in sorted(by_set))):
        for name in filter(None, row):
            more = len(dumps(found[name]).encode())
            if size + more > limit:
                return kept, size
            kept.add(name)
            size += more
    return kept, size


def _by_set(rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for row in rows:
        counts[row["set"]] += 1
    return dict(sorted(counts.items()))
