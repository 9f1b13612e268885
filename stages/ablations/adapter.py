"""Where the adapter lies that a script of this folder is told to look at."""

from __future__ import annotations

from pathlib import Path

from apeft.errors import UserError


def adapter_of(variant: str) -> Path:
    """Folder of a variant's adapter; UserError when it has none."""
    folder = Path("out/train") / variant / "adapter"
    if not folder.is_dir():
        raise UserError(
            f"{variant} has no adapter",
            where=str(folder),
            fix="train it first (`dvc repro` does), or correct the argument",
        )
    return folder
