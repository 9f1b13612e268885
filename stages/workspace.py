"""Make or update a profile's workspace: ``python -m stages.workspace PROFILE``.

``runs/PROFILE/`` is a DVC project of its own that shares the checkout's code (symlinks) and its
DVC cache, run-cache included: what one workspace has computed, another restores. Nothing outside
``runs/PROFILE/`` is written. ``python -m stages.workspace --prune`` removes, in the present
folder, the outputs of variants that the grid no longer names; DVC's cache keeps them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from apeft.errors import UserError
from stages.check import load
from stages.classes import documented, resolved_classes
from stages.lockfile import PIPELINE, root, stage_names

LINKS = ("apeft", "stages", "analysis", "labels", "profiles", "requirements", "sources.txt")
GRID = {
    "out/train": ("train@", "train_supervised@"),
    "out/respond": ("respond@", "respond_own@", "respond_supervised@"),
    "out/mix": ("mix@", "mix_own@", "arm@"),
    "out/own": ("own_pairs@", "reference_own@"),
    "out/reference_own": ("reference_own@",),
    "out/variants": ("own_variant@",),
    "out/abilities": ("abilities@",),
    "out/lm_eval": ("lm_eval@", "lm_eval_base@"),
    "out/where": ("where@",),
    "out/reference_shift": ("reference_shift@",),
}
UNTRAINED = "base"
RESERVED = {"default"}  # the checkout's own name in MLflow
ABLATIONS = "ablations"  # what the workspaces of `make ablations` begin with
NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


def merge(base: Mapping[str, Any], override: Mapping[str, Any], *, where: str) -> dict[str, Any]:
    """Merge a profile into the parameters: sections deeply, lists and values by replacement.

    A profile only overrides. Raises one UserError that names, with its full path, every key that
    ``base`` does not have and every section that the profile gives as a plain value.
    """
    faults: list[str] = []
    merged = _merge(base, override, "", faults)
    if faults:
        raise UserError(
            "profile refused:\n    " + "\n    ".join(faults),
            where=where,
            fix="a profile may only override keys that params.yaml has",
        )
    return merged


def _merge(
    base: Mapping[str, Any], override: Mapping[str, Any], path: str, faults: list[str]
) -> dict[str, Any]:
    merged = dict(base)
    for key, value in override.items():
        full = f"{path}{key}"
        if key not in base:
            known = ", ".join(str(name) for name in base)
            faults.append(f"{full}: unknown key; known here: {known}")
        elif isinstance(base[key], Mapping):
            if isinstance(value, Mapping) and not base[key]:
                merged[key] = dict(value)  # a table whose names are the profile's own
            elif isinstance(value, Mapping):
                merged[key] = _merge(base[key], value, f"{full}.", faults)
            else:
                faults.append(f"{full}: is a section with keys of its own (given: {value!r})")
        else:
            merged[key] = value
    return merged


def profiles(checkout: Path) -> list[str]:
    """Names of the profiles that a checkout has."""
    return sorted(file.stem for file in (checkout / "profiles").glob("*.yaml"))


def make_workspace(profile: str, checkout: Path) -> Path:
    """Create or update ``runs/<profile>`` and return it.

    Raises UserError for a name or profile that cannot be used; then nothing has been written.
    """
    base, file = checkout / "params.yaml", profile_file(profile, checkout)
    params = merge(load(base), load(file), where=str(file))
    labels = resolved_classes(base, file)
    pipeline = (checkout / PIPELINE).read_text(encoding="utf-8")
    text = (
        f"# Generated from params.yaml and profiles/{profile}.yaml by `make repro "
        f"PROFILE={profile}`,\n# and again each time: edit those two, not this file.\n"
        + documented(params, labels)
    )
    return lay_out(checkout / "runs" / profile, checkout, text, pipeline)


def profile_file(profile: str, checkout: Path) -> Path:
    """Path of a profile; UserError for a name that is none or that no file has."""
    if not NAME.fullmatch(profile) or profile in RESERVED or profile.startswith(ABLATIONS):
        raise UserError(
            f"not a profile name: {profile!r}",
            where="PROFILE",
            fix="use small letters, digits and hyphens (`default` is the checkout itself, "
            "`ablations` the workspace of `make ablations`)",
        )
    file = checkout / "profiles" / f"{profile}.yaml"
    if not file.is_file():
        raise UserError(
            f"no such profile: {profile}",
            where=str(file),
            fix=f"choose one of: {', '.join(profiles(checkout)) or '(none)'}, or write this file",
        )
    return file


def lay_out(
    folder: Path, checkout: Path, params: str, pipeline: str, links: Sequence[str] = LINKS
) -> Path:
    """Make ``folder`` a DVC project on the checkout's code, with these two files; return it."""
    (folder / ".dvc").mkdir(parents=True, exist_ok=True)
    for name in links:
        _link(folder / name, Path(os.path.relpath(checkout / name, folder)))
    _write(folder / ".dvc" / "config", _config(folder, checkout))
    _write(folder / PIPELINE, pipeline)
    _write(folder / "params.yaml", params)
    return folder


def _link(path: Path, target: Path) -> None:
    if path.is_symlink() and Path(os.readlink(path)) == target:
        return
    if path.exists() and not path.is_symlink():
        raise UserError(
            "a workspace must not have its own copy of the code",
            where=str(path),
            fix="move it away, so that a link to the checkout's can stand there",
        )
    path.unlink(missing_ok=True)
    path.symlink_to(target)


def _config(folder: Path, checkout: Path) -> str:
    """DVC settings of a workspace; a relative cache folder is relative to the config's own."""
    cache = checkout / ".dvc" / "cache"
    own = [checkout / ".dvc" / name for name in ("config", "config.local")]
    if any("[cache]" in file.read_text(encoding="utf-8") for file in own if file.is_file()):
        done = subprocess.run(
            [sys.executable, "-m", "dvc", "cache", "dir"],
            cwd=checkout,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            cache = Path(done.stdout.strip())
    inside = cache.is_relative_to(checkout)
    shown = os.path.relpath(cache, folder / ".dvc") if inside else str(cache)
    return (
        "[core]\n    no_scm = true\n    analytics = false\n    autostage = false\n"
        f"[cache]\n    dir = {shown}\n"
    )


def _write(path: Path, text: str) -> None:
    """Write atomically, and not at all when the text is there already."""
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, path)


def prune(workspace: Path) -> list[str]:
    """Remove the variants' outputs that the grid no longer names and return their paths."""
    if not (workspace / PIPELINE).is_file():
        raise UserError(
            "this is not a workspace", where=str(workspace / PIPELINE), fix="run from a workspace"
        )
    present = [path for folder in GRID for path in sorted((workspace / folder).glob("*"))]
    if not present:
        return []
    names = stage_names(workspace)
    removed: list[str] = []
    for folder, prefixes in GRID.items():
        named = {name.partition("@")[2] for name in names if name.startswith(prefixes)}
        for path in present:
            if path.parent != workspace / folder or path.name in named | {UNTRAINED}:
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
            removed.append(path.relative_to(workspace).as_posix())
    return removed


def main() -> None:
    """Make a profile's workspace, or prune the present one."""
    try:
        if len(sys.argv) != 2:
            raise UserError(
                "one argument is needed",
                where="python -m stages.workspace",
                fix="give a profile's name, or --prune",
            )
        if sys.argv[1] == "--prune":
            for path in prune(Path.cwd()):
                print(f"pruned {path} (its cell is no longer in the grid; the cache keeps it)")
        else:
            folder = make_workspace(sys.argv[1], root())
            prune(folder)
            print(f"workspace: {folder}")
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
