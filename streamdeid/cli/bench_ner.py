"""`streamdeid bench ner`: how fast narrative is read on this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich import box
from rich.table import Table

from streamdeid.cli import options
from streamdeid.cli.console import console, print_json
from streamdeid.cli.guard import guarded

if TYPE_CHECKING:
    from streamdeid.bench.ner import Figure, Report

_TOGETHER = (1, 8, 64)
_LENGTHS = (100, 1_000, 10_000)
_OURS = "streamdeid"


@guarded
def ner(
    notes: Annotated[
        Path | None,
        typer.Option(
            exists=True, help='A file of lines {"text": ...}, or a folder of text files; made-up notes if left out.'
        ),
    ] = None,
    seconds: Annotated[float, typer.Option(min=0.01, help="How long to measure each reader at each size.")] = 3.0,
    together: Annotated[
        list[int] | None,
        typer.Option("--batch", min=1, help="How many notes are read at a time; may be given several times."),
    ] = None,
    lengths: Annotated[
        list[int] | None,
        typer.Option("--length", min=10, help="Characters of a text that is read alone; may be given several times."),
    ] = None,
    policy: options.Policy = None,
    as_json: options.AsJson = False,
) -> None:
    """Measure how fast narrative is read, by number of notes read at a time and by length of a text.

    All detectors of the policy together, rules and models; and, where it is installed, Presidio in the same run on the
    same cores. For figures of one core run it under `taskset -c 0`.
    """
    from streamdeid.bench.ner import Reader, Stack, sweep  # noqa: PLC0415 - keeps --help fast
    from streamdeid.bench.notes import read_notes  # noqa: PLC0415
    from streamdeid.bench.presidio import HOW_TO_GET_IT, Presidio, spacy_model  # noqa: PLC0415
    from streamdeid.build import load_policy  # noqa: PLC0415

    loaded, texts, model = load_policy(policy), read_notes(notes), spacy_model()
    makers: list[Callable[[], Reader]] = [lambda: Stack(loaded)]
    if model is not None:
        makers.append(lambda: Presidio(model))
    report = sweep(makers, texts, together or _TOGETHER, lengths or _LENGTHS, seconds)
    if as_json:
        print_json(_as_values(report))
        return
    _print(report)
    if model is None:
        console().print(HOW_TO_GET_IT, soft_wrap=True)


def _as_values(report: Report) -> dict[str, Any]:
    return {
        "cores": report.cores,
        "provider": report.provider,
        "memory_mb": report.memory._asdict(),
        "by_batch": [figure._asdict() for figure in report.by_batch],
        "by_length": [figure._asdict() for figure in report.by_length],
    }


def _print(report: Report) -> None:
    out = console()
    models = f"models on {report.provider}" if report.provider else "no model, rules alone"
    out.print(f"{report.cores} cores; {models}")
    for title, figures in (
        ("notes as they are", report.by_batch),
        ("texts of one length, one at a time", report.by_length),
    ):
        out.print(title)
        out.print(_table(figures, with_models=bool(report.provider)))
    memory = report.memory
    if memory.before is not None:
        added = ", ".join(f"{name} {more:+,.0f} MB" for name, more in memory.added.items() if more is not None)
        out.print(f"resident memory: {memory.before:,.0f} MB before; loaded and having read: {added}", soft_wrap=True)


def _table(figures: Sequence[Figure], *, with_models: bool) -> Table:
    """A row for each figure; beside another reader's, how many times as fast ours is."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), collapse_padding=True, pad_edge=False)
    table.add_column("reader", no_wrap=True)
    names = ["at a time", "chars", "ms each", "chars/s", "per CPU s", "tokens/s"]
    names += ["model tokens/s", "outside model"] if with_models else []
    for name in (*names, "ours is", "by CPU"):
        table.add_column(name, justify="right")
    ours = figures[0]
    for figure in figures:
        if figure.reader == _OURS:  # readers of one size follow each other, ours first
            ours, times = figure, ("", "")
        else:
            times = (
                f"{ours.characters_per_second / figure.characters_per_second:.1f} x",
                f"{ours.characters_per_cpu_second / figure.characters_per_cpu_second:.1f} x",
            )
        table.add_row(*_row(figure, with_models), *times)
    return table


def _row(figure: Figure, with_models: bool) -> list[str]:
    row = [
        figure.reader,
        f"{figure.together:,}",
        f"{figure.characters_each:,.0f}",
        f"{figure.ms_each:,.2f}",
        f"{figure.characters_per_second:,.0f}",
        f"{figure.characters_per_cpu_second:,.0f}",
        f"{figure.tokens_per_second:,.0f}",
    ]
    if with_models:
        tokens, outside = figure.model_tokens_per_second, figure.outside_model
        row += ["-" if tokens is None else f"{tokens:,.0f}", "-" if outside is None else f"{outside:.0%}"]
    return row
