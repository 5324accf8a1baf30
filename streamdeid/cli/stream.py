"""`streamdeid run` and `streamdeid topics create`: the stream on Kafka."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Annotated

import typer

from streamdeid.cli import options
from streamdeid.cli.guard import guarded
from streamdeid.errors import SettingsError, UsageError

if TYPE_CHECKING:
    from streamdeid.policy.policy import Policy
    from streamdeid.settings import Settings

_KEYS = ("SECRET", "SECRET_FILE", "QUARANTINE_KEY", "QUARANTINE_KEY_FILE")


@guarded
def run(
    policy: options.Policy = None,
    secret_file: options.SecretFile = None,
    force: Annotated[
        bool, typer.Option("--force", help="Run a policy that keeps everything, identifiers too.")
    ] = False,
) -> None:
    """Run a worker of the stream until SIGTERM: raw topics in; clean topics, quarantine and audit out.

    Settings come from the environment, such as STREAMDEID_BROKERS, STREAMDEID_POLICY, STREAMDEID_DATA_DIRECTORY or
    STREAMDEID_METRICS_PORT. The topics have to be there. Start as many workers as there is work for, and start one
    again that ends with another code than 0: nothing is lost or doubled by that. A changed policy is taken up without
    a restart: its files are looked at every STREAMDEID_POLICY_RELOAD_SECONDS, and at once on SIGHUP.
    """
    from streamdeid.build import build_deidentifier  # noqa: PLC0415 - keeps --help fast
    from streamdeid.reloading import PolicySource  # noqa: PLC0415 - keeps --help fast
    from streamdeid.settings import Settings  # noqa: PLC0415 - keeps --help fast
    from streamdeid.vault.seeds import SharedSeeds  # noqa: PLC0415 - keeps --help fast

    options.secret(secret_file)
    settings = Settings.from_environ(os.environ, secret_file)
    seeds = SharedSeeds()
    source = PolicySource(
        policy or settings.policy,
        lambda chosen: build_deidentifier(chosen, settings.epochs, seeds),
        lambda chosen: _refuse(chosen, settings, force),
    )
    chosen, engine = source.open()
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s")

    from topologies import app  # noqa: PLC0415 - Faust takes a second

    app.run(settings, engine, chosen.digest, source, seeds)


@guarded
def create() -> None:
    """Create the topics of the stream that are missing, and check those that are there.

    Names, partitions and replication come from the environment: STREAMDEID_BROKERS, STREAMDEID_TOPIC_RAW_HL7V2,
    STREAMDEID_PARTITIONS, STREAMDEID_REPLICATION and so on. No secret is needed.
    """
    from streamdeid.settings import PREFIX, Settings  # noqa: PLC0415 - keeps --help fast
    from topologies import topics  # noqa: PLC0415 - keeps --help fast

    environ = {name: value for name, value in os.environ.items() if name.removeprefix(PREFIX) not in _KEYS}
    # Topics do not depend on the secret, but settings are not valid without one.
    made = topics.create(Settings.from_environ(environ | {f"{PREFIX}SECRET": "00" * 32}))
    for name in made:
        typer.echo(f"created {name}")
    if not made:
        typer.echo("all topics are there")


def _refuse(policy: Policy, settings: Settings, force: bool) -> None:
    """See that the policy may be run, and that its limits go with the worker's.

    Raises:
        UsageError: it keeps everything, and that is not what was asked for.
        SettingsError: the worker would take a message for stuck that the policy still gives time.
    """
    if policy.keeps_everything and not force:
        raise UsageError(f"policy {policy.name} keeps everything, identifiers too; --force runs it all the same")
    for name in ("seconds", "seconds_per_megabyte"):
        given, own = getattr(policy.limits, name), getattr(settings, f"message_{name}")
        if given >= own:
            raise SettingsError(
                f"policy {policy.name} has limits.{name}: {given:g};"
                f" STREAMDEID_MESSAGE_{name.upper()} has to be more than that, and is {own:g}"
            )
