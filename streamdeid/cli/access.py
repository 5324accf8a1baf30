"""The record of who looked behind a surrogate, or erased somebody, and why: JSON Lines, added to and never rewritten.

Two lines for each run, synced to the disk: one before anything is looked up, one before anything is told. They hold
the command, the time (UTC), the login name, the reason in the words of who gave it, counts and patient keys; never a
value, true or false.
"""

from __future__ import annotations

import getpass
import json
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from streamdeid import __version__
from streamdeid.errors import UsageError

Reason = Annotated[
    str, typer.Option(metavar="TEXT", help="Why; goes to the audit file. Name a ticket or a ruling, no patient.")
]
Audit = Annotated[Path, typer.Option(metavar="FILE.jsonl", help="File that a record of this run is added to.")]

_REASON_LIMIT = 1000


class AccessLog:
    """The lines of one run of `command`.

    Raises:
        UsageError: there is no reason, or the file cannot be written; here and later.
    """

    def __init__(self, file: Path, command: str, reason: str) -> None:
        if not reason.strip() or len(reason) > _REASON_LIMIT:
            raise UsageError(f"--reason needs a text of at most {_REASON_LIMIT} characters")
        self._file = file
        self._run = {"command": command, "run": secrets.token_hex(8), "version": __version__}
        self._add({"stage": "begun", "by": _login(), "reason": reason.strip()})

    def ended(self, **told: object) -> None:
        """The run has come to this."""
        self._add({"stage": "ended", **told})

    def _add(self, told: dict[str, object]) -> None:
        line = {"at": datetime.now(UTC).isoformat(timespec="seconds"), **self._run, **told}
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(json.dumps(line, sort_keys=True).encode() + b"\n")
                file.flush()
                os.fsync(descriptor)
        except OSError as fault:
            raise UsageError(f"cannot write the audit file {self._file}: {fault.strerror}") from None


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # nobody has this number
        return str(os.getuid())
