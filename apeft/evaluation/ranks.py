"""Grades of scored candidates: needs no judge, so nothing here depends on one."""

from __future__ import annotations

from collections.abc import Sequence

from scipy.special import log_softmax

from apeft.finite import finite
from apeft.records import Record

_MEASURES = ("rank1", "pairs_right", "margin", "among")


def grade_candidates(candidates: Sequence[Record]) -> list[Record]:
    """Grade how the right value stands among the others.

    ``pairs_right`` is Inside-Out's K (Gekhman et al. 2025): the share of pairs of the right value
    and another one in which the right one is likelier; ``rank1`` is its K*, that all of them are.
    An exact tie is not right. ``margin`` is the right value's log-odds against the best other one,
    ``among`` its log-probability if nothing but a candidate can be answered (both in nats). A fact
    of which some value has no finite log-probability (a model that diverged) is unscored: all are
    None.
    """
    rows = []
    for row in candidates:
        about = {key: row[key] for key in ("fact", "entity", "set", "relation")}
        if not all(finite(logp) for logp in row["logps"]):
            rows.append({**about, **dict.fromkeys(_MEASURES), "best_other": None})
            continue
        right, *others = row["logps"]
        best = max(range(len(others)), key=others.__getitem__)
        rows.append(
            {
                **about,
                "rank1": int(right > others[best]),
                "pairs_right": sum(right > other for other in others) / len(others),
                "margin": right - others[best],
                "among": float(log_softmax(row["logps"])[0]),
                "best_other": row["others"][best],
            }
        )
    return rows
