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
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The policy file to check, or the name of a shipped policy.")
    ],
) -> None:
    """Check a policy file, with what it includes. Every fault is named with its file, line and place.

    More is refused than when a policy is loaded: rules for segments, datatypes and elements that no standard has.
    """
    from streamdeid.policy_files.checking import check  # noqa: PLC0415 - keeps --help fast

    checked = check(_text(file), str(file))
    policy = checked.policy
    typer.echo(f"{file}: valid; policy {policy.name}, digest {policy.digest}")
    if policy.keeps_everything:
        typer.echo("It keeps everything, identifiers too: fit for tests of losslessness only.")
    for remark in checked.remarks:
        typer.echo(f"remark: {remark}", err=True)


def _text(file: Path) -> str:
    """What the file says; without one, the shipped policy of this name."""
    from streamdeid.likeness import suggestion  # noqa: PLC0415 - keeps --help fast
    from streamdeid.policy_files.shipped import shipped_policies, shipped_text  # noqa: PLC0415
    from streamdeid.policy_files.wording import why_unread  # noqa: PLC0415

    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        shipped = shipped_policies()
        if str(file) in shipped:
            return shipped_text(str(file))
        hint = suggestion(str(file), shipped) or f", and the shipped policies are {', '.join(shipped)}"
        raise UsageError(f"there is no file {file}{hint}") from None
    except (OSError, UnicodeDecodeError) as fault:
        raise UsageError(f"{file} cannot be read: {why_unread(fault)}") from None


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
            metavar="PATH",
            help="Such as PID-5.1, PID(2)-5-1, Patient.name.family, a type: XPN.1, or a label: NAME/FAMILY.",
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
    from streamdeid.policy_files.including import read_policy  # noqa: PLC0415
    from streamdeid.policy_files.loading import DEFAULT_POLICY, policy_text, valid_policy  # noqa: PLC0415

    name = policy or DEFAULT_POLICY
    effective = read_policy(policy_text(name), name)
    found = explain_path(valid_policy(effective), path, datatype)
    if as_json:
        typer.echo(json.dumps([explanation.told(effective) for explanation in found], indent=2))
        return
    for explanation in found:
        for line in explanation.lines(effective):
            typer.echo(line)
