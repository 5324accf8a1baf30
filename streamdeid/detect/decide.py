"""From what all detectors found in a text to what counts: context, lists of what is no identifier, thresholds."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from streamdeid.detect.dictionary import Dictionary
from streamdeid.detect.nearby import Nearby
from streamdeid.detect.resolve import LISTED, PROVEN, detector, is_proven, resolve
from streamdeid.types import Span

#: Nothing that stands beside a rule's finding proves it.
_NOT_PROVEN = PROVEN - 0.01


@dataclass(frozen=True, slots=True)
class Decision:
    """What a policy says of findings, then `resolve`.

    First `nearby` changes scores; then findings that lie wholly in a phrase of `allowed` go, where the label is one of
    that list's `allowed_labels` (none: any); then those below the threshold of their label, or else of its family,
    unless a finding of the same family by another detector overlaps. Mentions of known values and what stands in lists
    of identifiers are never touched, nor what a rule has proven by the first two.
    """

    thresholds: Mapping[str, float]
    nearby: Sequence[Nearby]
    allowed: Dictionary
    allowed_labels: Sequence[frozenset[str]]

    def __call__(self, spans: Sequence[Span], text: str) -> list[Span]:
        """The spans that count, sorted and disjoint."""
        if self.nearby:
            spans = [self._weighed(span, text) for span in spans]
        if len(self.allowed):
            spans = self._without_allowed(spans, text)
        if self.thresholds:
            spans = list(self._sure(spans))
        return resolve(spans, text)

    def _weighed(self, span: Span, text: str) -> Span:
        if _is_certain(span) or is_proven(span):
            return span
        near = (each.change for each in self.nearby if each.concerns(span) and each.is_near(span, text))
        change = sum(near)
        most = 1.0 if span.by.startswith("ner.") else max(_NOT_PROVEN, span.score)
        return span._replace(score=min(max(span.score + change, 0.0), most)) if change else span

    def _without_allowed(self, spans: Sequence[Span], text: str) -> Sequence[Span]:
        doubtful = sorted({span for span in spans if not _is_certain(span) and not is_proven(span)})
        gone: set[Span] = set()
        for phrase in self.allowed.find(text) if doubtful else ():
            labels = self.allowed_labels[phrase.number]
            for span in doubtful[bisect_left(doubtful, (phrase.start,)) : bisect_left(doubtful, (phrase.end,))]:
                if span.end <= phrase.end and (not labels or labels & _names(span)):
                    gone.add(span)
        return [span for span in spans if span not in gone]

    def _sure(self, spans: Sequence[Span]) -> Iterator[Span]:
        by_family: dict[str, list[Span]] = {}
        for span in sorted(spans, key=lambda span: span.start):
            by_family.setdefault(span.label.partition("/")[0], []).append(span)
        longest = max((span.end - span.start for span in spans), default=0)
        for span in spans:
            family = by_family[span.label.partition("/")[0]]
            if _is_certain(span) or span.score >= self._threshold(span.label) or _has_support(span, family, longest):
                yield span

    def _threshold(self, label: str) -> float:
        return self.thresholds.get(label, self.thresholds.get(label.partition("/")[0], 0.0))


def _is_certain(span: Span) -> bool:
    return span.entity is not None or span.by.startswith(LISTED)


def _names(span: Span) -> set[str]:
    return {span.label, span.label.partition("/")[0]}


def _has_support(span: Span, family: Sequence[Span], longest: int) -> bool:
    """Whether another detector found something of the same family here. `family` is in order of start."""
    first = bisect_left(family, span.start - longest, key=lambda other: other.start)
    last = bisect_left(family, span.end, key=lambda other: other.start)
    own = detector(span.by)
    return any(other.end > span.start and detector(other.by) != own for other in family[first:last])
