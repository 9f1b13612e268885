"""Grading of short answers against readings of them (``labels/*answers.jsonl``)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from apeft.agreement import questions
from apeft.agreement.counts import Counts, count
from apeft.records import Record


def held_out(row: Record) -> bool:
    """Whether an answer is in the half of its file that the rules were not developed on."""
    return questions.held_out(f"{row['answer']}|{row['name']}")


def by_relation(
    rows: Iterable[Record], grade: Callable[[Record], bool | None]
) -> dict[str, Counts]:
    """Count, for each relation, answers that are right by people and by a judge.

    Args:
        rows: ``relation``, ``name`` (of the entity), ``values`` (right ones), ``answer`` and
            ``label``: true, false, or null where people could not decide either; those are left
            out.
        grade: a row to the judge's verdict; None is unscored.
    """
    pairs: dict[str, list[tuple[bool, bool | None]]] = {}
    for row in rows:
        if row["label"] is not None:
            pairs.setdefault(row["relation"], []).append((row["label"], grade(row)))
    return {relation: count(pairs[relation]) for relation in sorted(pairs)}
