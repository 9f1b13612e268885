"""Reading and writing the study's records: canonical JSON, whole files or nothing.

Every table is JSON Lines with sorted keys, so equal content is equal bytes: a second run gives
byte-identical outputs.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from apeft.errors import UserError

Record = dict[str, Any]


def dumps(value: Any) -> str:
    """Serialise to one canonical line; floats keep 9 significant digits, NaN becomes null."""
    return json.dumps(_plain(value), sort_keys=True, ensure_ascii=False, allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.9g}") if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "item"):  # NumPy and torch scalars
        return _plain(value.item())
    return value


def digest(value: Any) -> str:
    """Hash of a value's canonical form (hex, 128 bits): the key of partial work and provenance."""
    return hashlib.blake2b(dumps(value).encode(), digest_size=16).hexdigest()


def write_jsonl(path: Path, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write rows to ``path`` atomically and return how many there were."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    count = 0
    with partial.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(dumps(row) + "\n")
            count += 1
    os.replace(partial, path)
    return count


def read_jsonl(path: Path) -> list[Record]:
    """Read every row of ``path``; a missing, cut or malformed file is a UserError with its line."""
    if not path.is_file():
        raise UserError(
            "a file that this stage reads is missing",
            where=str(path),
            fix="run `dvc repro` so that the stage which writes it runs first",
        )
    rows: list[Record] = []
    with path.open("rb") as file:  # a file can be cut inside a character
        for number, line in enumerate(file, 1):
            try:
                row = json.loads(line.decode("utf-8"))
            except (json.JSONDecodeError, UnicodeDecodeError) as error:
                raise UserError(
                    f"not a JSON record ({_reason(error)}): the file is cut short or damaged",
                    where=f"{path}, line {number}",
                    fix="delete the file (and its cached copy, if it came from one) and run again",
                ) from None
            if not isinstance(row, dict):
                raise UserError(
                    f"expected an object, found {type(row).__name__}",
                    where=f"{path}, line {number}",
                    fix="each line must be one JSON object",
                )
            rows.append(row)
    return rows


def _reason(error: json.JSONDecodeError | UnicodeDecodeError) -> str:
    return error.msg if isinstance(error, json.JSONDecodeError) else f"no text: {error.reason}"


def write_json(path: Path, value: Any) -> None:
    """Write one JSON document atomically: sorted keys, indented, with a final newline."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    text = json.dumps(_plain(value), sort_keys=True, ensure_ascii=False, indent=1)
    partial.write_text(text + "\n", encoding="utf-8")
    os.replace(partial, path)


def read_json(path: Path) -> Any:
    """Read one JSON document, with the same errors as :func:`read_jsonl`."""
    if not path.is_file():
        raise UserError(
            "a file that this stage reads is missing",
            where=str(path),
            fix="run `dvc repro` so that the stage which writes it runs first",
        )
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise UserError(
            f"not a JSON document ({_reason(error)})",
            where=f"{path}, line {getattr(error, 'lineno', '?')}",
            fix="delete the file and run the stage that writes it again",
        ) from None


def file_digest(path: Path) -> str:
    """Hash of a file's bytes (hex, 128 bits), to key work that was computed from it."""
    if not path.is_file():
        raise UserError(
            "a file that this stage reads is missing",
            where=str(path),
            fix="run `dvc repro` so that the stage which writes it runs first",
        )
    return hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
