"""Errors chosen to be looked at: so many of each sort and label, with the text around them, and no more in memory."""

from __future__ import annotations

import heapq
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import count, pairwise
from typing import NamedTuple

from streamdeid.evaluate.comparing import Comparison, Cover, holds_word
from streamdeid.evaluate.marked import Marked

_AROUND = 100


class Sort(StrEnum):
    """What is wrong; the worst first."""

    MISSED = "missed"
    PARTLY = "partly"
    EXCESS = "excess"
    ONLY_HERE = "only here"
    ONLY_OTHER = "only the other"


class Role(StrEnum):
    """What a run of text is."""

    PLAIN = ""
    FOUND = "found"
    LEAKED = "leaked"
    EXCESS = "excess"
    OPEN = "open"


class Run(NamedTuple):
    """A run of text that is all of one role. `is_it` for the error that it is all about, `label` of gold or finding."""

    text: str
    role: Role
    label: str
    is_it: bool


class Shown(NamedTuple):
    """An error with the text around it. `line` is that of the gold, `start` and `end` are offsets in its text."""

    sort: Sort
    label: str
    kind: str
    id: str
    line: int
    start: int
    end: int
    runs: tuple[Run, ...]
    cut_before: bool
    cut_after: bool

    @property
    def family(self) -> str:
        """The label without its finer type."""
        return self.label.partition("/")[0]

    @property
    def value(self) -> str:
        """What it is about. An identifier, most often."""
        return "".join(run.text for run in self.runs if run.is_it)


class Chosen:
    """At most `each` errors for every sort and family of label. Which, depends on the errors alone and not on their
    order, and is like drawing lots: the same texts show the same errors again, as long as they are made. `totals` says
    how many there were."""

    def __init__(self, each: int) -> None:
        self._each = each
        self.totals: Counter[tuple[Sort, str]] = Counter()
        self._heaps: dict[tuple[Sort, str], list[tuple[int, int, Shown]]] = {}
        self._number = count()

    def add(self, comparison: Comparison) -> None:
        """The errors of a text."""
        errors = ((Sort.MISSED, comparison.missed), (Sort.PARTLY, comparison.partly), (Sort.EXCESS, comparison.excess))
        for sort, marks in errors:
            self.add_marks(sort, marks, comparison)

    def add_marks(self, sort: Sort, marks: Iterable[Marked], comparison: Comparison) -> None:
        """These places of a text."""
        for mark in marks:
            self.totals[sort, mark.family] += 1
            heap = self._heaps.setdefault((sort, mark.family), [])
            lot = zlib.crc32(f"{comparison.gold.id}\n{mark.start}\n{mark.end}".encode("utf-8", "replace"))
            if len(heap) < self._each:
                heapq.heappush(heap, (-lot, next(self._number), shown(sort, mark, comparison)))
            elif heap and -lot > heap[0][0]:
                heapq.heapreplace(heap, (-lot, next(self._number), shown(sort, mark, comparison)))

    def __iter__(self) -> Iterator[Shown]:
        """By sort, then by label, then in the order of the gold."""
        chosen = [one for heap in self._heaps.values() for _, _, one in heap]
        order = list(Sort)
        return iter(sorted(chosen, key=lambda one: (order.index(one.sort), one.family, one.line, one.start)))


def shown(sort: Sort, mark: Marked, comparison: Comparison) -> Shown:
    """An error with about so many characters before and after it, cut between words."""
    gold = comparison.gold
    start, end = _window(gold.text, mark)
    runs = tuple(_runs(mark, comparison, start, end))
    cut_before, cut_after = start > 0, end < len(gold.text)
    return Shown(sort, mark.label, gold.kind, gold.id, gold.line, mark.start, mark.end, runs, cut_before, cut_after)


def _window(text: str, mark: Marked) -> tuple[int, int]:
    start, end = max(0, mark.start - _AROUND), min(len(text), mark.end + _AROUND)
    if start:
        blank = text.find(" ", start, mark.start)
        start = blank + 1 if blank >= 0 else start
    if end < len(text):
        blank = text.rfind(" ", mark.end, end)
        end = blank if blank >= 0 else end
    return start, end


def _runs(mark: Marked, comparison: Comparison, start: int, end: int) -> Iterator[Run]:
    spans = _near([*comparison.gold.spans, *comparison.findings, *comparison.excess, mark], start, end)
    ends = {min(max(at, start), end) for span in spans for at in (span.start, span.end)}
    layers = _Layers(comparison, start, end)
    last = Run("", Role.PLAIN, "", False)
    for first, after in pairwise(sorted({start, end, *ends})):
        role, label = layers.at(first, after)
        run = Run(comparison.gold.text[first:after], role, label, mark.start <= first < mark.end)
        if run[1:] == last[1:]:
            last = last._replace(text=last.text + run.text)
        else:
            if last.text:
                yield last
            last = run
    yield last


class _Layers:
    """What lies over a stretch of text: gold, findings, excess."""

    def __init__(self, comparison: Comparison, start: int, end: int) -> None:
        gold = comparison.gold
        self._text = gold.text
        self._scored = _near((span for span in gold.spans if gold.scores(span)), start, end)
        self._findings = _near(comparison.findings, start, end)
        self._excess = _near(comparison.excess, start, end)
        self._cover = Cover(self._findings)

    def at(self, start: int, end: int) -> tuple[Role, str]:
        """The role and the label of a stretch that no boundary divides. Where it holds no word nothing can leak."""
        scored, finding = _first(self._scored, start), _first(self._findings, start)
        if scored:
            is_found = self._cover.holds(start, end) or not holds_word(self._text, start, end)
            return (Role.FOUND if is_found else Role.LEAKED), scored.label
        if finding and _first(self._excess, start):
            return Role.EXCESS, finding.label
        return (Role.OPEN, finding.label) if finding and holds_word(self._text, start, end) else (Role.PLAIN, "")


def _near(spans: Iterable[Marked], start: int, end: int) -> list[Marked]:
    return sorted(span for span in spans if span.start < end and span.end > start)


def _first(spans: Sequence[Marked], at: int) -> Marked | None:
    return next((span for span in spans if span.start <= at < span.end), None)
