"""`streamdeid policy import`: a policy from the configuration of another tool."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Annotated, Any

import typer

from streamdeid.cli import options
from streamdeid.cli.guard import guarded
from streamdeid.errors import UsageError


@guarded
def import_policy(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The configuration, in JSON or YAML.")],
    out: Annotated[
        Path | None, typer.Option(metavar="POLICY", help="Write the policy to this file; else it is printed.")
    ] = None,
    keep_unmatched: Annotated[
        bool, typer.Option("--keep-unmatched", help="Keep whatever no rule picks, as the other tool does.")
    ] = False,
    as_json: options.AsJson = False,
) -> None:
    """Make a policy from a configuration of Microsoft's Tools for Health Data Anonymization or of FHIR Pseudonymizer.

    Its rules come first, in their order; HL7 v2, texts and whatever it does not speak of are treated as by the
    policy expert_determination. What cannot be taken over is an error, what is done differently is told on stderr.
    """
    from streamdeid.build import DEFAULT_POLICY, load_policy, parse_policy  # noqa: PLC0415 - keeps --help fast
    from streamdeid.importing.fhir_anonymizer import Wishes, import_fhir_anonymizer  # noqa: PLC0415

    year = dt.datetime.now(tz=dt.UTC).year
    wishes = Wishes(_name(out or file), keep_unmatched, year)
    imported = import_fhir_anonymizer(_text(file), str(file), load_policy(DEFAULT_POLICY), wishes)
    text = _yaml(imported.content)
    policy = parse_policy(text, str(out or file))
    if out is not None:
        _write(out, text)
    if as_json:
        told = {"policy": str(out) if out else imported.content, "digest": policy.digest}
        typer.echo(json.dumps(told | {"remarks": list(imported.remarks)}, indent=2))
        return
    typer.echo(f"{out}: policy {policy.name}, digest {policy.digest}" if out else text, nl=out is not None)
    for remark in imported.remarks:
        typer.echo(f"remark: {remark}", err=True)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UsageError(f"there is no file {file}") from None
    except (OSError, UnicodeDecodeError) as fault:
        from streamdeid.policy_files.wording import why_unread  # noqa: PLC0415 - keeps --help fast

        raise UsageError(f"{file} cannot be read: {why_unread(fault)}") from None


def _write(out: Path, text: str) -> None:
    from streamdeid.cli.output import AtomicFile  # noqa: PLC0415 - keeps --help fast

    with AtomicFile(out) as written:
        written.write(text.encode())
        written.commit()


def _name(file: Path) -> str:
    """A policy's name from a file's."""
    name = re.sub(r"[^a-z0-9]+", "_", file.stem.lower()).strip("_")
    return name if name[:1].isalpha() else f"imported_{name}".rstrip("_")


def _yaml(content: dict[str, Any]) -> str:
    import yaml  # noqa: PLC0415 - keeps --help fast

    return yaml.safe_dump(content, sort_keys=False, width=120, allow_unicode=True)
