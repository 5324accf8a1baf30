"""`streamdeid deid`: files in, clean files out."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from streamdeid.cli import options
from streamdeid.cli.guard import ExitCode, guarded
from streamdeid.cli.inputs import plan
from streamdeid.cli.output import writable_directory
from streamdeid.types import Format


class FormatChoice(StrEnum):
    """What `--format` takes."""

    AUTO = "auto"
    HL7V2 = "hl7v2"
    FHIR = "fhir"
    TEXT = "text"


@guarded
def deid(  # noqa: PLR0913, PLR0917 - options of a command
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH", help="Files to de-identify; directories with all below them.")
    ],
    out: Annotated[
        Path,
        typer.Option(
            metavar="DIR",
            help="Directory for the clean files, made if need be. A file keeps its name, and its path below the"
            " directory that was given.",
        ),
    ],
    policy: options.Policy = None,
    format: Annotated[
        FormatChoice, typer.Option(help="What the files hold; 'auto' tells it from each file's content and name.")
    ] = FormatChoice.AUTO,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.jsonl", help="Write a JSON line about every message here: what became of it, and why."
        ),
    ] = None,
    secret_file: options.SecretFile = None,
    vault: options.VaultPath = None,
    as_json: options.AsJson = False,
) -> None:
    """De-identify files. A file may hold many messages.

    What is released goes to --out, in order, with the separators between messages. A message that is quarantined
    appears in the report alone; a file of which nothing is released is not written at all, and what an earlier run
    wrote in its place is removed.

    What is learned of patients (names that a later report without them mentions, merges, the seeds of random
    surrogates) is kept in --vault, so that runs agree; without one it is forgotten at the end.

    Ends with 0 when all messages were released, with 3 when some were quarantined.
    """
    from streamdeid.cli.cleaning import clean_all  # noqa: PLC0415 - keeps --help fast
    from streamdeid.cli.console import console, facts, print_json  # noqa: PLC0415 - keeps --help fast

    inputs = plan(paths, out, report)
    deidentifier = options.deidentifier(policy, secret_file)
    writable_directory(out)
    if not inputs:
        typer.echo("streamdeid: there are no files to read", err=True)
    kept = None if vault is None else options.vault(vault, deidentifier, make=True)
    chosen = None if format is FormatChoice.AUTO else Format(format.value)
    tally = clean_all(inputs, deidentifier, chosen, report, kept)
    if as_json:
        print_json(tally.as_json(deidentifier.policy.digest))
    else:
        console().print(facts("streamdeid deid", tally.rows(deidentifier.policy.name)))
    raise typer.Exit(ExitCode.QUARANTINED if tally.quarantined else ExitCode.OK)
