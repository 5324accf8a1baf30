"""An identity table in a file, for runs without Kafka: what one run has learned and minted, the next one knows.

One SQLite file, for its owner's eyes. Keys and values are what the vault makes them: keyed hashes, and records that are
encrypted. What a batch of messages changes is committed as a whole and synced before anything that rests on it is
written, so a crash at any moment leaves a vault to go on from. Overwritten and deleted content is overwritten with
zeros (`secure_delete`); the rollback journal of a transaction is deleted with its end. Copies and backups of the file
are their owner's affair.

A message that has been handled before keeps its position, which is remembered under a keyed hash of its bytes: handled
again, it gives the same bytes, whatever was learned since (see `Request.sequence`).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from streamdeid.errors import SettingsError, UsageError

#: The file of a vault that is given as a directory.
FILE_NAME: Final = "vault.sqlite"
#: "SDEV": tells our files from those of others.
_APPLICATION: Final = 0x53444556
_VERSION: Final = 1
#: How long another process may have the file.
_BUSY_SECONDS: Final = 120.0
_TABLES: Final = """
    CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS positions (message TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS by_position ON positions (position);
"""


class FileVault(MutableMapping[str, bytes]):
    """The table in a file or, under its own name, in a directory. With `make`, it is made if it is not there.

    Raises:
        UsageError: there is none, or it cannot be made.
        SettingsError: the file is no vault, is damaged, or cannot be read or written; here and later.
    """

    def __init__(self, path: Path, *, make: bool = False) -> None:
        self.path = path / FILE_NAME if path.is_dir() else path
        if not make and not self.path.is_file():
            raise UsageError(f"there is no vault {self.path}")
        if make:
            _make(self.path)
        with self._told():
            self._connection = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
            self._connection.executescript("PRAGMA secure_delete=ON; PRAGMA synchronous=FULL;")
            self._prepare()

    def __enter__(self) -> FileVault:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    @contextmanager
    def changing(self) -> Iterator[None]:
        """All changes within are kept, or none. Other processes wait."""
        self._run("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._run("ROLLBACK")
            raise
        self._run("COMMIT")

    def position(self, message: str) -> int:
        """The position of a message, given as a keyed hash of its bytes: the one that it had before, or the next."""
        found = self._run("SELECT position FROM positions WHERE message = ?", message).fetchone()
        if found is not None:
            return int(found[0])
        (last,) = self._run("SELECT max(position) FROM positions").fetchone()
        position = 0 if last is None else last + 1
        self._run("INSERT INTO positions VALUES (?, ?)", message, position)
        return int(position)

    @property
    def messages(self) -> int:
        """How many different messages have been handled."""
        return int(self._run("SELECT count(*) FROM positions").fetchone()[0])

    def compact(self) -> None:
        """Write the file anew, with nothing in it but what is current."""
        self._run("VACUUM")

    def __getitem__(self, key: str) -> bytes:
        found = self._run("SELECT value FROM entries WHERE key = ?", key).fetchone()
        if found is None:
            raise KeyError(key)
        return bytes(found[0])

    def __setitem__(self, key: str, value: bytes) -> None:
        self._run("INSERT OR REPLACE INTO entries VALUES (?, ?)", key, value)

    def __delitem__(self, key: str) -> None:
        if self._run("DELETE FROM entries WHERE key = ?", key).rowcount == 0:
            raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter([key for (key,) in self._run("SELECT key FROM entries ORDER BY key").fetchall()])

    def __len__(self) -> int:
        return int(self._run("SELECT count(*) FROM entries").fetchone()[0])

    def _prepare(self) -> None:
        (application,) = self._connection.execute("PRAGMA application_id").fetchone()
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        (tables,) = self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables and (application, version) != (_APPLICATION, _VERSION):
            raise SettingsError(f"{self.path} is no vault of this release")
        if not tables:
            marks = f"PRAGMA application_id={_APPLICATION}; PRAGMA user_version={_VERSION};"
            self._connection.executescript(f"BEGIN IMMEDIATE; {_TABLES} {marks} COMMIT;")

    def _run(self, statement: str, *values: Any) -> sqlite3.Cursor:
        with self._told():
            return self._connection.execute(statement, values)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as fault:
            name = getattr(fault, "sqlite_errorname", None) or type(fault).__name__
            raise SettingsError(f"the vault {self.path} cannot be used: {name}") from None


def _make(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as fault:
        raise UsageError(f"cannot write the vault {path}: {fault.strerror}") from None
