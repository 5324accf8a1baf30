"""What the demo runs on: a broker, its topics and a worker, all on this machine and all gone afterwards."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from streamdeid.embedded import broker, child
from streamdeid.errors import StreamdeidError
from streamdeid.settings import PREFIX, Settings
from topologies.topics import create

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_GRACE = 10.0
_PARTITIONS = "2"


class StageError(StreamdeidError):
    """The broker or the worker has given up; the message holds the end of its log."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A broker and a worker that are running."""

    settings: Settings
    worker: subprocess.Popen[bytes]
    log: Path

    def check(self) -> None:
        """See whether the worker is alive.

        Raises:
            StageError: it is not.
        """
        if self.worker.poll() is not None:
            raise self.failure(f"the worker has ended with code {self.worker.returncode}")

    def failure(self, what: str) -> StageError:
        """An error with the end of the worker's log, which holds no value of a message."""
        last = self.log.read_text(errors="replace").splitlines()[-5:]
        return StageError("\n".join([what, *last]))


@contextmanager
def stage(policy: str | None = None) -> Iterator[Stage]:
    """Everything up and running, with a secret of its own. Nothing of it outlives the block, or this process.

    Raises:
        SettingsError: the embedded broker is missing or does not come up.
    """
    with _interruptible(), tempfile.TemporaryDirectory(prefix="streamdeid-demo-") as folder, broker() as brokers:
        environ = _environ(Path(folder), brokers, policy)
        settings = Settings.from_environ(environ)
        create(settings)
        log = Path(folder, "worker.log")
        with child([sys.executable, "-m", "streamdeid.demo.worker"], env=environ, log=log, grace=_GRACE) as worker:
            yield Stage(settings, worker, log)


def _environ(folder: Path, brokers: str, policy: str | None) -> dict[str, str]:
    """The environment of the worker: no setting of the caller's own counts."""
    secret = folder / "secret.hex"
    secret.touch(mode=0o600)
    secret.write_text(secrets.token_hex(32))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    given = {
        "BROKERS": brokers,
        "SECRET_FILE": str(secret),
        "DATA_DIRECTORY": str(folder / "data"),
        "PARTITIONS": _PARTITIONS,
        "RAW_PARTITIONS": _PARTITIONS,
        "LOG_LEVEL": "warning",
        **({"POLICY": policy} if policy else {}),
    }
    return kept | {PREFIX + name: value for name, value in given.items()}


@contextmanager
def _interruptible() -> Iterator[None]:
    """The first signal that asks for an end starts the cleaning up; further ones do not disturb it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        for each in _ENDING:
            signal.signal(each, signal.SIG_IGN)
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        sys.exit(128 + number)

    before = {each: signal.signal(each, stop) for each in _ENDING}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
