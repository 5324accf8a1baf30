"""`streamdeid policy`: check, describe and explain policies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from streamdeid.cli import options
from streamdeid.cli.guard import guarded
from streamdeid.errors import UsageError


@guarded
def validate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The policy file to check.")],
) -> None:
    """Check a policy file. Every fault is named with its place in the file."""
    from streamdeid.build import load_policy  # noqa: PLC0415 - keeps --help fast

    if not file.is_file():
        raise UsageError(f"there is no file {file}")
    # An absolute path is never taken for the name of a shipped policy.
    policy = load_policy(str(file.absolute()))
    typer.echo(f"{file}: valid; policy {policy.name}, digest {policy.digest}")
    if policy.keeps_everything:
        typer.echo("It keeps everything, identifiers too: fit for tests of losslessness only.")


@guarded
def schema() -> None:
    """Print the JSON Schema of policy files, for editors and checks."""
    from streamdeid.policy import policy_schema  # noqa: PLC0415 - keeps --help fast

    typer.echo(json.dumps(policy_schema(), indent=2))


@guarded
def explain(
    path: Annotated[
        str,
        typer.Argument(metavar="PATH", help="Such as PID-5.1, PID-5, Patient.name.family, or a label: NAME/FAMILY."),
    ],
    policy: options.Policy = None,
    datatype: Annotated[
        str, typer.Option(metavar="TYPE", help="The datatype that the message gives: for OBX-5 what OBX-2 says.")
    ] = "",
) -> None:
    """Tell what a policy does with a place in a message or with what detectors find, and by which of its rules."""
    from streamdeid.build import load_policy  # noqa: PLC0415 - keeps --help fast
    from streamdeid.cli.explain import explain_path  # noqa: PLC0415 - keeps --help fast

    for explanation in explain_path(load_policy(policy), path, datatype):
        for line in explanation.lines():
            typer.echo(line)
