"""`streamdeid bench`: what the engine costs on this machine."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from streamdeid.cli import options
from streamdeid.cli.console import console, print_json
from streamdeid.cli.guard import guarded


@guarded
def engine(
    seconds: Annotated[float, typer.Option(min=0.1, help="How long to measure each workload.")] = 5.0,
    policy: options.Policy = None,
    profiled: Annotated[bool, typer.Option("--profile", help="Say also which modules the time goes to.")] = False,
    as_json: options.AsJson = False,
) -> None:
    """Measure the engine on one core: messages per second, milliseconds per message, megabytes per second; and
    the choice of one surrogate, see `bench surrogates`."""
    from streamdeid.bench.engine import measure, profile, workloads  # noqa: PLC0415 - keeps --help fast
    from streamdeid.bench.surrogates import costs  # noqa: PLC0415
    from streamdeid.cli.bench_surrogates import cost_table  # noqa: PLC0415

    figures, shares = [], {}
    for workload in workloads():
        figures.append(measure(workload, seconds, policy))
        if profiled:
            shares[workload.name] = profile(workload)
    choices = list(costs(seconds / 50))
    if as_json:
        profiles = {name: {share.module: share.share for share in rows} for name, rows in shares.items()}
        told = [cost._asdict() for cost in choices]
        print_json({"figures": [figure._asdict() for figure in figures], "profile": profiles, "surrogates": told})
        return
    table = Table("workload", "bytes", "ms each", "messages/s", "MB/s", title="engine, one core")
    for figure in figures:
        table.add_row(
            figure.name,
            f"{figure.bytes_each:,.0f}",
            f"{figure.ms_each:.3f}",
            f"{figure.messages_per_second:,.0f}",
            f"{figure.mb_per_second:.1f}",
        )
    out = console()
    out.print(table)
    out.print(cost_table(choices))
    for name, rows in shares.items():
        where = Table("module", "share", title=f"where the time goes: {name}")
        for share in rows:
            where.add_row(share.module, f"{share.share:.1%}")
        out.print(where)


@guarded
def sizes(
    limit: Annotated[int, typer.Option(min=1000, help="The largest message, in bytes.")] = 10_000_000,
    as_json: options.AsJson = False,
) -> None:
    """Measure how the cost grows with the size of a message, from 1 kB up: per megabyte it should stay the same."""
    from streamdeid.bench.sizes import growth  # noqa: PLC0415 - keeps --help fast

    rows = list(growth(limit))
    if as_json:
        print_json([row._asdict() for row in rows])
        return
    table = Table("message", "bytes", "ms", "ms per MB", title="cost by size, one core")
    for row in rows:
        table.add_row(row.name, f"{row.bytes:,}", f"{row.ms:,.2f}", f"{row.ms_per_mb:,.0f}")
    console().print(table)


@guarded
def dictionary(
    terms: Annotated[int, typer.Option(min=1, help="How many terms the list has.")] = 1_000_000,
    as_json: options.AsJson = False,
) -> None:
    """Measure how fast a list of identifiers is loaded, and how fast texts are searched for what is in it."""
    from streamdeid.bench.dictionary import measure  # noqa: PLC0415 - keeps --help fast

    figures = measure(terms)
    if as_json:
        print_json([figure._asdict() for figure in figures])
        return
    table = Table("list", "terms", "s to load", "MB/s", title="lists of identifiers, one core")
    for figure in figures:
        table.add_row(figure.name, f"{figure.terms:,}", f"{figure.seconds:.2f}", f"{figure.mb_per_second:.1f}")
    console().print(table)
