"""Options that several commands share, and what they stand for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streamdeid.errors import SettingsError

if TYPE_CHECKING:
    from streamdeid.engine import Deidentifier
    from streamdeid.vault.false_identity import Epoch
    from streamdeid.vault.file import FileVault

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
        help="File with the secret that surrogates are derived from; with more lines, the secrets of later patients."
        " Otherwise STREAMDEID_SECRET or STREAMDEID_SECRET_FILE.",
    ),
]
VaultPath = Annotated[
    Path | None,
    typer.Option(
        "--vault",
        metavar="FILE|DIR",
        help="The vault with what is remembered of patients: a file, or a directory with vault.sqlite in it.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")]


def secret(file: Path | None) -> bytes:
    """The first of `epochs`."""
    return epochs(file)[0].secret


def epochs(file: Path | None) -> tuple[Epoch, ...]:
    """The secrets of `--secret-file` or of the environment.

    Raises:
        SettingsError: there is none, or one is unusable; says how to make one.
    """
    from streamdeid.settings import read_epochs  # noqa: PLC0415 - keeps --help fast

    try:
        return read_epochs(os.environ, file)
    except SettingsError as error:
        raise SettingsError(f"{str(error).rstrip('.')}; {HOW_TO_MAKE_ONE}") from None


def deidentifier(policy: str | None, secret_file: Path | None) -> Deidentifier:
    """The engine for `--policy` and `--secret-file`.

    Raises:
        SettingsError: there is no usable secret.
        PolicyError: there is no such policy, or it is not valid.
    """
    from streamdeid.build import build_deidentifier, load_policy  # noqa: PLC0415 - keeps --help fast

    secrets = epochs(secret_file)
    return build_deidentifier(load_policy(policy), secrets)


def vault(path: Path, engine: Deidentifier, *, make: bool = False) -> FileVault:
    """The vault of `--vault`. With `make` it is made if need be.

    Raises:
        UsageError: there is no such vault, or it cannot be made.
        SettingsError: it is no vault, or was written with another secret.
    """
    from streamdeid.vault.file import FileVault  # noqa: PLC0415 - keeps --help fast

    found = FileVault(path, make=make)
    with found.changing():
        engine.vault(found).claim()
    return found
