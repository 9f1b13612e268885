"""What differs between two runs: parameters, versions, outputs, measures with intervals, claims.

Each side is a :class:`Side`; what it does not hold is None, and the comparison says so instead of
calling it equal. Measures of two runs are set side by side, not tested: the runs are not paired.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

Estimate = tuple[float, float, float]  # value, low, high; NaN where there is no interval
NOTHING = "(not there)"


@dataclass(frozen=True)
class Claim:
    """A verdict of the ledger with its effect and interval (NaN where there is none)."""

    verdict: str
    effect: Estimate


@dataclass(frozen=True)
class Side:
    """One of the two; ``missing`` says what could not be had and why.

    ``params``: JSON by full key; ``versions``: by package; ``outputs``: hashes by path;
    ``measures``: by (variant, "set measure"); ``claims``: by id.
    """

    name: str
    params: Mapping[str, str] | None = None
    versions: Mapping[str, str] | None = None
    outputs: Mapping[str, str] | None = None
    measures: Mapping[tuple[str, str], Estimate] | None = None
    claims: Mapping[str, Claim] | None = None
    missing: Sequence[str] = field(default=())


def compare(a: Side, b: Side) -> str:
    """Say in plain text how ``b`` differs from ``a``."""
    lines = [f"A: {a.name}", f"B: {b.name}"]
    for letter, side in (("A", a), ("B", b)):
        lines += [f"   {letter} lacks {what}" for what in side.missing]
    parts = (
        ("Parameters", _params(a.params, b.params)),
        ("Versions", _plain(*_public(a.versions, b.versions))),
        ("Outputs", _hashes(a.outputs, b.outputs)),
        ("Measures, in per cent (two runs side by side, not tested)",
         _measures(a.measures, b.measures)),
        ("Claims", _claims(a.claims, b.claims)),
    )  # fmt: skip
    for title, rows in parts:
        lines += ["", title]
        if rows is None:
            lines.append("  cannot be compared: one side does not hold them")
        else:
            lines += [f"  {row}" for row in rows] or ["  no difference"]
    return "\n".join(lines)


def _params(a: Mapping[str, str] | None, b: Mapping[str, str] | None) -> list[str] | None:
    """Differences key by key; a section that one side lacks whole is one row.

    The table of parameters in a ``reports/`` folder has no sections on how results are shown.
    """
    if a is None or b is None:
        return None
    mine, theirs = ({key.partition(".")[0] for key in side} for side in (a, b))
    rows: list[str] = []
    for letter, lacks, has in (("A", mine, theirs), ("B", theirs, mine)):
        rows += [f"section {name}: not listed in {letter}" for name in sorted(has - lacks)]
    shared = mine & theirs
    left, right = (
        {key: value for key, value in side.items() if key.partition(".")[0] in shared}
        for side in (a, b)
    )
    return [*(_plain(left, right) or []), *rows]


def _public(
    a: Mapping[str, str] | None, b: Mapping[str, str] | None
) -> tuple[Mapping[str, str] | None, Mapping[str, str] | None]:
    """Keep packages that both sides name: a lock names all, a cost record those that count.

    A local part (``+cpu``) counts only where both sides have one, since locks have none.
    """
    if a is None or b is None:
        return a, b
    shared = sorted(set(a) & set(b))
    left, right = dict[str, str](), dict[str, str]()
    for name in shared:
        both = "+" in a[name] and "+" in b[name]
        for side, kept in ((a, left), (b, right)):
            kept[name] = side[name] if both else side[name].partition("+")[0]
    return left, right


def _plain(a: Mapping[str, str] | None, b: Mapping[str, str] | None) -> list[str] | None:
    if a is None or b is None:
        return None
    return [
        f"{key}: {a.get(key, NOTHING)} → {b.get(key, NOTHING)}"
        for key in sorted({*a, *b})
        if a.get(key) != b.get(key)
    ]


def _hashes(a: Mapping[str, str] | None, b: Mapping[str, str] | None) -> list[str] | None:
    if a is None or b is None:
        return None
    rows = [f"{path}: differs" for path in sorted(set(a) & set(b)) if a[path] != b[path]]
    rows += [f"{path}: only in A" for path in sorted(set(a) - set(b))]
    return rows + [f"{path}: only in B" for path in sorted(set(b) - set(a))]


def _measures(
    a: Mapping[tuple[str, str], Estimate] | None, b: Mapping[tuple[str, str], Estimate] | None
) -> list[str] | None:
    if a is None or b is None:
        return None
    rows = []
    for key in sorted({*a, *b}):
        left, right = a.get(key), b.get(key)
        if left is not None and right is not None and all(map(_same, left, right)):
            continue
        row = f"{' '.join(key)}: {show(left)} → {show(right)}"
        if left is not None and right is not None and not _same(left[0], right[0]):
            row += f" ({100 * (right[0] - left[0]):+.1f})"
        rows.append(row)
    return rows


def _claims(a: Mapping[str, Claim] | None, b: Mapping[str, Claim] | None) -> list[str] | None:
    if a is None or b is None:
        return None
    return list(_changed(a, b))


def _changed(a: Mapping[str, Claim], b: Mapping[str, Claim]) -> Iterator[str]:
    for key in sorted({*a, *b}):
        left, right = a.get(key), b.get(key)
        if left is None or right is None or left.verdict != right.verdict:
            yield f"{key}: {_claim(left)} → {_claim(right)}"


def _claim(one: Claim | None) -> str:
    if one is None:
        return NOTHING
    return one.verdict if math.isnan(one.effect[0]) else f"{one.verdict}, {show(one.effect, 1)}"


def _same(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-7, abs_tol=1e-12) or (math.isnan(a) and math.isnan(b))


def show(found: Estimate | None, scale: float = 100) -> str:
    """Show an estimate with its interval, scaled to per cent."""
    if found is None or math.isnan(found[0]):
        return NOTHING
    value, low, high = (scale * number for number in found)
    form = ".1f" if scale == 100 else ".3g"
    if math.isnan(low) or math.isnan(high):
        return f"{value:{form}}"
    return f"{value:{form}} [{low:{form}}, {high:{form}}]"
