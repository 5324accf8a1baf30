"""An evaluation as one HTML page that needs nothing else: tables, and errors in their context. It holds what the gold
texts hold."""

from __future__ import annotations

from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from streamdeid.evaluate.evaluation import Evaluation
from streamdeid.evaluate.figures import COLUMNS, NOTHING, cells, parts
from streamdeid.evaluate.misses import Role, Sort

_TEMPLATE = "page.html"
_SORTS = {
    Sort.MISSED: "missed: no finding touches it",
    Sort.PARTLY: "partly found: a word of it leaks",
    Sort.EXCESS: "excess: marked, and nobody's",
    Sort.ONLY_HERE: "found here, not by the other",
    Sort.ONLY_OTHER: "found by the other, not here",
}
_SIGNS = {Role.FOUND: "found", Role.LEAKED: "leaked", Role.EXCESS: "excess", Role.OPEN: "not judged"}


def page(evaluation: Evaluation) -> str:
    """The page, as HTML."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["percent"] = _percent
    environment.filters["points"] = _points
    template = environment.from_string((files("streamdeid.evaluate") / _TEMPLATE).read_text(encoding="utf-8"))
    errors = list(evaluation.chosen)
    return template.render(
        evaluation=evaluation,
        overall=evaluation.scores.overall,
        parts=list(parts(evaluation.scores)),
        columns=COLUMNS,
        cells=cells,
        errors=errors,
        total=evaluation.chosen.totals.total(),
        sorts={sort: meaning for sort, meaning in _SORTS.items() if any(one.sort is sort for one in errors)},
        families=sorted({one.family for one in errors}),
        kinds=sorted({one.kind for one in errors}),
        signs=_SIGNS,
        nothing=NOTHING,
    )


def _percent(share: float | None) -> str:
    return NOTHING if share is None else f"{100 * share:.2f}"


def _points(first: float | None, other: float | None) -> str:
    """By how many percentage points the first is above the other."""
    return NOTHING if first is None or other is None else f"{100 * (first - other):+.2f}".replace("-", "\u2212")
