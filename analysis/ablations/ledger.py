"""The claims of the paper that only ablations can answer, by the study's own ledger."""

from __future__ import annotations

from analysis.ablations.finding import Finding
from analysis.claims import read_claims
from analysis.ledger import ledger
from analysis.load import Results
from analysis.settings import Settings
from analysis.tables.claims import ABLATIONS, claims, every_test

NAME, TITLE = "claims", "The paper's claims on ablations"


def finding(results: Results, settings: Settings) -> Finding:
    """Give each claim of the family its verdict; a claim without its arms is not run."""
    findings = ledger(results, [one for one in read_claims() if one.family == ABLATIONS], settings)
    sentences = "; ".join(
        f"{one.claim.id}: "
        + ", ".join(f"{told.verdict} of {asked}" for asked, told in one.verdicts.items())
        for one in findings
    )
    return Finding(NAME, TITLE, (f"{sentences}.",), tables=(claims(findings), every_test(findings)))
