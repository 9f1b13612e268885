"""What the arms were: commit, device, versions, and sizes beside those of the study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from analysis.ablations.finding import Finding
from analysis.report.slots import provenance
from analysis.tables.write import NOTHING, Section, Table
from stages.tracking import as_params

NAME, TITLE = "run", "What was run"
PARAMS = "params.yaml"
OWN = ("cells.",)  # which arms there are: the tables of the findings name them


def about(records: Sequence[Mapping[str, Any]], workspace: Path, study: Path) -> Finding:
    """Tell how the arms of ``workspace`` were made, and how its parameters differ from the study's.

    Args:
        records: cost records of the adapters that are in the workspace now.
        workspace: of the ablations.
        study: the workspace whose report takes the findings up; its parameters may be missing.
    """
    made = dict(provenance({str(number): one for number, one in enumerate(records)}))
    first = (
        f"{len(records)} adapters were trained here, by commit {made['Commit']}, on "
        f"{made['Device']} ({made['Processor']}), with {made['Versions']}."
        if records
        else "No record tells by what code and on what device the adapters were trained."
    )
    mine, other = _params(workspace / PARAMS), _params(study / PARAMS)
    if not other:
        return Finding(
            NAME, TITLE, (first, "There is no study here to compare its parameters with.")
        )
    rows = [
        (key, other.get(key, NOTHING), mine.get(key, NOTHING))
        for key in sorted({*mine, *other})
        if mine.get(key) != other.get(key) and not key.startswith(OWN)
    ]
    second = f"Its parameters differ from the study's in {len(rows)} keys (table)."
    columns = ("parameter", "study", "ablations")
    table = Table(
        "run_parameters",
        "Parameters of the ablations that are not the study's own; all others are equal.",
        pd.DataFrame(rows, columns=list(columns)),
        (Section("", columns, tuple(rows)),),
    )
    return Finding(NAME, TITLE, (first, second), tables=(table,))


def _params(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    return as_params(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
