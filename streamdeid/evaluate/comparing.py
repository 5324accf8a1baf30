"""One text's findings against its gold: which words and which whole entities were found, and what was marked besides.

A word is a run of letters and digits; the s of a possessive is none. It is to be found if a gold span of a scored
label touches it, and is found if findings cover all of it that gold spans do, whatever their labels: a surrogate of the
wrong kind leaks nothing, half a number leaks the other half. A word that only a label outside of those annotated in its
text claims, or that the gold leaves open, counts neither way.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from streamdeid.evaluate.marked import Gold, Marked
from streamdeid.evaluate.tally import Tally

_WORD = re.compile(r"(?!(?<=[^\W_]['\u2019])[sS]\b)[^\W_]+")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one text's findings are worth. Of the entities (gold spans that are to be found and hold a word), `missed`
    were not touched, and `partly` touched but not found in every word. `excess` are runs of words that are nobody's,
    with the label of the finding that marks them. `labels` are tallies by family (`marked`, `right` and `findings` by
    that of the finding, all else by that of the gold), `finer` those of gold labels with a finer type."""

    gold: Gold
    findings: tuple[Marked, ...]
    overall: Tally
    labels: dict[str, Tally]
    finer: dict[str, Tally]
    whole: tuple[Marked, ...]
    missed: tuple[Marked, ...]
    partly: tuple[Marked, ...]
    excess: tuple[Marked, ...]

    @property
    def entities(self) -> list[Marked]:
        """All that was to be found, in order."""
        return sorted((*self.whole, *self.partly, *self.missed))


def compare(gold: Gold, findings: Iterable[Marked]) -> Comparison:
    """What findings in a text are worth. They may overlap and stand in any order; doublets count once."""
    found = tuple(sorted(set(findings)))
    words, cover = _Words(gold.text), Cover(found)
    exact = {(finding.start, finding.end, finding.family) for finding in found}
    # What is marked twice, as NAME and as NAME/PATIENT, is one entity, of the finer label.
    spans = sorted({(span.start, span.end, span.family): span for span in sorted(gold.spans)}.values())
    scored = [_entity(span, words, cover, exact) for span in spans if gold.scores(span) and words.touched(span)]
    open_words = {word for span in spans if not gold.scores(span) for word in words.touched(span)}
    judged = _Judged(gold, found, words, scored, open_words)
    overall, labels, finer = _tallies(scored, judged)
    return Comparison(
        gold,
        found,
        overall,
        labels,
        finer,
        whole=tuple(entity.span for entity in scored if entity.tally.whole),
        missed=tuple(entity.span for entity in scored if entity.tally.missed),
        partly=tuple(entity.span for entity in scored if entity.tally.partly),
        excess=tuple(sorted({run for finding in found for run in judged.excess(finding)})),
    )


def holds_word(text: str, start: int, end: int) -> bool:
    """Whether there is a word, or a piece of one, in `text[start:end]`."""
    return _WORD.search(text, start, end) is not None


class Cover:
    """The ground that sorted spans cover together."""

    def __init__(self, spans: Iterable[Marked]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for span in spans:
            if self._ends and span.start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], span.end)
            else:
                self._starts.append(span.start)
                self._ends.append(span.end)

    def holds(self, start: int, end: int) -> bool:
        """Whether all characters from `start` to `end` are covered."""
        at = bisect_right(self._starts, start) - 1
        return at >= 0 and self._ends[at] >= end

    def touches(self, start: int, end: int) -> bool:
        """Whether any of them is."""
        at = bisect_left(self._starts, end) - 1
        return at >= 0 and self._ends[at] > start


class _Words:
    """The words of a text, by index."""

    def __init__(self, text: str) -> None:
        places = [match.span() for match in _WORD.finditer(text)]
        self._starts = [start for start, _ in places]
        self._ends = [end for _, end in places]

    def touched(self, span: Marked) -> range:
        return range(bisect_right(self._ends, span.start), bisect_left(self._starts, span.end))

    def part(self, word: int, span: Marked) -> tuple[int, int]:
        """What of the word the span has."""
        return max(self._starts[word], span.start), min(self._ends[word], span.end)


