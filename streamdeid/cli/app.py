"""The `streamdeid` command: what its subcommands are called. Each is in a module of its own."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from streamdeid import __version__
from streamdeid.cli.bench import dictionary, engine, sizes
from streamdeid.cli.bench_ner import ner
from streamdeid.cli.bench_surrogates import identities, surrogates
from streamdeid.cli.deid import deid
from streamdeid.cli.demo import demo
from streamdeid.cli.detect import detect
from streamdeid.cli.evaluate import release
from streamdeid.cli.evaluate_detect import detect as detect_against_gold
from streamdeid.cli.model import check, describe_model, list_models
from streamdeid.cli.model_train import export_model, train_model
from streamdeid.cli.policy import explain, schema, validate
from streamdeid.cli.policy_diff import diff
from streamdeid.cli.policy_import import import_policy
from streamdeid.cli.policy_test import run_tests
from streamdeid.cli.reid import reid
from streamdeid.cli.stream import create, run
from streamdeid.cli.vault import erase, reidentify, show


class _ReleaseUnlessSaid(TyperGroup):
    """`evaluate BEFORE AFTER --report R` is `evaluate release BEFORE AFTER --report R`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The arguments, with the command's name put before them where there is none."""
        if args and args[0] not in {*self.commands, *ctx.help_option_names}:
            args = ["release", *args]
        return super().parse_args(ctx, args)


def _group(help: str | None = None, cls: type[TyperGroup] = TyperGroup) -> typer.Typer:
    # Typer's own display of tracebacks is off: it may print what variables hold. Errors come to `guarded`.
    return typer.Typer(
        cls=cls,
        help=help,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )


app = _group()
topics = _group("The Kafka topics of the stream.")
vault = _group("What is remembered of patients: show, reidentify, erase.")
policy = _group("Check, explain, try and compare policies.")
model = _group("The models that read narrative.")
evaluate = _group("Measure from outside how good it is: a release, or findings against gold texts.", _ReleaseUnlessSaid)
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
    fault of streamdeid's own; `deid` ends with 3 when it quarantined messages, `reid` when it left tokens.
    """


app.command()(deid)
app.command()(reid)
app.command()(detect)
app.command()(run)
app.command()(demo)
topics.command()(create)
policy.command()(validate)
policy.command()(schema)
policy.command()(explain)
policy.command("test")(run_tests)
policy.command()(diff)
policy.command("import")(import_policy)
app.add_typer(topics, name="topics")
evaluate.command()(release)
evaluate.command("detect")(detect_against_gold)
bench.command()(engine)
bench.command()(sizes)
bench.command()(dictionary)
bench.command()(ner)
bench.command()(surrogates)
bench.command()(identities)
model.command("list")(list_models)
model.command("info")(describe_model)
model.command()(check)
model.command("train")(train_model)
model.command("export")(export_model)
vault.command()(show)
vault.command()(reidentify)
vault.command()(erase)
app.add_typer(policy, name="policy")
app.add_typer(vault, name="vault")
app.add_typer(model, name="model")
app.add_typer(evaluate, name="evaluate")
app.add_typer(bench, name="bench")


def main() -> None:
    """The entry point of the `streamdeid` script."""
    app()
