"""What can be reached from here: a hub repository, a package index, an endpoint of a judge.

Every look has a short time-out and gives a word on what was found; being offline is one of them.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Reach:
    """The outcome of one look.

    Attributes:
        state: "local", "reachable", "denied", "absent" or "offline".
        found: for people, one line.
    """

    state: str
    found: str

    @property
    def good(self) -> bool:
        """Whether what was looked for can be had."""
        return self.state in ("local", "reachable")


def hub(
    repository: str,
    revision: str | None,
    *,
    kind: str = "model",
    timeout: float = 5.0,
    endpoint: str | None = None,
    cache: Path | None = None,
) -> Reach:
    """Look for a pinned revision in the local cache, then ask the hub for one file's head.

    Args:
        repository: "OWNER/NAME".
        revision: commit hash, or None for the newest.
        kind: "model" (its config.json is asked for) or "dataset" (its README.md).
        timeout: seconds.
        endpoint: address of the hub; None takes huggingface_hub's own.
        cache: its cache folder; None takes huggingface_hub's own.
    """
    import huggingface_hub as hf
    from huggingface_hub import errors

    file = "config.json" if kind == "model" else "README.md"
    known = {"repo_type": kind, "revision": revision}
    try:
        held = hf.try_to_load_from_cache(repository, file, cache_dir=cache, **known)
        url = hf.hf_hub_url(repository, file, endpoint=endpoint, **known)
    except errors.HFValidationError as error:
        return Reach("absent", f"not a repository's name: {str(error)[:120]}")
    if isinstance(held, str) and (kind != "model" or list(Path(held).parent.glob("*.safetensors"))):
        return Reach("local", f"{repository} lies in the hub's cache")
    try:
        hf.get_hf_file_metadata(url, timeout=timeout, endpoint=endpoint)
    except errors.GatedRepoError:
        return Reach("denied", f"{repository} is gated, and this account has no access")
    except (errors.RepositoryNotFoundError, errors.RevisionNotFoundError) as error:
        what = "revision" if isinstance(error, errors.RevisionNotFoundError) else "repository"
        return Reach("absent", f"the hub knows no such {what}, or hides it from this account")
    except (errors.RemoteEntryNotFoundError, errors.EntryNotFoundError):
        if kind == "model":
            return Reach("absent", f"{repository} has no {file} at this revision")
    except errors.OfflineModeIsEnabled:
        return Reach("offline", "HF_HUB_OFFLINE is set, and the hub's cache does not hold it")
    except Exception as error:  # the client raises what its HTTP library raises
        return Reach("offline", f"the hub does not answer ({type(error).__name__})")
    return Reach("reachable", f"{repository} can be downloaded")


def index(name: str, version: str, *, timeout: float = 5.0) -> Reach:
    """Ask the package index, by pip and as pip is configured, whether it has a version."""
    command = [sys.executable, "-m", "pip", "index", "versions", name, "--no-input"]
    command += ["--timeout", f"{timeout:.0f}", "--retries", "0", "--disable-pip-version-check"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=6 * timeout
        )
    except subprocess.TimeoutExpired:
        return Reach("offline", "the package index does not answer in time")
    versions = {word.strip(",()") for word in done.stdout.split()}
    if version in versions:
        return Reach("reachable", f"{name}=={version} can be downloaded")
    if done.returncode == 0:
        return Reach("absent", f"the package index has {name}, and not version {version}")
    return Reach("offline", f"the package index does not answer, or has no {name}")


def served(base: str, *, key: str | None = None, timeout: float = 5.0) -> tuple[Reach, list[str]]:
    """Ask an OpenAI-compatible endpoint for its models; gives the names that it serves.

    The key goes into the request's header and nowhere else.
    """
    import requests

    try:
        parts = urlsplit(base)
        place = f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)
    except ValueError:  # brackets or a port that are none
        return Reach("absent", "not an http address"), []
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return Reach("absent", "not an http address"), []
    try:
        reply = requests.get(
            f"{base.rstrip('/')}/models",
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=timeout,
            allow_redirects=False,  # a key goes to the address that was given, and no further
        )
    except (requests.RequestException, ValueError) as error:
        return Reach("offline", f"{place} does not answer ({type(error).__name__})"), []
    if reply.status_code in (401, 403):
        return Reach("denied", f"{place} refuses the key ({reply.status_code})"), []
    if reply.status_code != 200:
        return Reach("absent", f"{place} answers {reply.status_code} to /models"), []
    try:
        names = [str(row["id"]) for row in reply.json()["data"]]
    except (ValueError, KeyError, TypeError):
        return Reach("absent", f"{place} answers, and not as an OpenAI-compatible server"), []
    return Reach("reachable", f"{place} serves {', '.join(names[:5]) or 'no model'}"), names
