"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO

from streamdeid.errors import UsageError


class AtomicFile:
    """A file written beside its place under a name of its own, for its owner's eyes (mode 0600), and put in place
    with `commit`; a `private` one stays for its owner alone. Leaving the block without that, or without having written
    anything, leaves nothing.

    Raises:
        UsageError: the directory or the file cannot be made, written or put in place.
    """

    def __init__(self, target: Path, *, private: bool = False) -> None:
        self._target = target
        self._mode = 0o600 if private else 0o666
        self._file: IO[bytes] | None = None

    @property
    def begun(self) -> bool:
        """Whether anything was written."""
        return self._file is not None

    def write(self, content: bytes) -> None:
        """Add `content`; the first call makes the file."""
        try:
            if self._file is None:
                self._file = self._begin()
            self._file.write(content)
        except OSError as fault:
            raise _unwritable(self._target, fault) from fault

    def commit(self) -> None:
        """Put the file in place, with the permissions that a new file has, or those of a private one."""
        if self._file is None:
            return
        try:
            self._file.close()
            temporary = Path(self._file.name)
            temporary.chmod(self._mode & ~_umask())
            temporary.replace(self._target)
        except OSError as fault:
            raise _unwritable(self._target, fault) from fault
        self._file = None

    def _begin(self) -> IO[bytes]:
        self._target.parent.mkdir(parents=True, exist_ok=True)
        # An underscore and a dot in front: no message file is called like this, and directory listings hide it.
        return tempfile.NamedTemporaryFile(dir=self._target.parent, prefix="._", suffix=".part", delete=False)

    def __enter__(self) -> AtomicFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            with suppress(OSError):  # a full disk has been complained of already
                self._file.close()
            Path(self._file.name).unlink(missing_ok=True)


def writable_directory(directory: Path) -> Path:
    """The directory, made if need be, once a file could be written in it.

    Raises:
        UsageError: it cannot be made, or no file can be written in it.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            return directory
    except OSError as fault:
        raise _unwritable(directory, fault) from fault


def _unwritable(path: Path, fault: OSError) -> UsageError:
    return UsageError(f"cannot write {path}: {fault.strerror}")


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
