"""Where commands print: tables and bars for a terminal, plain text for anything else."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

import typer
from rich import box
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn
from rich.table import Table
from rich.text import Text


def console(*, err: bool = False) -> Console:
    """A console on stdout or stderr that takes no markup and lets no odd character break it."""
    stream = sys.stderr if err else sys.stdout
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="replace")  # a name in a terminal that knows ASCII only
    return Console(stderr=err, markup=False, highlight=False, emoji=False)


def progress(total: int) -> tuple[AbstractContextManager[Any], Advance]:
    """A bar on stderr over `total` bytes if that is a terminal, and what to call with the bytes that are done."""
    on = console(err=True)
    bar = Progress(BarColumn(), DownloadColumn(), TimeRemainingColumn(), console=on, disable=not on.is_terminal)
    return bar, Advance(bar, total)


class Advance:
    """Moves a progress bar."""

    def __init__(self, bar: Progress, total: int) -> None:
        self._bar = bar
        self._task = bar.add_task("", total=total)

    def __call__(self, size: int) -> None:
        """Another `size` bytes are done."""
        self._bar.advance(self._task, size)


def facts(title: str, rows: Mapping[str, str]) -> Table:
    """A table of two columns."""
    table = Table(title=title, box=box.SIMPLE, show_header=False, title_justify="left")
    for name, value in rows.items():
        table.add_row(Text(name), Text(value))
    return table


def print_json(value: Any) -> None:
    """One JSON value on stdout, in ASCII so that every terminal and pipe can take it."""
    typer.echo(json.dumps(value, indent=2))
