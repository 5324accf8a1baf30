"""`streamdeid evaluate release`: what a release looks like from outside."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from streamdeid.cli import options
from streamdeid.cli.console import console, print_json
from streamdeid.cli.guard import guarded

_QUARANTINED = 3


@guarded
def release(
    before: Annotated[Path, typer.Argument(exists=True, help="The file or folder that was given to `deid`.")],
    after: Annotated[Path, typer.Argument(exists=True, help="The folder that it wrote to.")],
    report: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="The report that it wrote.")],
    show_values: Annotated[
        bool, typer.Option("--show-values", help="Print the values that survived. They are identifiers.")
    ] = False,
    as_json: options.AsJson = False,
) -> None:
    """Search released messages for identifying values of the originals, and see whether they are still valid.

    Ends with 3 where a value survived or a message is less valid than it was.
    """
    from streamdeid.evaluate.pairing import pairs  # noqa: PLC0415 - keeps --help fast
    from streamdeid.evaluate.residue import residues  # noqa: PLC0415
    from streamdeid.evaluate.validity import broken  # noqa: PLC0415

    outcomes: Counter[tuple[str, str]] = Counter()
    survivors: list[dict[str, Any]] = []
    invalid: list[dict[str, Any]] = []
    for pair in pairs(before, after, report):
        outcomes[pair.source, pair.code or "released"] += 1
        for residue in residues(pair):
            value = {"value": residue.value} if show_values else {}
            survivors.append({"file": pair.file, "index": pair.index, "path": residue.path, **value})
        fault = broken(pair)
        if fault:
            invalid.append({"file": pair.file, "index": pair.index, "fault": fault})
    if as_json:
        rows = [{"source": source, "outcome": outcome, "messages": n} for (source, outcome), n in outcomes.items()]
        print_json({"outcomes": rows, "survivors": survivors, "invalid": invalid})
    else:
        _print(outcomes, survivors, invalid)
    if survivors or invalid:
        raise typer.Exit(_QUARANTINED)


def _print(outcomes: Counter[tuple[str, str]], survivors: list[dict[str, Any]], invalid: list[dict[str, Any]]) -> None:
    out = console()
    table = Table("source", "outcome", "messages", title="outcomes")
    for (source, outcome), messages in sorted(outcomes.items()):
        table.add_row(source, outcome, f"{messages:,}")
    out.print(table)
    for title, rows in (("values that survived", survivors), ("less valid than before", invalid)):
        out.print(f"{title}: {len(rows)}")
        for row in rows:
            out.print("  " + "  ".join(str(value) for value in row.values()))
