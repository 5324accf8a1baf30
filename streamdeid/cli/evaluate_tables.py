"""An evaluation of findings as tables in a terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rich import box
from rich.table import Table

from streamdeid.cli.console import console

if TYPE_CHECKING:
    from streamdeid.evaluate.agreement import Difference
    from streamdeid.evaluate.evaluation import Evaluation
    from streamdeid.evaluate.misses import Shown
    from streamdeid.evaluate.tally import Tally

_DIFFERENCES = ("label", "ours alone", "other alone", "both", "none", "recall", "other", "prec.", "other")


def as_values(evaluation: Evaluation, show_values: bool) -> dict[str, Any]:
    """All of it, for `--json`; values of texts on request alone."""
    from streamdeid.evaluate.figures import summary  # noqa: PLC0415

    told: dict[str, Any] = {"findings": evaluation.what, **summary(evaluation.scores)}
    told["errors"] = [_place(error, show_values) for error in evaluation.chosen]
    if evaluation.other:
        told["against"] = [_difference(row) for row in evaluation.differences]
    return told


def _place(error: Shown, show_values: bool) -> dict[str, Any]:
    """Where an error is; what stands there on request alone. An id may be a number of a patient's."""
    place: dict[str, Any] = {
        "error": error.sort.value,
        "label": error.label,
        "kind": error.kind,
        "line": error.line,
        "start": error.start,
        "end": error.end,
    }
    return {**place, "id": error.id, "value": error.value} if show_values else place


def _difference(row: Difference) -> dict[str, Any]:
    shared = row.shared
    counts = {"both": shared.both, "only_here": shared.first, "only_other": shared.other, "neither": shared.neither}
    shares = {name: getattr(row, name) for name in ("recall", "other_recall", "precision", "other_precision")}
    return {"label": row.name, **counts, **shares}


def print_tables(evaluation: Evaluation, show_values: bool) -> None:
    """All of it, for people; values of texts on request alone."""
    from streamdeid.evaluate.figures import COLUMNS, cells, parts  # noqa: PLC0415

    out, scores = console(), evaluation.scores
    out.print(f"{evaluation.what}, on {evaluation.gold}: {scores.texts:,} texts")
    missed = scores.overall.missed
    out.print(f"leaks: {missed:,} of {scores.overall.entities:,} entities were missed altogether")
    if missed:
        out.print(
            _table(
                ("label", "missed", "of"),
                ((label, f"{one.missed:,}", f"{one.entities:,}") for label, one in _most_missed(scores.labels.items())),
            )
        )
    for part in parts(scores):
        out.print(part.title)
        names = (part.by or "texts", *(column.name for column in COLUMNS))
        out.print(_table(names, ((name, *cells(tally)) for name, tally in part.rows)))
    if evaluation.other:
        out.print(f"compared with {evaluation.other}")
        out.print(_table(_DIFFERENCES, map(_cells, evaluation.differences)))
    if scores.left_open:
        left_open = ", ".join(f"{label} {count:,}" for label, count in sorted(scores.left_open.items()))
        out.print(f"left open, not scored: {left_open}")
    if show_values:
        _print_errors(evaluation)
    elif evaluation.chosen.totals:
        out.print("which ones: --html FILE, --json for places alone, or --show-values", soft_wrap=True)


def _most_missed(labels: Iterable[tuple[str, Tally]]) -> list[tuple[str, Tally]]:
    return sorted((row for row in labels if row[1].missed), key=lambda row: (-row[1].missed, row[0]))


def _cells(row: Difference) -> tuple[str, ...]:
    shared = row.shared
    counts = (f"{count:,}" for count in (shared.first, shared.other, shared.both, shared.neither))
    shares = (row.recall, row.other_recall, row.precision, row.other_precision)
    return row.name, *counts, *("-" if share is None else f"{100 * share:.2f}" for share in shares)


def _table(names: Iterable[str], rows: Iterable[tuple[str, ...]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), collapse_padding=True, pad_edge=False)
    for number, name in enumerate(names):
        table.add_column(name, justify="right" if number else "left", no_wrap=number > 0, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _print_errors(evaluation: Evaluation) -> None:
    """What stands where the errors are, a line each."""
    out = console()
    errors = list(evaluation.chosen)
    out.print(f"errors, {len(errors):,} of {evaluation.chosen.totals.total():,}, by line of the gold and offsets")
    for error in errors:
        place = f"{error.line}:{error.start}-{error.end}"
        out.print(f"  {error.sort.value:<15}{error.label:<22}{place:<20}{error.kind}  {error.value!r}", soft_wrap=True)
