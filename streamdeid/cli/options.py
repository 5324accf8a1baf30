"""Options that several commands share, and what they stand for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streamdeid.errors import SettingsError

if TYPE_CHECKING:
    from streamdeid.engine import Deidentifier

HOW_TO_MAKE_ONE = (
    "make one with `openssl rand -hex 32 > secret.hex; chmod 600 secret.hex` and give it as --secret-file secret.hex,"
    " STREAMDEID_SECRET_FILE=secret.hex or STREAMDEID_SECRET=...; keep it: it is what makes surrogates the same again"
)

Policy = Annotated[
    str | None,
    typer.Option(metavar="POLICY", help="A policy file, or the name of a shipped policy; the default one if left out."),
]
SecretFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="File with the secret that surrogates are derived from. Otherwise STREAMDEID_SECRET or"
        " STREAMDEID_SECRET_FILE.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")]


def secret(file: Path | None) -> bytes:
    """The secret of `--secret-file` or of the environment.

    Raises:
        SettingsError: there is none, or it is unusable; says how to make one.
    """
    from streamdeid.settings import read_secret  # noqa: PLC0415 - keeps --help fast

    try:
        return read_secret(os.environ, file)
    except SettingsError as error:
        raise SettingsError(f"{str(error).rstrip('.')}; {HOW_TO_MAKE_ONE}") from None


def deidentifier(policy: str | None, secret_file: Path | None) -> Deidentifier:
    """The engine for `--policy` and `--secret-file`.

    Raises:
        SettingsError: there is no usable secret.
        PolicyError: there is no such policy, or it is not valid.
    """
    from streamdeid.build import build_deidentifier, load_policy  # noqa: PLC0415 - keeps --help fast

    key = secret(secret_file)
    return build_deidentifier(load_policy(policy), key)
