"""Tallies as rows of a table, for people, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from streamdeid.evaluate.scoring import Scores
from streamdeid.evaluate.tally import Tally

#: What stands where there is nothing to measure.
NOTHING = "-"


class Column(NamedTuple):
    """A column of a table of tallies: what it is called, and what that means."""

    name: str
    meaning: str


COLUMNS = (
    Column("all", "entities: gold spans to be found"),
    Column("missed", "entities that no finding touches"),
    Column("partly", "entities touched, but not found in every word"),
    Column("whole", "share of entities found in every word"),
    Column("recall", "share of words to be found that were"),
    Column("prec.", "share of marked words that were to be found"),
    Column("F1", "of these two"),
    Column("F2", "of these two, recall weighing higher"),
    Column("exact", "F1 of entities found from end to end with a label of the right family"),
)


def cells(tally: Tally) -> tuple[str, ...]:
    """The values of `COLUMNS`; shares in percent."""
    has_both = bool(tally.gold and tally.marked)
    return (
        f"{tally.entities:,}",
        f"{tally.missed:,}",
        f"{tally.partly:,}",
        _percent(tally.wholes, tally.entities),
        _percent(tally.recall, tally.gold),
        _percent(tally.precision, tally.marked),
        _percent(tally.f(), has_both),
        _percent(tally.f(2), has_both),
        _percent(tally.exact_f, tally.entities and tally.findings),
    )


def _percent(share: float, of: int | bool) -> str:
    return f"{100 * share:.2f}" if of else NOTHING


def as_json(tally: Tally) -> dict[str, float | int | None]:
    """Counts and measures; None where there is nothing to measure."""
    measures = {
        "whole_share": tally.wholes if tally.entities else None,
        "recall": tally.recall if tally.gold else None,
        "precision": tally.precision if tally.marked else None,
        "f1": tally.f() if tally.gold and tally.marked else None,
        "f2": tally.f(2) if tally.gold and tally.marked else None,
        "exact_recall": tally.exact_recall if tally.entities else None,
        "exact_precision": tally.exact_precision if tally.findings else None,
        "exact_f1": tally.exact_f if tally.entities and tally.findings else None,
    }
    return {
        "entities": tally.entities,
        "missed": tally.missed,
        "partly": tally.partly,
        "whole": tally.whole,
        "exact": tally.exact,
        "findings": tally.findings,
        "words": tally.gold,
        "words_found": tally.found,
        "words_marked": tally.marked,
        "words_right": tally.right,
        **measures,
    }


class Part(NamedTuple):
    """A table: its name, what its rows tell apart, and its rows."""

    title: str
    by: str
    rows: list[tuple[str, Tally]]


def parts(scores: Scores) -> Iterator[Part]:
    """The tables of an evaluation, those that say nothing left out: labels with their finer types below, worst first;
    kinds of text; seen and unseen. Finer types have no precision: findings are judged by family."""
    yield Part("all texts", "", [("all", scores.overall)])
    yield Part("by label", "label", list(_labels(scores)))
    if len(scores.kinds) > 1:
        kinds = sorted(scores.kinds.items(), key=_worst_first)
        yield Part("by kind of text", "kind", [(kind or "(none)", tally) for kind, tally in kinds])
    if scores.seen:
        rows = [("seen" if seen else "unseen", tally) for seen, tally in sorted(scores.seen.items())]
        yield Part("seen and unseen texts", "texts", rows)


def _labels(scores: Scores) -> Iterator[tuple[str, Tally]]:
    for family, tally in sorted(scores.labels.items(), key=_worst_first):
        yield family, tally
        finer = {label: one for label, one in scores.finer.items() if label.partition("/")[0] == family}
        yield from ((f"  /{label.partition('/')[2]}", one) for label, one in sorted(finer.items(), key=_worst_first))


def _worst_first(row: tuple[str, Tally]) -> tuple[float, int, str]:
    return row[1].recall, -row[1].entities, row[0]


def summary(scores: Scores) -> dict[str, object]:
    """All of it, for `--json`."""

    def each(tallies: Mapping[str, Tally]) -> dict[str, object]:
        return {name: as_json(tally) for name, tally in sorted(tallies.items())}

    return {
        "texts": scores.texts,
        "overall": as_json(scores.overall),
        "labels": each(scores.labels),
        "finer": each(scores.finer),
        "kinds": each(scores.kinds),
        "seen": each({"seen" if seen else "unseen": tally for seen, tally in scores.seen.items()}),
        "left_open": dict(sorted(scores.left_open.items())),
    }
