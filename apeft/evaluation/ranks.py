"""Grades of scored candidates: needs no judge, so nothing here depends on one."""

from __future__ import annotations

from collections.abc import Sequence

from apeft.finite import finite
from apeft.records import Record


def grade_candidates(candidates: Sequence[Record]) -> list[Record]:
    """Rank the right value: first or not, and its margin over the best other value (nats).

    An exact tie with another value is not a first rank. A fact of which some value has no finite
    log-probability (a model that diverged) is unscored: all three are None.
    """
    rows = []
    for row in candidates:
        about = {key: row[key] for key in ("fact", "entity", "set", "relation")}
        if not all(finite(logp) for logp in row["logps"]):
            rows.append({**about, "rank1": None, "margin": None, "best_other": None})
            continue
        right, *others = row["logps"]
        best = max(range(len(others)), key=others.__getitem__)
        rows.append(
            {
                **about,
                "rank1": int(right > others[best]),
                "margin": right - others[best],
                "best_other": row["others"][best],
            }
        )
    return rows
