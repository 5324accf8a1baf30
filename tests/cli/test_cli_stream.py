from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from streamdeid.embedded import broker, free_port
from topologies import app, topics
from topologies.connection import client_options

Command = Callable[..., Result]
SECRET = "0123456789abcdef" * 4

KEEPS_ALL = """\
name: keeps_all
hl7v2: {rules: {ST: keep}}
fhir: {rules: {string: keep}}
documents: {rules: {text: keep}}
labels: {NAME: keep, DATE: keep, AGE: keep, ID: keep, CONTACT: keep, LOCATION: keep, PROFESSION: keep}
"""


@pytest.fixture
def keeps_all(tmp_path: Path) -> Path:
    file = tmp_path / "keeps_all.yaml"
    file.write_text(KEEPS_ALL)
    return file


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What the worker was started with, instead of starting it."""
    calls: list[tuple[Any, ...]] = []
    monkeypatch.setattr(app, "run", lambda *given: calls.append(given))
    monkeypatch.setenv("STREAMDEID_SECRET", SECRET)
    return calls


def test_a_worker_runs_with_settings_engine_and_the_policys_digest(
    command: Command, started: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STREAMDEID_BROKERS", "broker:9092")
    result = command("run")
    assert (result.exit_code, result.output) == (0, "")
    ((settings, engine, digest, *_),) = started
    assert settings.brokers == "broker:9092"
    assert settings.secret == bytes.fromhex(SECRET)
    assert engine.policy.digest == digest


def test_the_policy_comes_from_the_option_or_from_the_environment(
    command: Command, started: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch, keeps_all: Path
) -> None:
    monkeypatch.setenv("STREAMDEID_POLICY", str(keeps_all))
    assert command("run", "--force").exit_code == 0
    assert command("run", "--policy", "expert_determination").exit_code == 0
    assert [engine.policy.name for _, engine, *_ in started] == ["keeps_all", "expert_determination"]


def test_no_secret_no_worker(command: Command, started: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STREAMDEID_SECRET")
    result = command("run")
    assert result.exit_code == 2
    assert "openssl rand -hex 32" in result.stderr
    assert not started


def test_a_policy_that_keeps_everything_has_to_be_forced(
    command: Command, started: list[tuple[Any, ...]], keeps_all: Path
) -> None:
    result = command("run", "--policy", keeps_all)
    assert result.exit_code == 2
    assert "--force" in result.stderr
    assert not started
    assert command("run", "--policy", keeps_all, "--force").exit_code == 0
    assert len(started) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [("BROKERS", "no port"), ("PARTITIONS", "many"), ("NO_SUCH_SETTING", "x"), ("MESSAGE_SECONDS", "1")],
)
def test_a_setting_that_cannot_be_used_is_named_and_not_quoted(
    command: Command, started: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"STREAMDEID_{name}", value)
    result = command("run")
    assert result.exit_code == 2
    assert f"STREAMDEID_{name}" in result.stderr
    assert "no port" not in result.stderr
    assert not started


def test_the_secret_of_a_file_is_used_and_never_shown(
    command: Command, started: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("STREAMDEID_SECRET")
    file = tmp_path / "secret.hex"
    file.write_text(f"{SECRET}\n")
    assert command("run", "--secret-file", file).exit_code == 0
    assert started[0][0].secret == bytes.fromhex(SECRET)
    file.write_text(f"not hexadecimal {SECRET}")
    result = command("run", "--secret-file", file)
    assert result.exit_code == 2
    assert SECRET not in result.output


def test_topics_are_created_once_and_need_no_secret(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    with broker() as address:
        monkeypatch.setenv("STREAMDEID_BROKERS", address)
        monkeypatch.setenv("STREAMDEID_SECRET_FILE", "/absent")
        first = command("topics", "create")
        assert first.exit_code == 0
        assert "created clean.hl7v2" in first.stdout.splitlines()
        assert command("topics", "create").stdout == "all topics are there\n"


def test_topics_of_another_shape_are_a_usage_error(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    with broker() as address:
        monkeypatch.setenv("STREAMDEID_BROKERS", address)
        assert command("topics", "create").exit_code == 0
        monkeypatch.setenv("STREAMDEID_PARTITIONS", "3")
        result = command("topics", "create")
        assert result.exit_code == 2
        assert "partitions" in result.stderr


def test_brokers_that_do_not_answer_are_a_usage_error(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAMDEID_BROKERS", f"127.0.0.1:{free_port()}")
    in_haste = {"bootstrap_timeout_ms": 300}
    monkeypatch.setattr(topics, "client_options", lambda settings: client_options(settings) | in_haste)
    result = command("topics", "create")
    assert result.exit_code == 2
    assert "brokers at 127.0.0.1" in result.stderr
