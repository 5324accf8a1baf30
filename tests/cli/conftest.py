import re
from collections.abc import Callable, MutableMapping, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner, Result

from streamdeid.cli.app import app
from streamdeid.engine import Request
from streamdeid.types import Outcome, Quarantined, Released, Replacement, Span

Command = Callable[..., Result]


class FakeEngine:
    """Writes ROE for DOE, quarantines what says BAD, and finds every DOE in a text. Remembers what it was asked."""

    def __init__(self) -> None:
        self.policy = SimpleNamespace(name="fake", digest="0" * 16, surrogates="derived")
        self.requests: list[Request] = []
        self.batches: list[int] = []
        self.ahead: list[list[str]] = []

    def process(self, requests: Sequence[Request], vault: MutableMapping[str, bytes]) -> list[Outcome]:
        self.requests += requests
        self.batches.append(len(requests))
        vault["calls"] = b"%d" % len(self.batches)
        return [self._outcome(request) for request in requests]

    def _outcome(self, request: Request) -> Outcome:
        if not request.content.strip():
            return Quarantined("message.empty")
        if b"FAULT" in request.content:
            raise RuntimeError(request.content.decode())
        if b"BAD" in request.content:
            return Quarantined("er7.segment", "byte 7")
        found = request.content.count(b"DOE")
        done = Replacement("PID-5.1", "NAME/FAMILY", "surrogate", "", found)
        return Released(request.content.replace(b"DOE", b"ROE"), (done,) if found else ())

    def read_ahead(self, texts: Sequence[str]) -> None:
        self.ahead.append(list(texts))

    def detect_text(self, text: str) -> list[Span]:
        return [Span(at.start(), at.end(), "NAME", 0.87654, "fake") for at in re.finditer("DOE", text)][::-1]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs `streamdeid` with the given arguments, without any setting of the developer's own."""
    for name in ("STREAMDEID_SECRET", "STREAMDEID_SECRET_FILE"):
        monkeypatch.delenv(name, raising=False)
    runner = CliRunner()

    def run(*arguments: str | Path, stdin: str | bytes | None = None) -> Result:
        return runner.invoke(app, [str(argument) for argument in arguments], input=stdin)

    return run


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    """The engine that commands get instead of the real one, whatever the policy and the secret."""
    fake = FakeEngine()
    monkeypatch.setattr("streamdeid.cli.options.deidentifier", lambda policy, secret_file: fake)
    monkeypatch.setattr("streamdeid.build.build_deidentifier", lambda policy, secret: fake)
    return fake
