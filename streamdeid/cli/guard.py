"""What a command does when something goes wrong: one line on stderr and an exit code, never a value of a message."""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable
from enum import IntEnum
from pathlib import Path
from typing import ParamSpec, TypeVar

import typer

from streamdeid.errors import StreamdeidError, UsageError

P = ParamSpec("P")
R = TypeVar("R")

_PACKAGE = Path(__file__).parent.parent


class ExitCode(IntEnum):
    """How a command ends."""

    OK = 0
    FAILURE = 1
    USAGE = 2
    QUARANTINED = 3


def guarded(command: Callable[P, R]) -> Callable[P, R]:
    """The command, with every error that it raises turned into a line on stderr and an exit code.

    What the caller can put right (`UsageError`) says how, and ends with 2; a policy's faults are a line each. Of
    anything unexpected only the kind and the line of code are told, for an exception's text may hold what a message
    says; it ends with 1.
    """

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except (typer.Exit, typer.Abort, BrokenPipeError):
            raise
        except UsageError as error:
            _complain(str(error))
            raise typer.Exit(ExitCode.USAGE) from None
        except StreamdeidError as error:
            _complain(str(error))
        except Exception as fault:  # the last defence against a traceback with values in it
            _complain(f"unexpected {type(fault).__name__}{_place(fault)}; please report this line, it holds no value")
        raise typer.Exit(ExitCode.FAILURE)

    return run


def _complain(message: str) -> None:
    typer.echo(f"streamdeid: {message}", err=True)


def _place(fault: Exception) -> str:
    """Where in streamdeid the fault showed; empty where that cannot be told."""
    for frame in reversed(traceback.extract_tb(fault.__traceback__)):
        file = Path(frame.filename)
        if file.is_relative_to(_PACKAGE) and file != Path(__file__):
            return f" at {file.relative_to(_PACKAGE).as_posix()}:{frame.lineno}"
    return ""
