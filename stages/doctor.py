"""Whether this machine can run the parameters or a profile, before hours are spent on it.

Usage: python -m stages.doctor [PROFILE] [--json] [--config FILE] [--timeout S] [--spare GIB]

Prints one line a check (ok, warning, missing), what was found and what to do, and ends with
status 1 when something is missing. Nothing is installed, downloaded (but a hub model's
config.json) or written.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from stages.doctor_checks import (
    ROOT,
    Finding,
    devices,
    endpoints,
    engines,
    files,
    hub,
    packaged,
    packages,
    python,
)


def main() -> None:
    """Run every check and print the table."""
    parser = argparse.ArgumentParser(prog="python -m stages.doctor", description=__doc__)
    parser.add_argument("profile", nargs="?", help="a file of profiles/; none: params.yaml")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--config", type=Path, help="config.json of a model that is not here")
    parser.add_argument("--timeout", type=float, default=5.0, help="seconds for each look")
    parser.add_argument("--spare", type=float, default=2.0, help="GiB of disk to keep free")
    given = parser.parse_args()
    found = diagnose(
        given.profile,
        config=given.config,
        timeout=given.timeout,
        spare=given.spare,
    )
    missing = sum(finding.status == "missing" for finding in found)
    if given.json:
        rows = [asdict(finding) for finding in found]
        print(json.dumps({"profile": given.profile, "missing": missing, "checks": rows}, indent=1))
    else:
        print(table(found))
        what = f"profile {given.profile}" if given.profile else "params.yaml"
        print(f"\ndoctor: {printable(what)}: {missing or 'nothing'} missing")
    sys.exit(1 if missing else 0)


def diagnose(
    profile: str | None, *, config: Path | None, timeout: float, spare: float, root: Path = ROOT
) -> list[Finding]:
    """Every finding; a check that cannot be made is a finding itself, and ends no other one."""
    found = [*python(), *packages()]
    params, findings = parameters(profile, root)
    found += findings
    if params is None:
        return found
    workspace = root / "runs" / profile if profile else root
    for check in (
        lambda: engines(params),
        lambda: devices(params),
        lambda: files(params, workspace),
        lambda: packaged(params, workspace, timeout),
        lambda: hub(params, timeout),
        lambda: endpoints(params, timeout),
        lambda: _needed(params, workspace, config, spare),
    ):
        found += _guarded(check)
    return found


def parameters(profile: str | None, root: Path) -> tuple[Any, list[Finding]]:
    """The validated parameters, merged as a workspace would have them; None when refused."""
    from apeft.errors import UserError

    try:
        from stages.check import check, discover, load
        from stages.classes import resolved_classes
        from stages.workspace import NAME, merge, profiles

        params, file = load(root / "params.yaml"), None
        if profile is not None:
            names = profiles(root)
            if not NAME.fullmatch(profile) or profile not in names:
                raise UserError(
                    f"no such profile: {profile}", where="PROFILE", fix=f"one of {', '.join(names)}"
                )
            file = root / "profiles" / f"{profile}.yaml"
            params = merge(params, load(file), where=str(file))
        check(params, discover(), where=str(file or root / "params.yaml"))
        resolved_classes(root / "params.yaml", file or root / "params.yaml")
    except UserError as error:
        return None, [Finding("parameters", "missing", error.what, error.fix)]
    except ImportError as error:
        text = f"not read: {error.name or error} is not installed"
        return None, [Finding("parameters", "missing", text, "make setup")]
    return params, [Finding("parameters", "ok", f"{len(params)} sections are sound")]


def _needed(params: Any, workspace: Path, config: Path | None, spare: float) -> Iterator[Finding]:
    from apeft.errors import UserError
    from stages import doctor_needs
    from stages.doctor_shares import shares

    try:
        sizes = doctor_needs.shapes(params, workspace, config)
    except UserError as error:
        yield Finding("memory", "warning", f"not reckoned: {error.what}", error.fix)
        yield from doctor_needs.disk(params, None, workspace, spare)
        return
    yield from doctor_needs.memory(params, sizes)
    yield from shares(params, sizes, workspace)
    yield from doctor_needs.disk(params, sizes, workspace, spare)


def _guarded(check: Callable[[], Iterable[Finding]]) -> list[Finding]:
    """Findings of a check; where a package that it needs is broken or absent, that is one."""
    try:
        return list(check())
    except (ImportError, OSError) as error:
        text = f"not checked ({type(error).__name__}: {error})"
        return [Finding("a check", "missing", text, "make setup, then look again")]


def table(found: Iterable[Finding]) -> str:
    """Write the findings for people: status, check, what was found; below it what to do."""
    rows = list(found)
    wide = max(len(row.check) for row in rows)
    lines = []
    for row in rows:
        lines.append(f"{row.status:<8} {row.check:<{wide}}  {printable(row.found)}")
        lines += [f"{'':<8} {'':<{wide}}    {visible(line)}" for line in row.details]
        if row.todo:
            lines.append(f"{'':<8} {'':<{wide}}  to do: {printable(row.todo)}")
    return "\n".join(lines)


def printable(text: str) -> str:
    """Text of parameters and servers on one line, without what a terminal would obey."""
    return visible(" ".join(text.split()))


def visible(text: str) -> str:
    """Text without line ends, control characters and escapes."""
    return "".join(c if c.isprintable() else " " for c in text)


if __name__ == "__main__":
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    main()
