"""From findings that overlap to spans that do not."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from streamdeid.types import Span

#: Rules' scores from here on mean that a check digit, a complete form or an unmistakable word proves the finding.
PROVEN = 0.95
#: What `Span.by` begins with where a list of identifiers has the finding.
LISTED = "deny."
#: Between the names of several detectors in `Span.by`, and how many there are at most.
AND, MOST_NAMED = "+", 8
_RULES = ("rules.", "pattern.", LISTED)
#: Labels of what is made of words and numbers, and means something as a whole only.
_ADDRESSES = ("CONTACT/EMAIL", "CONTACT/URL", "NAME/USER")


class Decide(Protocol):
    """From findings that may overlap to disjoint spans in order: `resolve`, or a `decide.Decision`."""

    def __call__(self, spans: Sequence[Span], text: str) -> list[Span]:
        """The spans that count."""
        ...


def resolve(spans: Sequence[Span], text: str) -> list[Span]:
    """The spans, sorted and disjoint; nothing that any of them covers is left uncovered but blanks and punctuation.

    Ground that several claim goes to the mention of a known value first (`Span.entity`), then to what a rule has
    proven, then to the longest, then to the highest score. But an electronic address that a rule has found goes before
    the names and numbers within it: what stands for it is one address, not pieces of one. What is left of the others
    stays as spans of their own, without their entity (a piece of a value is not the value), and without blanks and
    punctuation at their ends.
    Neighbours are never merged, be they of one label.

    `by` names the detectors of all findings that overlap a span, the one whose label it has first, the others in
    order of their names; of a detector's several rules the best.
    """
    won: list[Span] = []
    whole = _enclosing(spans)
    ranked = sorted(spans, key=(lambda span: (span not in whole, *_rank(span))) if whole else _rank)
    overlap = False
    for span in ranked:
        free = list(_free(span, won))
        if free == [(span.start, span.end)]:
            won.insert(_position(won, span.start), span)
            continue
        overlap = True
        for start, end in free:
            piece = _trimmed(span, start, end, text)
            if piece is not None:
                won.insert(_position(won, start), piece)
    return _named(won, ranked) if overlap else won


def _enclosing(spans: Sequence[Span]) -> set[Span]:
    """The electronic addresses within which known values are mentioned; a telephone number or an address that is known
    stays itself in any other."""
    addresses = [span for span in spans if span.label in _ADDRESSES and span.entity is None and _is_of_a_rule(span)]
    if not addresses:
        return set()
    known = sorted(span[:2] for span in spans if span.entity is not None and not span.label.startswith("CONTACT"))
    return {one for one in addresses if _encloses(one, known)}


def _encloses(address: Span, known: Sequence[tuple[int, int]]) -> bool:
    """Whether one of `known` (sorted) lies within an address, and is not all of it."""
    index = bisect_left(known, (address.start, 0))
    while index < len(known) and known[index][0] < address.end:
        if known[index][1] <= address.end and known[index] != (address.start, address.end):
            return True
        index += 1
    return False


def _is_of_a_rule(span: Span) -> bool:
    return span.by.startswith(_RULES)


def is_proven(span: Span) -> bool:
    """Whether a rule, a pattern or a list of identifiers has proven it."""
    return span.score >= PROVEN and _is_of_a_rule(span)


def is_of_a_model(span: Span) -> bool:
    """Whether a model has found it: no mention of a known value, nothing that a rule or a list has."""
    return span.entity is None and span.by.startswith("ner.")


def detector(by: str) -> str:
    """The detector of a `Span.by`: ``rules`` for all of its rules, else the name itself."""
    return "rules" if by.startswith("rules.") else by


def _named(won: list[Span], ranked: Sequence[Span]) -> list[Span]:
    """The spans with the names of all detectors. `ranked` are the findings, best first."""
    named: list[dict[str, str]] = [{} for _ in won]
    for span in ranked:
        index = _position(won, span.start)
        index -= index > 0 and won[index - 1].end > span.start
        while index < len(won) and won[index].start < span.end:
            for name in span.by.split(AND) if span.start < span.end else ():
                named[index].setdefault(detector(name), name)
            index += 1
    return [_with_names(span, names) for span, names in zip(won, named, strict=True)]


def _with_names(span: Span, names: Mapping[str, str]) -> Span:
    first = span.by.partition(AND)[0]
    others = sorted(name for found_by, name in names.items() if found_by != detector(first))
    return span._replace(by=AND.join([first, *others[: MOST_NAMED - 1]])) if others else span


def _rank(span: Span) -> tuple[object, ...]:
    """Best first. The last parts only make the order certain."""
    proven = is_proven(span)
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
