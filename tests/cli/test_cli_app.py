import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import typer
from typer.testing import Result

from streamdeid import __version__
from streamdeid.cli.app import app
from streamdeid.cli.guard import guarded
from streamdeid.errors import PolicyError, ScanError, SettingsError

Command = Callable[..., Result]


COMMANDS = {
    "deid",
    "reid",
    "vault show",
    "vault reidentify",
    "vault erase",
    "detect",
    "run",
    "demo",
    "topics create",
    "policy validate",
    "policy schema",
    "policy test",
    "policy diff",
    "policy explain",
    "policy import",
    "model list",
    "model info",
    "model check",
    "model train",
    "model export",
    "evaluate release",
    "evaluate detect",
    "bench engine",
    "bench surrogates",
    "bench identities",
    "bench dictionary",
    "bench ner",
    "bench sizes",
}


def commands(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    for name, each in group.commands.items():
        yield f"{before}{name}", each
        if hasattr(each, "commands"):
            yield from commands(each, f"{before}{name} ")


ALL = dict(commands(typer.main.get_command(app)))


def test_the_commands_are_those_that_are_documented() -> None:
    assert {name for name, each in ALL.items() if not hasattr(each, "commands")} == COMMANDS


@pytest.mark.parametrize("name", ALL)
def test_every_command_and_parameter_says_in_a_sentence_what_it_is(name: str, command: Command) -> None:
    each = ALL[name]
    assert each.help
    assert len(each.help.split()) >= 4
    result = command(*name.split(), "--help")
    assert result.exit_code == 0
    for parameter in each.params:
        assert parameter.help, parameter.name
        assert len(parameter.help.split()) >= 4, parameter.name
        assert parameter.help.endswith("."), parameter.name


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_lets_an_exception_through(name: str) -> None:
    assert hasattr(ALL[name].callback, "__wrapped__"), "decorate it with @guarded"


def test_the_version_is_the_packages(command: Command) -> None:
    assert command("--version").stdout == f"streamdeid {__version__}\n"


def test_without_arguments_there_is_help(command: Command) -> None:
    assert "Commands:" in command().output


@pytest.mark.parametrize("arguments", [["bogus"], ["deid"], ["deid", "x", "--bogus"], ["deid", "x", "--format", "pdf"]])
def test_a_request_that_makes_no_sense_is_exit_2(command: Command, arguments: list[str]) -> None:
    result = command(*arguments)
    assert result.exit_code == 2
    assert "Error: " in result.stderr


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (SettingsError("no secret"), 2, "streamdeid: no secret\n"),
        (PolicyError("a: 1\nb: 2"), 2, "streamdeid: a: 1\nb: 2\n"),
        (
            ScanError("json.syntax", "byte 3"),
            1,
            "streamdeid: json.syntax at byte 3\n",
        ),
    ],
)
def test_errors_become_lines_and_exit_codes(
    capsys: pytest.CaptureFixture[str], error: Exception, code: int, message: str
) -> None:
    with pytest.raises(typer.Exit) as end:
        guarded(_raising)(error)
    assert end.value.exit_code == code
    assert capsys.readouterr().err == message


def test_an_unexpected_error_shows_no_value(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as end:
        guarded(_raising)(ValueError("DOE^JOHN"))
    assert end.value.exit_code == 1
    error = capsys.readouterr().err
    assert "ValueError" in error
    assert "DOE" not in error
    assert error.count("\n") == 1


def _raising(error: Exception) -> None:
    raise error


def test_help_loads_nothing_heavy() -> None:
    script = (
        "import sys; from streamdeid.cli.app import app; heavy = {'faust', 'faker', 'kafka', 'pydantic',"
        " 'hl7apy', 'cryptography', 'ahocorasick', 'onnxruntime', 'numpy'} & set(sys.modules); print(sorted(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
