"""Several models over one text: what one of them finds, or what most of them do."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Protocol

from streamdeid.types import Span


class TextReader(Protocol):
    """A detector that can be told what it will be asked, so that it reads many texts at once."""

    def __call__(self, text: str) -> list[Span]:
        """The findings, in any order; they may overlap."""
        ...

    def prefetch(self, texts: Iterable[str]) -> None:
        """Read these texts now; they will be asked for one by one. Never raises for what a text says."""
        ...


class _Several:
    def __init__(self, detectors: Sequence[TextReader]) -> None:
        self._detectors = detectors

    def _asked(self, text: str) -> list[list[Span]]:
        return [detector(text) for detector in self._detectors]

    def prefetch(self, texts: Iterable[str]) -> None:
        """See `TextReader`."""
        together = list(texts)
        for detector in self._detectors:
            detector.prefetch(together)


class Union(_Several):
    """A detector that finds what any of its detectors finds."""

    def __call__(self, text: str) -> list[Span]:
        """What the detectors find in `text`, each with the finest label that one of them has for it."""
        return finest([span for spans in self._asked(text) for span in spans])


class Majority(_Several):
    """A detector that finds what more than half of its detectors find: a finding counts when findings of its family
    in so many of them touch it."""

    def __call__(self, text: str) -> list[Span]:
        """What most detectors find in `text`, each with the finest label that one of them has for it."""
        return finest(majority(self._asked(text)))


def finest(spans: Sequence[Span]) -> list[Span]:
    """The same spans, a family's own label replaced by a finer one that the same stretch of text has in another span:
    a model that knows families only may be the surer one, and says nothing against the other. Where there are several
    finer ones, that of the highest score is taken."""
    finer: dict[tuple[int, int, str], Span] = {}
    for span in spans:
        place = (span.start, span.end, _family(span))
        if span.label != place[2] and (place not in finer or span.score > finer[place].score):
            finer[place] = span
    return [span if span.label != _family(span) else span._replace(label=_finer_label(span, finer)) for span in spans]


def _finer_label(span: Span, finer: dict[tuple[int, int, str], Span]) -> str:
    return finer.get((span.start, span.end, span.label), span).label


def majority(findings: Sequence[Sequence[Span]]) -> list[Span]:
    """The spans that findings of the same family in more than half of `findings` overlap, their own included.
    The findings of one detector are in order, and do not overlap each other."""
    marked = [_by_family(spans) for spans in findings]
    return [
        span
        for spans in findings
        for span in spans
        if 2 * sum(_touched(span, families) for families in marked) > len(findings)
    ]


def _by_family(spans: Sequence[Span]) -> dict[str, list[Span]]:
    families: dict[str, list[Span]] = {}
    for span in spans:
        families.setdefault(_family(span), []).append(span)
    return families


def _touched(span: Span, families: dict[str, list[Span]]) -> bool:
    others = families.get(_family(span), ())
    first = bisect_right(others, span.start, key=lambda other: other.end)
    return first < len(others) and others[first].start < span.end


def _family(span: Span) -> str:
    return span.label.partition("/")[0]
