"""The report's page, with empty slots for what changes without changing a result.

``python -m stages.publish`` fills them and writes reports/report.html.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field

from analysis.load import load
from analysis.report.browser import Grades
from analysis.report.contents import content
from analysis.report.page import page
from apeft.records import read_jsonl
from stages.stage import Made, Reads, Section, output, run


class Params(Section):
    """How much the page holds."""

    responses_mib: float = Field(gt=0, le=100)  # of the responses that can be browsed, in MiB


READS: Reads = {"report": Params}
GRADE = Path("out/grade")


def main(params: dict[str, Any]) -> Made:
    """Write out/report/page.html."""
    found = content(
        load(Path("out/collect")),
        Grades(*(read_jsonl(GRADE / f"{name}.jsonl") for name in ("texts", "facts", "questions"))),
        read_jsonl(Path("out/prompts/prompts.jsonl")),
        Path("reports"),
        limit_mib=params["report"].responses_mib,
    )
    html = page(found)
    with output("out/report") as folder:
        (folder / "page.html").write_text(html, encoding="utf-8")
    shown, whole = (sum(counts.values()) for counts in (found.browser.shown, found.browser.prompts))
    return Made(
        f"report: {len(found.figures)} figures, {len(found.tables)} tables and {shown} of {whole} "
        f"prompts with their responses, {len(html.encode()) / 2**20:.1f} MiB"
    )


if __name__ == "__main__":
    run("report", READS, main, "out/report")
