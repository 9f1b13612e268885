"""Grade what the base and every arm's adapter wrote, as the study does."""

from __future__ import annotations

from typing import Any

from stages.ablations.cells import Cells, variants
from stages.grade import Params, grade
from stages.judging import JudgeParams
from stages.stage import Made, Reads, run

READS: Reads = {"grade": Params, "cells": Cells, "judge": JudgeParams}


def main(params: dict[str, Any]) -> Made:
    """Write out/grade: the grades of all variants."""
    return grade(params, variants(params["cells"]))


if __name__ == "__main__":
    run("grade", READS, main, "out/grade")
