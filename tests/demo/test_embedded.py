import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from streamdeid import embedded
from streamdeid.embedded import broker, broker_binary, child
from streamdeid.errors import SettingsError


def answers(address: str) -> bool:
    host, _, port = address.partition(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
    except OSError:
        return False
    return True


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def gone(pid: int, within: float = 5.0) -> bool:
    until = time.monotonic() + within
    while is_running(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not is_running(pid)


def test_the_broker_answers_in_the_block_and_not_after_it() -> None:
    with broker() as address:
        assert answers(address)
    assert not answers(address)


def test_a_port_in_use_is_a_settings_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SettingsError, match="does not come up"), broker(taken.getsockname()[1]):
            pass


def test_a_missing_broker_says_what_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "find_spec", lambda name: None)
    with pytest.raises(SettingsError, match=r"streamdeid\[embedded\]"):
        broker_binary()


def test_a_child_that_ignores_sigterm_is_killed_with_what_it_started(tmp_path: Path) -> None:
    script = (
        "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid, flush=True); time.sleep(60)"
    )
    log = tmp_path / "log"
    with child([sys.executable, "-c", script], log=log, grace=0.2) as process:
        while not log.read_text():
            time.sleep(0.02)
    assert process.returncode == -signal.SIGKILL
    assert gone(int(log.read_text()))


def test_a_child_that_has_ended_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    signalled: list[int] = []
    with child(["true"]) as process:
        process.wait()
        monkeypatch.setattr(os, "killpg", lambda group, number: signalled.append(group))
    assert not signalled


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel of no other system does this")
def test_the_broker_dies_with_a_starter_that_is_killed() -> None:
    script = (
        "import time; from streamdeid import embedded\n"
        "with embedded.child(['sleep', '60']) as process:\n    print(process.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        pid = int(starter.stdout.readline())
        assert is_running(pid)
        starter.kill()
    assert gone(pid)
