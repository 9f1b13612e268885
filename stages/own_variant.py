"""A model that was tuned elsewhere, checked. Usage: python -m stages.own_variant NAME."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from apeft.records import write_json
from stages.own import Own
from stages.stage import Made, Reads, output, run, wrong_arguments

READS: Reads = {"own": Own}


def main(params: dict[str, Any]) -> Made:
    """Write out/variants/NAME: settings.json, and adapter/ or a checkpoint's identity.json."""
    from apeft.training.brought import bring_adapter, bring_checkpoint

    name = sys.argv[1]
    variant = params["own"].variants[name]
    source, model = Path(variant.folder), Path("out/model")
    where = f"own.variants.{name}.folder"
    with output(f"out/variants/{name}") as folder:
        if variant.kind == "adapter":
            known = bring_adapter(source, model, folder / "adapter", where=where)
        else:
            known, identity = bring_checkpoint(source, model, where=where)
            write_json(folder / "identity.json", identity)
        write_json(folder / "settings.json", known)
    return Made(
        f"own_variant {name}: this {variant.kind} belongs to the base model; not trained here"
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        wrong_arguments("python -m stages.own_variant NAME")
    run(f"own_variant@{sys.argv[1]}", READS, main, f"out/variants/{sys.argv[1]}")
