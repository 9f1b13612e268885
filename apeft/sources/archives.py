"""Read members of wheels and source archives: as files, never imported and never installed."""

from __future__ import annotations

import fnmatch
import tarfile
import zipfile
from pathlib import Path

from apeft.errors import UserError


def member_names(archive: Path, pattern: str) -> list[str]:
    """Sorted names of the archive's files that match a glob; UserError when there is none.

    In a source archive the leading ``name-version/`` folder is not part of a member's name.
    """
    with _opened(archive) as file:
        if isinstance(file, zipfile.ZipFile):
            names = [name for name in file.namelist() if not name.endswith("/")]
        else:
            names = [_inner(member.name) for member in file.getmembers() if member.isfile()]
    found = sorted(name for name in names if fnmatch.fnmatchcase(name, pattern))
    if not found:
        raise _absent(archive, pattern)
    return found


def open_member(archive: Path, member: str) -> bytes:
    """Return one member's bytes; a damaged archive or a missing member is a UserError."""
    with _opened(archive) as file:
        if isinstance(file, zipfile.ZipFile):
            if member not in file.namelist():
                raise _absent(archive, member)
            return file.read(member)
        for entry in file.getmembers():
            if entry.isfile() and member in (entry.name, _inner(entry.name)):
                stream = file.extractfile(entry)
                if stream is not None:
                    return stream.read()
    raise _absent(archive, member)


def _opened(archive: Path) -> zipfile.ZipFile | tarfile.TarFile:
    try:
        if archive.name.endswith((".whl", ".zip")):
            return zipfile.ZipFile(archive)
        return tarfile.open(archive)
    except (OSError, zipfile.BadZipFile, tarfile.TarError) as error:
        raise UserError(
            f"cannot read the package file ({error})",
            where=str(archive),
            fix="delete it so that it is fetched again, or name a folder that holds a good copy "
            "in `knowledge.local_sources`",
        ) from None


def _inner(name: str) -> str:
    return name.partition("/")[2]


def _absent(archive: Path, member: str) -> UserError:
    return UserError(
        f"no file {member!r} in the package",
        where=str(archive),
        fix="use the pinned version, or name a folder that holds it in `knowledge.local_sources`",
    )
