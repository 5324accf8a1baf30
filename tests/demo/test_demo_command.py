"""The whole demo, in a process of its own, as somebody in front of a terminal or a pipe sees it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from typer.testing import CliRunner

from streamdeid.cli.app import app
from streamdeid.demo.figures import figures
from streamdeid.demo.generate import messages, patients
from streamdeid.demo.traffic import Fate

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
    counted = dict(re.findall(r"^ +(sent|released|quarantined|lost|doubled) +(\d+) *$", out, re.MULTILINE))
    assert counted == {"sent": "60", "released": "57", "quarantined": "3", "lost": "0", "doubled": "0"}
    assert "One patient, one false identity" in out
    assert "er7.unknown_segment" in out
    assert "no transactions" in " ".join(out.split())
    assert "made for this run" in " ".join(out.split())


def test_a_pipe_gets_plain_text_of_80_columns(shown: tuple[str, str, int]) -> None:
    out = shown[0]
    assert "\x1b" not in out
    assert max(map(len, out.splitlines())) <= 80


def test_as_json_there_are_figures_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    message = next(messages(patients(7, 1), 7))
    fates = [Fate(message, 0.0, b"clean", seconds=0.01, copies=1, audited=True)]
    counted = figures(fates, fates, 7.0)
    monkeypatch.setattr("streamdeid.demo.stage.stage", nullcontext)
    monkeypatch.setattr("streamdeid.demo.perform.perform", lambda stage, count, tell: (fates, counted))
    result = CliRunner().invoke(app, ["demo", "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == counted.as_json()


def test_a_demo_that_lost_a_message_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    message = next(messages(patients(7, 1), 7))
    fates = [Fate(message, 0.0)]
    monkeypatch.setattr("streamdeid.demo.stage.stage", nullcontext)
    monkeypatch.setattr("streamdeid.demo.perform.perform", lambda *_: (fates, figures(fates, [], 1.0)))
    assert CliRunner().invoke(app, ["demo"]).exit_code == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_demo_that_is_ended_while_it_starts_leaves_no_process(mark: str, number: signal.Signals) -> None:
    running = start(mark)
    until = time.monotonic() + 60
    while len(marked(mark)) < 3 and time.monotonic() < until:  # itself, the broker, the worker
        time.sleep(0.02)
    assert len(marked(mark)) >= 3
    _interrupt(running, mark, number)


def test_a_demo_that_is_interrupted_at_work_leaves_no_process_and_no_file(mark: str) -> None:
    running = start(mark, "--json")
    assert running.stderr is not None
    while "one by one" not in running.stderr.readline():
        assert running.poll() is None
    _interrupt(running, mark, signal.SIGINT)
    assert list(Path(mark).iterdir()) == []


def _interrupt(running: subprocess.Popen[str], mark: str, number: signal.Signals) -> None:
    running.send_signal(number)
    out, err = running.communicate(timeout=30)
    assert running.returncode != 0
    assert "Traceback" not in out + err
    assert nothing_left(mark)
