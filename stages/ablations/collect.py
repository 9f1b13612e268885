"""Join what the arms' adapters left into the same long tables as the study's."""

from __future__ import annotations

from typing import Any

from stages.ablations.cells import Cells, variants
from stages.collect import Params, collect
from stages.grid import BASE
from stages.stage import Made, Reads, run

READS: Reads = {"collect": Params, "cells": Cells}


def main(params: dict[str, Any]) -> Made:
    """Write out/collect/*.csv and *.json."""
    evaluated = variants(params["cells"])
    return collect(evaluated, [one for one in evaluated if one != BASE], params["collect"])


if __name__ == "__main__":
    run("collect", READS, main, "out/collect")
