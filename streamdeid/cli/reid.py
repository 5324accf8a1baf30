"""`streamdeid reid`: clean files in, files with the originals of `encrypt` and `format_preserving` out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from streamdeid.cli import options
from streamdeid.cli.access import AccessLog, Audit, Reason
from streamdeid.cli.deid import FormatChoice
from streamdeid.cli.guard import ExitCode, guarded
from streamdeid.cli.inputs import plan
from streamdeid.cli.output import AtomicFile, writable_directory
from streamdeid.types import Format


@guarded
def reid(  # noqa: PLR0913, PLR0917 - options of a command
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH", help="Files to restore; directories with all below them.")
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Directory for the restored files, made if need be.")],
    reason: Reason,
    audit: Audit,
    policy: options.Policy = None,
    format: Annotated[
        FormatChoice, typer.Option(help="What the files hold; 'auto' tells it from each file's content and name.")
    ] = FormatChoice.AUTO,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE.jsonl", help="Write a JSON line about every message here.")
    ] = None,
    secret_file: options.SecretFile = None,
    as_json: options.AsJson = False,
) -> None:
    """Put the originals back in the place of what the operators `encrypt` and `format_preserving` have made.

    Where all that the policy changed was encrypted, the files come back as they were, byte for byte, documents inside
    messages too. What other operators changed stays: there is nothing in the files to restore it from. Give the
    --policy of `deid` where that declares Z-segments or a character set, or has `format_preserving`: such values are
    known by their places alone, so they come back in fields, not in narrative, and only once. --audit gets a record
    of every run.

    Ends with 0 when there is nothing left to restore, with 3 when tokens of another secret or unreadable messages
    were left as they are.
    """
    from streamdeid.build import load_policy  # noqa: PLC0415 - keeps --help fast
    from streamdeid.cli.console import console, facts, print_json  # noqa: PLC0415 - keeps --help fast
    from streamdeid.cli.restoring import restore_all  # noqa: PLC0415 - keeps --help fast
    from streamdeid.restore import Restorer  # noqa: PLC0415 - keeps --help fast

    inputs = plan(paths, out, report)
    secrets = [epoch.secret for epoch in options.epochs(secret_file)]
    restorer = Restorer(load_policy(policy), secrets)
    writable_directory(out)
    log = AccessLog(audit, "reid", reason)
    tally = restore_all(inputs, restorer, None if format is FormatChoice.AUTO else Format(format.value))
    log.ended(**tally.as_json())
    if report is not None:
        with AtomicFile(report) as file:
            file.write("".join(f"{line}\n" for line in tally.lines).encode())
            file.commit()
    if as_json:
        print_json(tally.as_json())
    else:
        codes = {f"  {code}": f"{count:,}" for code, count in tally.codes.most_common()}
        rows = {
            "files": f"{tally.files:,}",
            "messages": f"{tally.messages:,}",
            "restored": f"{tally.restored:,} values",
        }
        rows |= {
            "left as they are": f"{tally.left:,} tokens",
            "unreadable": f"{tally.codes.total():,} messages",
        } | codes
        console().print(facts("streamdeid reid", rows))
    raise typer.Exit(ExitCode.OK if tally.is_whole else ExitCode.QUARANTINED)
