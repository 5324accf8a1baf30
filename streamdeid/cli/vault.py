"""`streamdeid vault`: what is in a vault, the way back for who has the key, and forgetting a patient."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streamdeid.cli import options
from streamdeid.cli.access import AccessLog, Audit, Reason
from streamdeid.cli.guard import ExitCode, guarded
from streamdeid.errors import UsageError

if TYPE_CHECKING:
    from streamdeid.engine import Deidentifier

Vault = Annotated[
    Path, typer.Option(metavar="FILE|DIR", help="The vault: a file, or a directory with vault.sqlite in it.")
]
Mrn = Annotated[str | None, typer.Option("--mrn", metavar="VALUE", help="An identifier of the patient.")]
Authority = Annotated[
    str,
    typer.Option(
        metavar="A",
        help="The identifier's assigning authority: urn:oid:2.999.1, 2.999.1, MADEUP or MADEUP&2.999.1&ISO.",
    ),
]
_KEY = re.compile(r"[0-9a-f]{32}")


@guarded
def show(
    vault: Vault,
    policy: options.Policy = None,
    secret_file: options.SecretFile = None,
    as_json: options.AsJson = False,
) -> None:
    """Tell how much is in a vault: patients, epochs, known values by label. No values."""
    from streamdeid.cli.console import console, facts, print_json  # noqa: PLC0415 - keeps --help fast
    from streamdeid.vault.facts import vault_facts  # noqa: PLC0415 - keeps --help fast

    engine = options.deidentifier(policy, secret_file)
    with options.vault(vault, engine) as table:
        found = vault_facts(engine.vault(table), table.messages, options.epochs(secret_file)[0].name)
    if as_json:
        print_json(found)
    else:
        rows: dict[str, str] = {}
        for name, told in found.items():
            rows |= {f"{name} {one}": str(count) for one, count in told.items()} if isinstance(told, dict) else {}
            rows |= {} if isinstance(told, dict) else {name: str(told)}
        console().print(facts(f"streamdeid vault {vault}", rows))


@guarded
def reidentify(  # noqa: PLR0913, PLR0917 - options of a command
    surrogate: Annotated[str, typer.Argument(metavar="SURROGATE", help="A false value, or a token of `encrypt`.")],
    vault: Vault,
    reason: Reason,
    audit: Audit,
    like: Annotated[
        str, typer.Option("--like", "--label", metavar="LABEL", help="What it is: NAME, ID/MRN, DATE and so on.")
    ] = "",
    patient: Annotated[str | None, typer.Option(metavar="KEY", help="The patient key of whose it is.")] = None,
    mrn: Mrn = None,
    authority: Authority = "",
    namespace: Annotated[str, typer.Option(metavar="NS", help="The namespace of a false identifier.")] = "",
    policy: options.Policy = None,
    secret_file: options.SecretFile = None,
    as_json: options.AsJson = False,
) -> None:
    """Tell what a surrogate stands for.

    A false identifier is turned back by itself; names, addresses and contacts are found among the values that the
    vault remembers, of one patient (--patient, or --mrn with --authority) or of all; dates need the patient, and what
    `format_preserving` has made needs its --label, for nothing in it tells. The policy has to be the one that made the
    surrogate. --audit gets a record of every run.

    Ends with 0 when something was found, with 3 when nothing was.
    """
    from streamdeid.cli.console import print_json  # noqa: PLC0415 - keeps --help fast
    from streamdeid.reidentify import Reidentifier  # noqa: PLC0415 - keeps --help fast

    engine = options.deidentifier(policy, secret_file)
    secrets = [epoch.secret for epoch in options.epochs(secret_file)]
    whose = _keys(engine, [patient] if patient else [], mrn, authority)
    with options.vault(vault, engine) as table:
        log = AccessLog(audit, "vault reidentify", reason)
        finder = Reidentifier(engine, engine.vault(table), secrets)
        found = finder.find(surrogate, like, whose[0] if whose else "", namespace, authority)
    about = {one.patient for one in found} - {""}
    log.ended(found=len(found), how=sorted({one.how for one in found}), patients=sorted(about))
    if as_json:
        print_json({"found": [one._asdict() for one in found]})
    for one in [] if as_json else found:
        typer.echo(f"{one.value}\t{one.label}\t{one.how}\t{one.patient}".rstrip())
    if not found:
        typer.echo("streamdeid: nothing that this vault knows has this surrogate", err=True)
    raise typer.Exit(ExitCode.OK if found else ExitCode.QUARANTINED)


@guarded
def erase(  # noqa: PLR0913, PLR0917 - options of a command
    reason: Reason,
    audit: Audit,
    vault: options.VaultPath = None,
    stream: Annotated[
        bool, typer.Option("--stream", help="Erase in the stream instead, whose settings are in the environment.")
    ] = False,
    patients: Annotated[
        list[str] | None, typer.Argument(metavar="PATIENT", help="Patient keys: 32 hexadecimal digits.")
    ] = None,
    mrn: Mrn = None,
    authority: Authority = "",
    policy: options.Policy = None,
    secret_file: options.SecretFile = None,
) -> None:
    """Make a patient's mappings unrecoverable: forget what the vault knows, and the seed of the false identity.

    All keys that the vault knows to be the same person's (merges, logical ids) are erased together; in the stream,
    where what is known is spread over partitions, name every key. Later messages of the patient start a new false
    identity. --audit gets a record of every run.
    """
    from streamdeid.vault.facts import meaning_of_erasing  # noqa: PLC0415 - keeps --help fast

    if stream == (vault is not None):
        raise UsageError("say where: --vault FILE or --stream")
    engine = options.deidentifier(policy, secret_file)
    keys = _keys(engine, patients or [], mrn, authority)
    if not keys:
        raise UsageError("name a patient by the patient key, or by --mrn and --authority")
    if vault is None:
        log = AccessLog(audit, "vault erase", reason)
        _erase_in_stream(keys, secret_file)
        log.ended(erased=len(keys), patients=keys)
        for line in meaning_of_erasing(len(keys), is_random=True, what="the stream's tables no longer tell"):
            typer.echo(line)
        return
    with options.vault(vault, engine) as table:
        records = engine.vault(table)
        unknown = [key for key in keys if not records.has(key)]
        if unknown:
            raise UsageError(f"the vault knows no patient {', '.join(unknown)}; nothing was erased")
        log = AccessLog(audit, "vault erase", reason)
        with table.changing():
            erased = records.erase_persons(keys, os.urandom)
        table.compact()
        is_random = records.known_seeds() is not None
    log.ended(erased=len(erased), patients=erased)
    for line in meaning_of_erasing(len(erased), is_random=is_random):
        typer.echo(line)


def _erase_in_stream(keys: list[str], secret_file: Path | None) -> None:
    from streamdeid.settings import Settings  # noqa: PLC0415 - keeps --help fast
    from topologies import seed_topic  # noqa: PLC0415 - Kafka's clients take a second

    seed_topic.erase(Settings.from_environ(os.environ, secret_file), keys)


def _keys(engine: Deidentifier, given: list[str], mrn: str | None, authority: str) -> list[str]:
    """The patient keys that are meant."""
    for key in given:
        if not _KEY.fullmatch(key):
            raise UsageError("a patient key has 32 hexadecimal digits; for an identifier use --mrn and --authority")
    return [*given, *([engine.patient_key(mrn, authority)] if mrn else [])]