class _Entity(NamedTuple):
    """A gold span, its words, those of them that were not found, and its counts."""

    span: Marked
    words: range
    leaked: frozenset[int]
    tally: Tally


def _entity(span: Marked, words: _Words, cover: Cover, exact: set[tuple[int, int, str]]) -> _Entity:
    own = words.touched(span)
    parts = {word: words.part(word, span) for word in own}
    leaked = frozenset(word for word, part in parts.items() if not cover.holds(*part))
    tally = Tally(
        gold=len(own),
        found=len(own) - len(leaked),
        entities=1,
        whole=int(not leaked),
        missed=int(not any(cover.touches(*part) for part in parts.values())),
        exact=int((span.start, span.end, span.family) in exact),
    )
    return _Entity(span, own, leaked, tally)


class _Judged:
    """The findings, seen from the gold: which of their words are identifiers, and which nobody's."""

    def __init__(
        self,
        gold: Gold,
        findings: Sequence[Marked],
        words: _Words,
        entities: Sequence[_Entity],
        open_words: set[int],
    ) -> None:
        self._gold, self._words, self._open = gold, words, open_words
        self.to_find = {word for entity in entities for word in entity.words}
        self.right = {word for finding in findings for word in words.touched(finding)} & self.to_find
        self.families: dict[str, list[Marked]] = {}
        for finding in findings:
            if gold.judges(finding) and words.touched(finding):
                self.families.setdefault(finding.family, []).append(finding)
        self._exact = {(entity.span.start, entity.span.end, entity.span.family) for entity in entities}

    def tally(self, findings: Iterable[Marked]) -> Tally:
        """The counts of findings of one family."""
        touched = {word for finding in findings for word in self._words.touched(finding)}
        right = len(touched & self.to_find)
        ends = {(finding.start, finding.end, finding.family) for finding in findings if self._counts(finding)}
        return Tally(marked=right + len(touched - self.to_find - self._open), right=right, findings=len(ends))

    def _counts(self, finding: Marked) -> bool:
        """Whether it can be told whether the finding, as a whole, is right."""
        is_exact = (finding.start, finding.end, finding.family) in self._exact
        return is_exact or self._open.isdisjoint(self._words.touched(finding))

    def wrong(self) -> set[int]:
        """Marked words that are nobody's."""
        judged = (finding for findings in self.families.values() for finding in findings)
        return {word for finding in judged for word in self._words.touched(finding)} - self.to_find - self._open

    def excess(self, finding: Marked) -> Iterator[Marked]:
        """Runs of words in the finding that are nobody's."""
        if not self._gold.judges(finding):
            return
        run: list[int] = []
        for word in self._words.touched(finding):
            if word not in self.to_find and word not in self._open:
                run.append(word)
            elif run:
                yield self._run(finding, run)
                run = []
        if run:
            yield self._run(finding, run)

    def _run(self, finding: Marked, run: Sequence[int]) -> Marked:
        return Marked(self._words.part(run[0], finding)[0], self._words.part(run[-1], finding)[1], finding.label)


def _tallies(entities: Sequence[_Entity], judged: _Judged) -> tuple[Tally, dict[str, Tally], dict[str, Tally]]:
    """Over all, by family, and by finer label of the gold."""
    overall = Tally()
    labels: dict[str, Tally] = {}
    finer: dict[str, Tally] = {}
    for entity in entities:
        overall.add(entity.tally)
        labels.setdefault(entity.span.family, Tally()).add(entity.tally)
        if entity.span.family != entity.span.label:
            finer.setdefault(entity.span.label, Tally()).add(entity.tally)
    for family, findings in judged.families.items():
        tally = judged.tally(findings)
        overall.findings += tally.findings
        labels.setdefault(family, Tally()).add(tally)
    # A word that several spans touch counts once.
    overall.gold = len(judged.to_find)
    overall.found = overall.gold - len({word for entity in entities for word in entity.leaked})
    overall.right = len(judged.right)
    overall.marked = overall.right + len(judged.wrong())
    return overall, labels, finer
