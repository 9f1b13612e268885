"""A language model measured against labels, as a parameter file's section ``judge`` names it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from apeft.agreement.measured import language_model
from apeft.errors import UserError
from stages.judges import tables
from stages.judging import JudgeParams, check, open_reader
from stages.stage import read_params, validate


def measure(data: Path, file: Path, limit: int | None) -> dict[str, Any]:
    """Ask the judge of ``file`` for the labelled items (at most ``limit`` of each table row).

    Returns:
        The judge's name, the rows, how many items each was cut to, and what was asked. Items
        without a valid reply are unscored, in no rate.
    """
    if limit is not None and limit < 1:
        raise UserError("no item to ask for", where=f"--rows {limit}", fix="give 1 or more")
    sections = validate(read_params(file), {"judge": JudgeParams}, where=str(file))
    params: JudgeParams = sections["judge"]
    faults = check(sections)
    if params.kind != "llm":
        faults.append("judge.kind: is typed; the rules are measured without a profile")
    if faults:
        raise UserError(
            "parameters refused:\n    " + "\n    ".join(faults),
            where=str(file),
            fix="correct these keys; params.yaml documents each",
        )
    assert params.model is not None
    reader = open_reader(params)
    judge = language_model(reader, params.model, limit)
    rows = list(tables(data, judge))
    return {
        "judge": params.model,
        "limit": limit,
        "asked": reader.spent.counts(),
        "settings": dict(reader.chat.settings),
        "rows": rows,
        "told": reader.spent.line(),
    }
