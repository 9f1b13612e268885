"""Preference pairs that a user brings: JSON Lines with ``prompt, chosen, rejected`` and an ``id``.

A file is refused at its first faulty row, with its name and line: a pair that was read otherwise
than it was meant would be trained on in silence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from apeft.errors import UserError
from apeft.records import Record

SHAPE = '{"prompt": text, "chosen": text, "rejected": text}, and an "id" if you like'


class OwnPair(BaseModel):
    """One row of the file."""

    model_config = ConfigDict(extra="forbid", strict=True)

    prompt: str
    chosen: str
    rejected: str
    id: str | None = None


def read_pairs(path: Path, name: str) -> list[Record]:
    """Read and check a file of pairs; empty lines are passed over.

    Args:
        path: the file.
        name: the recipe that it becomes; ids begin with it.

    Returns:
        Pairs as the pipeline keeps them, each with the ``line`` that it came from.

    Raises:
        UserError: no file, no row, no JSON, other keys or types than those of :class:`OwnPair`,
            an empty text, both sides alike, or an id or pair that is there twice.
    """
    if not path.is_file():
        raise UserError(
            "no such file of preference pairs", where=f"own.pairs.{name}: {path}",
            fix="correct the path (it is read from the folder of params.yaml)",
        )  # fmt: skip
    rows: list[Record] = []
    lines: dict[str | tuple[str, ...], int] = {}  # where an id, or a pair's texts, stood first
    # Split at line feeds alone: a text may hold any other sign that Python takes for a line end.
    for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            pair = OwnPair.model_validate(json.loads(line.decode("utf-8")))
        except ValidationError as error:
            raise _fault(path, number, _told(error)) from None
        except ValueError as error:  # no UTF-8 or no JSON
            reason = error.msg if isinstance(error, json.JSONDecodeError) else "no UTF-8 text"
            raise _fault(path, number, f"no JSON record ({reason})") from None
        for side in ("prompt", "chosen", "rejected"):
            if not getattr(pair, side).strip():
                raise _fault(path, number, f"{side} is empty")
        if pair.chosen == pair.rejected:
            raise _fault(path, number, "chosen and rejected are the same text")
        key = pair.id if pair.id is not None else str(number)
        texts = (pair.prompt, pair.chosen, pair.rejected)
        seen: list[tuple[str, str | tuple[str, ...]]] = [
            (f"the id {key!r}", key),
            ("this pair", texts),
        ]
        for what, value in seen:
            if (first := lines.setdefault(value, number)) != number:
                raise _fault(path, number, f"{what} stands in line {first} already")
        rows.append(
            {
                "id": f"own/{name}/{key}", "kind": "own", "split": "train", "line": number,
                "prompt": pair.prompt, "chosen": pair.chosen, "rejected": pair.rejected,
            }
        )  # fmt: skip
    if not rows:
        raise UserError(
            "no pair in this file", where=f"own.pairs.{name}: {path}", fix=f"each line is {SHAPE}"
        )
    return rows


def _fault(path: Path, number: int, what: str) -> UserError:
    return UserError(
        f"a preference pair cannot be used: {what}",
        where=f"{path}, line {number}",
        fix=f"each line is {SHAPE}",
    )


def _told(error: ValidationError) -> str:
    faults = []
    for fault in error.errors():
        key = ".".join(str(part) for part in fault["loc"]) or "the row"
        known = {"extra_forbidden": "unknown key", "missing": "missing key"}
        faults.append(f"{key}: {known.get(fault['type'], fault['msg'])}")
    return "; ".join(faults)


def held_out(pairs: Iterable[Record], entities: Iterable[Record]) -> dict[str, str]:
    """Find pairs whose prompt names an entity of validation or test: {pair id: entity id}.

    To train on them would let the study's own test items leak. Names are matched as whole words
    and with their capitals, aliases included.
    """
    names = {
        name: entity["id"]
        for entity in entities
        if entity["split"] in ("validation", "test")
        for name in (entity["name"], *entity["aliases"])
    }
    found: dict[str, str] = {}
    for pair in pairs:
        for name, entity in names.items():
            if name in pair["prompt"] and re.search(
                rf"(?<!\w){re.escape(name)}(?!\w)", pair["prompt"]
            ):
                found[pair["id"]] = entity
                break
    return found
