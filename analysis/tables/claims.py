"""The claims ledger as tables and as reports/claims.json."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import pandas as pd

from analysis import style
from analysis.claims import AMOUNTS, Claim
from analysis.crossed import FLOOR, PARTLY
from analysis.settings import Settings
from analysis.tables.write import NOTHING, PART, Section, Table
from analysis.verdicts import ADAPTERS, ALGORITHM, ALPHA, QUESTIONS, Answer, Finding, Outcome

DRAW = "seeds repeat training and evaluation; the one draw of people and pairs they do not cover"
ABLATIONS = "ablations"
NUMBERS, SIZES = ("effect", "low", "high", "p", "adjusted"), ("entities", "prompts", "seeds")
CELLS = (
    *(f"effect, {ADAPTERS}", "p, adjusted", f"effect, {ALGORITHM}", "p, adjusted (algorithm)"),
    "n",
)
HOW = (
    "two verdicts each: of these adapters (95 % intervals by resampling entities alone, p by sign "
    "flips of entities for paired differences from 0) and of the algorithm (entities crossed with "
    "seeds, the larger p of the flips and the crossed t test; undecided with one seed); else p is "
    "by the t test, of a region's probability by its draws; Holm within each family and question; "
    f"supported and contradicted need the interval and an adjusted p of at most {ALPHA:g}; "
    "where fewer than five entities of every set moved there is no interval but a floor, and ‡ "
    "marks an interval of which a part is one"
)


def claims(findings: list[Finding]) -> Table:
    """One row a claim: its verdicts, effects, intervals, adjusted p and n."""
    data, rows = [], []
    for found in findings:
        claim = found.claim
        one = found.tests[0] if not claim.each else None
        told = {asked: found.verdicts[asked].reason for asked in QUESTIONS}
        data.append(_entry(found) | _flat(one))
        rows.append(
            (
                claim.text,
                f"{claim.source.where} ({claim.source.grade})",
                claim.measure,
                claim.family,
                *(found.verdicts[asked].verdict for asked in QUESTIONS),
                *_cells(one),
                _reasons(told),
            )
        )
    columns = ("claim", "source", "measure", "family", *QUESTIONS, *CELLS, "reason")
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
    for test in (test for found in findings for test in found.tests):
        told = {asked: test.answers[asked].reason for asked in QUESTIONS}
        data.append(
            {"claim": test.claim.id, "family": test.claim.family}
            | {"algorithm": test.algorithm, "set": test.set}
            | {f"{asked}:verdict": test.answers[asked].verdict for asked in QUESTIONS}
            | _flat(test)
            | {f"{asked}:reason": reason for asked, reason in told.items()}
        )
        rows.append(
            (
                test.claim.id,
                style.algorithm(test.algorithm) if test.algorithm else "all",
                style.set_title(test.set) if test.set else ", ".join(test.claim.sets),
                *(test.answers[asked].verdict for asked in QUESTIONS),
                *_cells(test),
                _reasons(told),
            )
        )
    columns = ("claim", "algorithm", "sets", *QUESTIONS, *CELLS, "reason")
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
        "sure": settings.sure,
        "claims": [
            found.claim.model_dump(mode="json")
            | {"verdicts": {asked: asdict(one) for asked, one in found.verdicts.items()}}
            | {
                "tests": [
                    {"algorithm": test.algorithm, "set": test.set}
                    | {
                        asked: {"verdict": one.verdict} | _numbers(one) | {"reason": one.reason}
                        for asked, one in test.answers.items()
                    }
                    for test in found.tests
                ]
            }
            for found in findings
        ],
    }


def _reasons(told: dict[str, str]) -> str:
    """Both reasons in one cell, and one where they are the same."""
    if len(set(told.values())) == 1:
        return told[QUESTIONS[0]]
    return "; ".join(f"{asked}: {reason}" for asked, reason in told.items() if reason)


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
        **{f"{asked}:verdict": one.verdict for asked, one in found.verdicts.items()},
        **{f"{asked}:reason": one.reason for asked, one in found.verdicts.items()},
    }


def unit(claim: Claim) -> str:
    """Unit of a claim's effect: shares are 0..1 in files and per cent or points in text."""
    if claim.probability:
        return "probability"
    return "amount" if claim.measure in AMOUNTS else claim.scale


def _flat(test: Outcome | None) -> dict[str, Any]:
    """The numbers of both answers, by question; None where there are several tests."""
    return {
        f"{asked}:{key}": value
        for asked in QUESTIONS
        for key, value in _numbers(None if test is None else test.answers[asked]).items()
    }


def _numbers(answer: Answer | None) -> dict[str, Any]:
    found = {key: None if answer is None else _known(getattr(answer, key)) for key in NUMBERS}
    told = {key: None if answer is None else getattr(answer, key) for key in ("method", *SIZES)}
    return found | told


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _cells(test: Outcome | None) -> tuple[str, ...]:
    """Effect and p of both answers, and n."""
    if test is None:
        return (NOTHING,) * len(CELLS)
    pairs = [(_effect(test.claim, one), _p(one)) for one in test.answers.values()]
    n = max(test.answers.values(), key=lambda one: one.seeds)
    return (*pairs[0], *pairs[1], _n(n))


def _effect(claim: Claim, answer: Answer) -> str:
    if not math.isfinite(answer.effect):
        return NOTHING
    kind = unit(claim)
    if kind == "probability":
        return f"P = {answer.effect:.3f}"
    factor, sign = (1, "") if kind == "amount" else (100, "+")
    if claim.against is None and not claim.against_sets:
        sign = ""

    def form(value: float, plus: str = sign) -> str:
        return f"{factor * value:{plus}.2f}".replace("-", "−")

    name = {"points": "", "relative": " %", "amount": ""}[kind]
    effect = form(answer.effect) + name
    if not math.isfinite(answer.low):
        return effect
    if answer.method == FLOOR:
        half = max(answer.high - answer.effect, answer.effect - answer.low)
        return f"{effect} (floor ±{form(half, '')})"
    mark = PART if answer.method == PARTLY else ""
    return f"{effect} [{form(answer.low)}, {form(answer.high)}]{mark}"


def _p(answer: Answer) -> str:
    if not math.isfinite(answer.adjusted):
        return NOTHING
    return "< 0.001" if answer.adjusted < 0.001 else f"{answer.adjusted:.3f}"


def _n(answer: Answer) -> str:
    if not answer.entities:
        return NOTHING
    return f"{answer.entities} / {answer.prompts} / {answer.seeds}"
