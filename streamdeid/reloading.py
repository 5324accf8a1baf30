"""A policy that may change while it is in use: when its files did, and what becomes of that.

Whoever uses a policy asks now and then whether its files are others (`PolicySource.has_changed`), and then has the new
one made beside the old one (`PolicySource.attempt`). What cannot be used is refused with a code and with places in
files, never with what stands there: lists of a policy may hold names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from streamdeid.build import load_policy
from streamdeid.engine import Deidentifier
from streamdeid.errors import PolicyError, StreamdeidError
from streamdeid.policy.policy import Policy
from streamdeid.policy_files.mentioned import mentioned_files

_PLACE: Final = re.compile(r"(?P<place>.+, line \d+)(?:: (?P<path>[A-Za-z_][\w.()\[\]/-]*))?(?::|$)")


class Stamp(NamedTuple):
    """What tells that a file is another one, without reading it; times are nanoseconds, `size` is bytes."""

    modified: int
    changed: int
    size: int
    inode: int


class Ready(NamedTuple):
    """A policy, and the engine that applies it."""

    policy: Policy
    engine: Deidentifier


class Refused(NamedTuple):
    """Why the policy that the files now hold is not used: a code of `audit.RELOAD_CODES`, and where. `digest` is that
    of the policy, where it could be told."""

    code: str
    places: tuple[str, ...]
    digest: str = ""


class Unchanged(NamedTuple):
    """The files hold the same policy as before."""


class Unsettled(NamedTuple):
    """The files were being written: to be tried again."""


Result = Ready | Refused | Unchanged | Unsettled
Stamps = Mapping[Path, Stamp | None]


class PolicySource:
    """A policy by its name or file, as `build.load_policy` takes it. `build` makes an engine of it; `check` raises a
    UsageError or SettingsError for one that may not be used here. Used by one thread at a time."""

    def __init__(
        self,
        name: str | None,
        build: Callable[[Policy], Deidentifier],
        check: Callable[[Policy], None] = lambda policy: None,
    ) -> None:
        self._name = name
        self._build = build
        self._check = check
        self._files = frozenset[Path]()
        #: As the files were when they were last read, and when they were last looked at.
        self._read: Stamps = {}
        self._seen: Stamps = {}

    def open(self) -> Ready:
        """The policy that the files hold, ready to be used.

        Raises:
            UsageError: it is not there, not valid, or may not be used.
        """
        self._note()
        policy = load_policy(self._name)
        self._check(policy)
        return Ready(policy, self._build(policy))

    def has_changed(self) -> bool:
        """Whether the files are others than those last read, and the same as at the last look: nobody is writing."""
        now = self._stamps()
        is_settled, self._seen = now == self._seen, now
        return is_settled and now != self._read

    def attempt(self, digest: str) -> Result:
        """What becomes of the policy that the files hold now; `digest` is that of the one in use."""
        self._note()
        result = self._result(digest)
        # A list that was being written may look whole: nothing is used that has changed since.
        if not isinstance(result, Unchanged) and self._stamps() != self._read:
            self._read = {}
            return Unsettled()
        return result

    def _result(self, digest: str) -> Result:
        told = ""
        try:
            policy = load_policy(self._name)
            told = policy.digest
            if told == digest:
                return Unchanged()
            self._check(policy)
            return Ready(policy, self._build(policy))
        except PolicyError as fault:
            return Refused("reload.invalid", places(fault), told)
        except StreamdeidError as fault:
            return Refused("reload.unsuitable", (str(fault),), told)
        except Exception as fault:  # whatever went wrong, the policy in use stays in use
            return Refused("reload.failure", (type(fault).__name__,), told)

    def _note(self) -> None:
        self._files = mentioned_files(self._name) if self._name else frozenset()
        self._read = self._seen = self._stamps()

    def _stamps(self) -> Stamps:
        return {file: _stamp(file) for file in self._files}


def places(fault: PolicyError) -> tuple[str, ...]:
    """Where a policy is wrong, a line for each fault, without what stands there: that may be a name in a list."""
    return tuple(dict.fromkeys(map(_place, str(fault).splitlines())))


def _place(line: str) -> str:
    found = _PLACE.match(line)
    if found is None:
        return line.partition(": ")[0]
    return found["place"] + (f": {found['path']}" if found["path"] else "")


def _stamp(file: Path) -> Stamp | None:
    try:
        status = file.stat()
    except (OSError, ValueError):
        return None
    return Stamp(status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)
