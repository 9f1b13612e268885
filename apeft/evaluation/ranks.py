"""Grades of scored candidates: needs no judge, so nothing here depends on one."""

from __future__ import annotations

from collections.abc import Sequence

from apeft.records import Record


def grade_candidates(candidates: Sequence[Record]) -> list[Record]:
    """Rank the right value: first or not, and its margin over the best other value (nats).

    An exact tie with another value is not a first rank.
    """
    rows = []
    for row in candidates:
        right, *others = row["logps"]
        best = max(range(len(others)), key=others.__getitem__)
        rows.append(
            {
                **{key: row[key] for key in ("fact", "entity", "set", "relation")},
                "rank1": int(right > others[best]),
                "margin": right - others[best],
                "best_other": row["others"][best],
            }
        )
    return rows
