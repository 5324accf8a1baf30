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
#: Longer than any label; a kind of text may be called anything. Wider than any table.
_LONGEST_NAME, _UNBOUNDED = 40, 1_000


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
    missed, entities = scores.overall.missed, scores.overall.entities
    if entities:
        out.print(f"leaks: {missed:,} of {entities:,} entities were missed altogether")
    else:
        out.print("leaks: none to tell, for the gold marks no entity; what is found there is wrong")
    if missed:
        worst = _most_missed(scores.labels.items())
        _print_table(("label", "missed", "of"), ((name, f"{one.missed:,}", f"{one.entities:,}") for name, one in worst))
    for part in parts(scores):
        out.print(part.title)
        names = (part.by or "texts", *(column.name for column in COLUMNS))
        _print_table(names, ((name, *cells(tally)) for name, tally in part.rows))
    if evaluation.other:
        out.print(f"compared with {evaluation.other}")
        _print_table(_DIFFERENCES, map(_cells, evaluation.differences))
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


def _print_table(names: Iterable[str], rows: Iterable[tuple[str, ...]]) -> None:
    """As wide as it is, beyond the terminal's width if need be: a label or a number in two pieces cannot be read."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), collapse_padding=True, pad_edge=False)
    for number, name in enumerate(names):
        if number:
            table.add_column(name, justify="right", no_wrap=True)
        else:
            table.add_column(name, max_width=_LONGEST_NAME, overflow="fold")
    for row in rows:
        table.add_row(*row)
    out = console()
    table.width = out.measure(table, options=out.options.update(width=_UNBOUNDED)).maximum
    out.print(table, crop=False)


def _print_errors(evaluation: Evaluation) -> None:
    """What stands where the errors are, a line each."""
    out = console()
    errors = list(evaluation.chosen)
    out.print(f"errors, {len(errors):,} of {evaluation.chosen.totals.total():,}, by line of the gold and offsets")
    for error in errors:
        place = f"{error.line}:{error.start}-{error.end}"
        out.print(f"  {error.sort.value:<15}{error.label:<22}{place:<20}{error.kind}  {error.value!r}", soft_wrap=True)
