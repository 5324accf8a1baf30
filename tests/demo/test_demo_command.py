"""The whole demo, in a process of its own, as somebody in front of a terminal or a pipe sees it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

DEMO = [sys.executable, "-m", "streamdeid.cli", "demo", "--messages", "60"]


def marked(mark: str) -> set[int]:
    """The processes that have inherited the environment variable by which a run is told apart."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"MARK_OF_THIS_TEST={mark}\0".encode() in (folder / "environ").read_bytes():
                found.add(int(folder.name))
        except OSError:
            continue
    return found


@pytest.fixture
def mark(tmp_path: Path) -> Iterator[str]:
    mark = str(tmp_path)
    yield mark
    for pid in marked(mark):
        os.kill(pid, signal.SIGKILL)


def start(mark: str, *options: str) -> subprocess.Popen[str]:
    env = {**os.environ, "MARK_OF_THIS_TEST": mark, "TMPDIR": mark}
    return subprocess.Popen(
        [*DEMO, *options], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def nothing_left(mark: str, within: float = 5.0) -> bool:
    until = time.monotonic() + within
    while marked(mark) and time.monotonic() < until:
        time.sleep(0.05)
    return not marked(mark)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, int]:
    folder = str(tmp_path_factory.mktemp("shown"))
    running = start(folder)
    out, err = running.communicate(timeout=240)
    assert nothing_left(folder)
    assert list(Path(folder).iterdir()) == []
    return out, err, running.returncode


def test_every_message_comes_out_once_and_nothing_is_left(shown: tuple[str, str, int]) -> None:
    out, err, code = shown
    assert (err, code) == ("", 0)
    assert "One patient, one false identity" in out
    assert "er7.unknown_segment" in out
    assert "no transactions" in " ".join(out.split())
    assert "made for this run" in " ".join(out.split())


def test_a_pipe_gets_plain_text_of_80_columns(shown: tuple[str, str, int]) -> None:
    out = shown[0]
    assert "\x1b" not in out
    assert max(map(len, out.splitlines())) <= 80


def test_as_json_there_are_figures_and_nothing_else(mark: str) -> None:
    out, _, code = _run(mark, "--json")
    figures: dict[str, Any] = json.loads(out)
    assert code == 0
    assert figures["sent"] == 60
    assert figures["released"] == 57
    assert figures["quarantined"] == {"er7.header": 1, "er7.unknown_segment": 1, "identity.missing": 1}
    assert (figures["lost"], figures["doubled"], figures["unexpected"]) == (0, 0, 0)
    assert 0 < figures["latency_ms"]["p50"] <= figures["latency_ms"]["p99"]
    assert figures["messages_per_second"] > 1
    assert nothing_left(mark)


def _run(mark: str, *options: str) -> tuple[str, str, int]:
    running = start(mark, *options)
    out, err = running.communicate(timeout=240)
    return out, err, running.returncode


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_demo_leaves_no_process(mark: str, number: signal.Signals) -> None:
    running = start(mark)
    until = time.monotonic() + 60
    while len(marked(mark)) < 3 and time.monotonic() < until:  # itself, the broker, the worker
        time.sleep(0.02)
    assert len(marked(mark)) >= 3
    running.send_signal(number)
    _, err = running.communicate(timeout=30)
    assert running.returncode != 0
    assert "Traceback" not in err
    assert nothing_left(mark)
    if number != signal.SIGKILL:
        assert list(Path(mark).iterdir()) == []
