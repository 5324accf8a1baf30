"""`streamdeid bench surrogates` and `bench identities`: what surrogates cost, and whether two ever meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from streamdeid.cli import options
from streamdeid.cli.console import console, print_json
from streamdeid.cli.guard import guarded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamdeid.bench.surrogates import Cost


@guarded
def surrogates(
    seconds: Annotated[float, typer.Option(min=0.001, help="How long to measure each kind of value.")] = 0.5,
    as_json: options.AsJson = False,
) -> None:
    """Measure what the choice of one surrogate costs, by kind of value: microseconds of one core, the first
    time and when it is remembered."""
    from streamdeid.bench.surrogates import costs  # noqa: PLC0415 - keeps --help fast

    rows = list(costs(seconds))
    if as_json:
        print_json([row._asdict() for row in rows])
        return
    console().print(cost_table(rows))


def cost_table(rows: Sequence[Cost]) -> Table:
    """The costs as people read them."""
    table = Table("value", "choices", "uncached", "median", "cached", title="one surrogate, microseconds, one core")
    for row in rows:
        times = (f"{time:.1f}" for time in (row.uncached_us, row.uncached_median_us, row.cached_us))
        table.add_row(row.name, f"{row.choices:,}", *times)
    return table


@guarded
def identities(
    patients: Annotated[int, typer.Option(min=1, max=10**8, help="How many made-up patients.")] = 100_000,
    as_json: options.AsJson = False,
) -> None:
    """Count how often two of many made-up patients get one false record number, or one false identity. It should be
    never; ends with 1 if it is not."""
    from streamdeid.bench.identities import count  # noqa: PLC0415 - keeps --help fast

    found = count(patients)
    if as_json:
        print_json(found._asdict())
    else:
        table = Table("what", "number", title=f"{patients:,} made-up patients of one authority")
        for name, number in found._asdict().items():
            table.add_row(name.replace("_", " "), f"{number:,.1f}" if isinstance(number, float) else f"{number:,}")
        console().print(table)
    if found.numbers_twice or found.identities_twice or found.unchanged:
        raise typer.Exit(1)
