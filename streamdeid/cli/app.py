"""The `streamdeid` command: what its subcommands are called. Each is in a module of its own."""

from __future__ import annotations

from typing import Annotated

import typer

from streamdeid import __version__
from streamdeid.cli.bench import engine, sizes
from streamdeid.cli.deid import deid
from streamdeid.cli.demo import demo
from streamdeid.cli.detect import detect
from streamdeid.cli.evaluate import evaluate
from streamdeid.cli.policy import explain, schema, validate
from streamdeid.cli.policy_import import import_policy
from streamdeid.cli.stream import create, run


def _group(help: str | None = None) -> typer.Typer:
    # Typer's own display of tracebacks is off: it may print what variables hold. Errors come to `guarded`.
    return typer.Typer(
        help=help, no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
    )


app = _group()
topics = _group("The Kafka topics of the stream.")
policy = _group("Check, describe and explain policies.")
bench = _group("Measure how fast this machine does it.")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"streamdeid {__version__}")
        raise typer.Exit


@app.callback()
def streamdeid(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """De-identify HL7 v2 and FHIR messages, on Kafka or in files.

    Commands end with 0 when all is well, 2 when something about the request has to be put right first, and 1 on a
    fault of streamdeid's own; `deid` ends with 3 when it quarantined messages.
    """


app.command()(deid)
app.command()(detect)
app.command()(evaluate)
app.command()(run)
app.command()(demo)
topics.command()(create)
policy.command()(validate)
policy.command()(schema)
policy.command()(explain)
policy.command("import")(import_policy)
app.add_typer(topics, name="topics")
bench.command()(engine)
bench.command()(sizes)
app.add_typer(policy, name="policy")
app.add_typer(bench, name="bench")


def main() -> None:
    """The entry point of the `streamdeid` script."""
    app()
