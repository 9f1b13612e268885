"""The claims ledger as tables and as reports/claims.json."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from analysis import style
from analysis.claims import AMOUNTS, Claim
from analysis.settings import Settings
from analysis.tables.write import NOTHING, Section, Table
from analysis.verdicts import ALPHA, Finding, Outcome

DRAW = "seeds repeat training and evaluation; the one draw of people and pairs they do not cover"
ABLATIONS = "ablations"
HOW = (
    "95 % intervals by resampling entities crossed with seeds; p by sign flips of entities for "
    "paired differences from 0 (with several seeds the larger of it and the crossed t test), else "
    "by the crossed t test, of a region's probability by its draws; Holm within each family; "
    f"supported and contradicted need the interval and an adjusted p of at most {ALPHA:g}"
)


def claims(findings: list[Finding]) -> Table:
    """One row a claim: its verdict, effect, interval, adjusted p and n."""
    data, rows = [], []
    for found in findings:
        claim = found.claim
        one = found.tests[0] if not claim.each else None
        data.append(_entry(found) | _numbers(one))
        rows.append(
            (
                claim.text,
                f"{claim.source.where} ({claim.source.grade})",
                claim.measure,
                claim.family,
                found.verdict,
                _effect(one),
                _p(one),
                _n(one),
                found.reason,
            )
        )
    columns = (
        *("claim", "source", "measure", "family", "verdict", "effect", "p, adjusted", "n"),
        "reason",
    )
    caption = (
        f"Claims of the paper and what this run says of them ({HOW}; n: entities / prompts / "
        f"seeds; {DRAW}). Measure `main` is the share right of each set, `paper` the paper's own "
        f"(FActScore, balanced accuracy). Claims of the family `{ABLATIONS}` need arms that the "
        "study does not train: `make ablations` tests them and has a table like this one, in the "
        "report's section Ablations."
    )
    return Table("claims", caption, pd.DataFrame(data), (Section("", columns, tuple(rows)),))


def every_test(findings: list[Finding]) -> Table:
    """One row a test: what stands behind the claims that are tested for each algorithm or set."""
    data, rows = [], []
    for found in findings:
        for test in found.tests:
            data.append(
                {"claim": test.claim.id, "family": test.claim.family}
                | {"algorithm": test.algorithm, "set": test.set, "verdict": test.verdict}
                | _numbers(test)
                | {"reason": test.reason}
            )
            rows.append(
                (
                    test.claim.id,
                    style.algorithm(test.algorithm) if test.algorithm else "all",
                    style.set_title(test.set) if test.set else ", ".join(test.claim.sets),
                    test.verdict,
                    _effect(test),
                    _p(test),
                    _n(test),
                    test.reason,
                )
            )
    columns = ("claim", "algorithm", "sets", "verdict", "effect", "p, adjusted", "n", "reason")
    caption = f"Every test of the claims ({HOW}; n: entities / prompts / seeds; {DRAW})."
    return Table("claims_tests", caption, pd.DataFrame(data), (Section("", columns, tuple(rows)),))


def document(findings: list[Finding], settings: Settings) -> dict[str, Any]:
    """The ledger for machines: what reports/claims.json holds; numbers not known are null."""
    return {
        "alpha": ALPHA,
        "method": HOW,
        "not_covered": DRAW,
        "small_shift": settings.small_shift,
        "small_change": settings.small_change,
        "claims": [
            found.claim.model_dump(mode="json")
            | {"verdict": found.verdict, "reason": found.reason}
            | {
                "tests": [
                    {"algorithm": test.algorithm, "set": test.set, "verdict": test.verdict}
                    | _numbers(test)
                    | {"reason": test.reason}
                    for test in found.tests
                ]
            }
            for found in findings
        ],
    }


def _entry(found: Finding) -> dict[str, Any]:
    claim = found.claim
    return {
        "id": claim.id,
        "text": claim.text,
        "source": claim.source.where,
        "grade": claim.source.grade,
        "family": claim.family,
        "measure": claim.measure,
        "scale": unit(claim),
        "direction": claim.direction,
        "threshold": claim.threshold,
        "tests": len(found.tests),
        "verdict": found.verdict,
        "reason": found.reason,
    }


def unit(claim: Claim) -> str:
    """Unit of a claim's effect: shares are 0..1 in files and per cent or points in text."""
    if claim.probability:
        return "probability"
    return "amount" if claim.measure in AMOUNTS else claim.scale


def _numbers(test: Outcome | None) -> dict[str, Any]:
    keys = ("effect", "low", "high", "p", "adjusted")
    found = {key: None if test is None else _known(getattr(test, key)) for key in keys}
    sizes = {
        key: None if test is None else getattr(test, key)
        for key in ("entities", "prompts", "seeds")
    }
    return found | sizes


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _effect(test: Outcome | None) -> str:
    if test is None or not math.isfinite(test.effect):
        return NOTHING
    kind = unit(test.claim)
    if kind == "probability":
        return f"P = {test.effect:.3f}"
    factor, sign = (1, "") if kind == "amount" else (100, "+")
    if test.claim.against is None and not test.claim.against_sets:
        sign = ""

    def form(value: float) -> str:
        return f"{factor * value:{sign}.2f}".replace("-", "−")

    name = {"points": "", "relative": " %", "amount": ""}[kind]
    if not math.isfinite(test.low):
        return form(test.effect) + name
    return f"{form(test.effect)}{name} [{form(test.low)}, {form(test.high)}]"


def _p(test: Outcome | None) -> str:
    if test is None or not math.isfinite(test.adjusted):
        return NOTHING
    return "< 0.001" if test.adjusted < 0.001 else f"{test.adjusted:.3f}"


def _n(test: Outcome | None) -> str:
    if test is None or not test.entities:
        return NOTHING
    return f"{test.entities} / {test.prompts} / {test.seeds}"
