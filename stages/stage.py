"""What every stage script shares: parameters, errors, output folders and its closing line.

A script looks like this::

    class Params(Section):
        people: int = Field(gt=0)

    READS = {"sample": Params}          # the sections of params.yaml that it reads

    def main(params: dict[str, Any]) -> Made:
        with output("out/sample") as folder:
            ...
        return Made("sample: 480 biographies of 120 people", tokens={"written": 20000})

    if __name__ == "__main__":
        run("sample", READS, main, "out/sample")
"""

from __future__ import annotations

import errno
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from apeft.errors import UserError

PARAMS = Path("params.yaml")


class Section(BaseModel):
    """A section of params.yaml: typed, frozen, and closed to keys that it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


Reads = Mapping[str, type[BaseModel]]


@dataclass(frozen=True)
class Made:
    """What a stage made, in one line, and what it read and wrote on the way.

    ``tokens`` and ``device`` go to the stage's cost record, never into an output.
    """

    line: str
    tokens: dict[str, int] = field(default_factory=dict)
    device: str = "cpu"


def read_params(path: Path = PARAMS) -> dict[str, Any]:
    """Read a parameter file as plain data."""
    if not path.is_file():
        raise UserError("parameter file not found", where=str(path), fix="run from a workspace")
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise UserError("not valid YAML", where=str(path), fix=str(error)) from None
    if not isinstance(data, dict):
        raise UserError("no parameters in this file", where=str(path), fix="see params.yaml")
    return data


def validate(data: Mapping[str, Any], reads: Reads, *, where: str = str(PARAMS)) -> dict[str, Any]:
    """Validate the named sections of ``data``; every fault is named by its key's full path."""
    sections: dict[str, Any] = {}
    faults: list[str] = []
    for name, model in reads.items():
        if name not in data:
            faults.append(f"{name}: missing section")
            continue
        try:
            sections[name] = model.model_validate(data[name])
        except ValidationError as error:
            for fault in error.errors():
                key = ".".join([name, *(str(part) for part in fault["loc"])])
                # A fault of the section as a whole would print all of it.
                shown = fault["type"] != "missing" and fault["loc"]
                given = f" (given: {fault['input']!r})" if shown else ""
                message = {
                    "extra_forbidden": "unknown key",
                    "missing": "missing key",
                }.get(fault["type"], fault["msg"])
                allowed = ""
                if fault["type"] == "extra_forbidden" and len(fault["loc"]) == 1:
                    allowed = f"; known keys: {', '.join(sorted(model.model_fields))}"
                faults.append(f"{key}: {message}{given}{allowed}")
    if faults:
        raise UserError(
            "parameters refused:\n    " + "\n    ".join(faults),
            where=where,
            fix="correct these keys; params.yaml documents each",
        )
    return sections


@contextmanager
def output(path: str | Path) -> Iterator[Path]:
    """Yield a scratch folder that becomes ``path`` when the block succeeds, else vanishes."""
    final = Path(path)
    partial = final.with_name(f".{final.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield partial
        shutil.rmtree(final, ignore_errors=True)
        partial.rename(final)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def wrong_arguments(usage: str) -> NoReturn:
    """End the script with status 2, since its arguments are not those that ``usage`` shows."""
    given = " ".join(sys.argv[1:]) or "none"
    print(
        f"error: wrong arguments (given: {given})\n  where: {Path(sys.argv[0]).name}\n"
        f"  to do: {usage}; `dvc repro` gives the right ones",
        file=sys.stderr,
    )
    sys.exit(2)


def run(name: str, reads: Reads, main: Callable[[dict[str, Any]], Made], *outs: str) -> None:
    """Run a stage: validate its parameters, do its work, print one line on what it made.

    Args:
        name: the stage instance's full name ("train@dpo-apeft-0"), under which its cost is kept.
        reads: the sections that it reads.
        main: the work.
        outs: its outputs, whose hashes tie the cost record to them.
    """
    # transformers loads scikit-learn, and with it pandas and scipy.stats, for assisted decoding,
    # which no stage uses: a quarter of the start-up of each process with a model.
    sys.modules.setdefault("sklearn", None)  # type: ignore[arg-type]
    # Only the view reads costs; the import is late so that no stage's result depends on it.
    from stages.cost import measured

    try:
        params = validate(read_params(), reads)
        with measured(name, *outs) as cost:
            made = main(params)
            cost["tokens"], cost["device"] = made.tokens, made.device
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        print(
            f"error: no space left on the disk\n  where: {error.filename or Path.cwd()}\n"
            "  to do: free some space (`dvc gc --workspace` drops unused cache) and run again; "
            "finished work is kept",
            file=sys.stderr,
        )
        sys.exit(2)
    print(made.line, flush=True)
