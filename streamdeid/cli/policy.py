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
    """Check a policy file, with what it includes. Every fault is named with its file, line and place.

    More is refused than when a policy is loaded: rules for segments, datatypes and elements that no standard has.
    """
    from streamdeid.policy_files.checking import check  # noqa: PLC0415 - keeps --help fast

    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UsageError(f"there is no file {file}") from None
    except (OSError, UnicodeDecodeError) as fault:
        raise UsageError(f"{file} cannot be read: {type(fault).__name__}") from None
    checked = check(text, str(file))
    policy = checked.policy
    typer.echo(f"{file}: valid; policy {policy.name}, digest {policy.digest}")
    if policy.keeps_everything:
        typer.echo("It keeps everything, identifiers too: fit for tests of losslessness only.")
    for remark in checked.remarks:
        typer.echo(f"remark: {remark}", err=True)


@guarded
def schema(
    tests: Annotated[bool, typer.Option("--tests", help="That of the files with a policy's cases instead.")] = False,
) -> None:
    """Print the JSON Schema of policy files, for editors and checks."""
    from streamdeid.policy.policy import policy_schema  # noqa: PLC0415 - keeps --help fast
    from streamdeid.policy_check.cases import case_schema  # noqa: PLC0415

    typer.echo(json.dumps(case_schema() if tests else policy_schema(), indent=2))


@guarded
def explain(
    path: Annotated[
        str,
        typer.Argument(
            metavar="PATH", help="Such as PID-5.1, PID(2)-5-1, Patient.name.family, or a label: NAME/FAMILY."
        ),
    ],
    policy: options.Policy = None,
    datatype: Annotated[
        str, typer.Option(metavar="TYPE", help="The datatype that the message gives: for OBX-5 what OBX-2 says.")
    ] = "",
    as_json: options.AsJson = False,
) -> None:
    """Tell what a policy does with a place in a message or with what detectors find, and by which of its rules: for a
    label also who finds it, from which score on, and which lists of the policy's own are used, but no entry."""
    from streamdeid.cli.explain import explain_path  # noqa: PLC0415 - keeps --help fast
    from streamdeid.policy_files.loading import load_policy  # noqa: PLC0415

    found = explain_path(load_policy(policy), path, datatype)
    if as_json:
        typer.echo(json.dumps([explanation.told() for explanation in found], indent=2))
        return
    for explanation in found:
        for line in explanation.lines():
            typer.echo(line)
