"""Bring the base model into out/model and check that it writes sense."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field

from apeft.errors import UserError
from apeft.models.source import from_folder, from_hub, from_package
from apeft.records import write_json
from apeft.sources.packages import default_folder, fetch
from stages.machine import MachineParams
from stages.stage import Made, Reads, Section, output, run


class Params(Section):
    """Which base model: a package of sources.txt, a hub id, or a folder."""

    source: str = Field(min_length=1)  # "package:NAME", "hub:OWNER/NAME" or "folder:PATH"
    name: str = Field(min_length=1)
    member: str | None
    revision: str | None
    local_sources: str | None


READS: Reads = {"machine": MachineParams, "model": Params}


def check(sections: dict[str, Any]) -> list[str]:
    """Cross-key rules of this section."""
    params: Params = sections["model"]
    kind, _, rest = params.source.partition(":")
    if kind not in ("package", "hub", "folder") or not rest:
        return [
            f"model.source: {params.source!r} is none of package:NAME, hub:OWNER/NAME, folder:PATH"
        ]
    if kind == "package" and not params.member:
        return ["model.member: a package needs the name of the model file in it"]
    if kind == "hub" and not params.revision:
        return ["model.revision: a hub model needs a pinned commit hash"]
    return []


CHECKS = [check]


def main(params: dict[str, Any]) -> Made:
    """Convert or locate the model, check it, and describe it in identity.json."""
    settings: Params = params["model"]
    if faults := check(params):
        raise UserError("; ".join(faults), where="params.yaml", fix="correct these keys")
    kind, _, rest = settings.source.partition(":")
    with output("out/model") as folder:
        if kind == "package":
            local = settings.local_sources
            sources = Path(local) if local else default_folder()
            archive = fetch(
                sources, names=(rest,), download=local is None, parameter="model.local_sources"
            )[rest]
            assert settings.member is not None
            identity = from_package(archive, settings.member, settings.name, folder)
        elif kind == "hub":
            assert settings.revision is not None
            identity = from_hub(rest, settings.revision)
        else:
            identity = from_folder(Path(rest))
        identity["name"] = settings.name
        write_json(folder / "identity.json", identity)

        from apeft.models.check import self_check
        from apeft.models.load import load_model

        loaded = load_model(folder, params["machine"].machine(), "float32")
        checked = self_check(loaded)
        identity["check"] = checked
        identity["parameters"] = loaded.model.num_parameters()
        write_json(folder / "identity.json", identity)
    return Made(
        f"model: {settings.name}, {identity['parameters'] / 1e6:.1f} M parameters, "
        f"{checked['nats_per_token']:.2f} nats a token (chance {checked['chance']:.1f})"
    )


if __name__ == "__main__":
    run("model", READS, main, "out/model")
