"""The one error that a user of the harness is meant to read."""

from __future__ import annotations


class UserError(Exception):
    """Bad input, told in one message: what is wrong, where, and what to do about it.

    Stage scripts print it without a traceback and exit with status 2. Library code raises it for
    everything that a user can mend (parameters, files, packages, model folders); programming
    errors stay ordinary exceptions.
    """

    def __init__(self, what: str, *, where: str, fix: str) -> None:
        self.what = what
        self.where = where
        self.fix = fix
        super().__init__(f"{what}\n  where: {where}\n  to do: {fix}")
