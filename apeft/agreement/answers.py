"""Matching of short answers against people's reading of them (``labels/answers.jsonl``)."""

from __future__ import annotations

from collections.abc import Iterable

from apeft.agreement.counts import Counts, count
from apeft.answers import match
from apeft.facts.lexicon import Lexicon
from apeft.records import Record


def by_relation(rows: Iterable[Record], lexicon: Lexicon) -> dict[str, Counts]:
    """Count, for each relation, answers that are right by people and by the matching rules.

    Args:
        rows: ``relation``, ``name`` (of the entity), ``values`` (right ones), ``answer`` and
            ``label``: true, false, or null where people could not decide either; those are left
            out.
        lexicon: the knowledge base's vocabulary.
    """
    pairs: dict[str, list[tuple[bool, bool | None]]] = {}
    for row in rows:
        if row["label"] is None:
            continue
        found = match(row["relation"], row["answer"], row["values"], lexicon, subject=row["name"])
        pairs.setdefault(row["relation"], []).append((row["label"], found.correct))
    return {relation: count(pairs[relation]) for relation in sorted(pairs)}
