"""From findings that overlap to spans that do not."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from streamdeid.types import Span

#: Rules' scores from here on mean that a check digit, a complete form or an unmistakable word proves the finding.
PROVEN = 0.95


def resolve(spans: Sequence[Span], text: str) -> list[Span]:
    """The spans, sorted and disjoint; nothing that any of them covers is left uncovered but blanks and punctuation.

    Ground that several claim goes to the mention of a known value first (`Span.entity`), then to what a rule has
    proven, then to the longest, then to the highest score. What is left of the others stays as spans of their own,
    without their entity (a piece of a value is not the value), and without blanks and punctuation at their ends.
    Neighbours are never merged, be they of one label.
    """
    won: list[Span] = []
    for span in sorted(spans, key=_rank):
        for start, end in _free(span, won):
            whole = (start, end) == (span.start, span.end)
            piece = span if whole else _trimmed(span, start, end, text)
            if piece is not None:
                won.insert(_position(won, start), piece)
    return won


def _rank(span: Span) -> tuple[object, ...]:
    """Best first. The last parts only make the order certain."""
    proven = span.by.startswith("rules.") and span.score >= PROVEN
    entity = span.entity
    value = (entity.value, entity.namespace, entity.subject) if entity is not None else ()
    return (entity is None, not proven, span.start - span.end, -span.score, span.start, span.label, span.by, value)


def _position(won: Sequence[Span], start: int) -> int:
    return bisect_left(won, start, key=lambda span: span.start)


def _free(span: Span, won: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """The stretches of `span` that none of `won` (sorted, disjoint) covers."""
    index = _position(won, span.start)
    start = span.start
    if index and won[index - 1].end > start:
        start = won[index - 1].end
    taken = []
    while index < len(won) and won[index].start < span.end:
        taken.append(won[index])
        index += 1
    for other in taken:
        if start < other.start:
            yield start, other.start
        start = max(start, other.end)
    if start < span.end:
        yield start, span.end


def _trimmed(span: Span, start: int, end: int, text: str) -> Span | None:
    """The piece without blanks and punctuation at its ends, if anything else is in it."""
    while start < end and _separates(text[start]):
        start += 1
    while end > start and _separates(text[end - 1]):
        end -= 1
    return span._replace(start=start, end=end, entity=None) if start < end else None


def _separates(character: str) -> bool:
    return unicodedata.category(character)[0] in "ZPC"
