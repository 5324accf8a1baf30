"""What a rule is: one row of a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from streamdeid.detect.rules.fold import Folded

#: What share of a row's score a match deserves: 0 rejects it, 1 accepts it as it is.
Check = Callable[[re.Match[str], Folded], float]


class Extent(NamedTuple):
    """What a walk from a cue has found in the folded text, and what share of its row's score it deserves."""

    start: int
    end: int
    share: float


#: From the cue to the identifier that it speaks of, or None.
Take = Callable[[re.Match[str], Folded], Extent | None]

#: (name, label, score, anchors, pattern, check): see `Rule`.
Row = tuple[str, str, float, str, str, Check | None]
#: (name, label, score, anchors, pattern of the cue, take).
Walk = tuple[str, str, float, str, str, Take]


class Rule(NamedTuple):
    """A pattern for one written form of one identifier, matched against the folded text in lower case.

    What it finds are its groups that are called v, v1, v2, or the whole match where it has none; or, with
    `take`, what that finds from the match on. `anchors` say where the pattern is tried (`anchors.Index`). No
    quantifier is without a bound, so that the time is linear in the text.
    """

    name: str
    label: str
    score: float
    anchors: tuple[str, ...]
    pattern: re.Pattern[str]
    check: Check | None = None
    groups: tuple[str | int, ...] = (0,)
    take: Take | None = None

    def found(self, match: re.Match[str], folded: Folded) -> Iterator[Finding]:
        """What a match of the pattern amounts to."""
        if self.take is not None:
            extent = self.take(match, folded)
            if extent is not None and extent.end > extent.start:
                yield Finding(extent.start, extent.end, self.label, self.score * extent.share, self.name)
            return
        score = self.score if self.check is None else self.score * self.check(match, folded)
        for group in self.groups if score else ():
            start, end = match.span(group)
            if end > start:
                yield Finding(start, end, self.label, score, self.name)


class Finding(NamedTuple):
    """An identifier in the folded text."""

    start: int
    end: int
    label: str
    score: float
    name: str


def rules(kind: str, rows: Iterable[Row]) -> tuple[Rule, ...]:
    """The rows of one table as rules; `kind` goes before their names."""
    return tuple(
        Rule(f"rules.{kind}.{name}", label, score, tuple(anchors.split()), *_compiled(pattern, check))
        for name, label, score, anchors, pattern, check in rows
    )


def walks(kind: str, rows: Iterable[Walk]) -> tuple[Rule, ...]:
    """The rows of a table whose patterns find cues only, as rules."""
    return tuple(
        Rule(f"rules.{kind}.{name}", label, score, tuple(anchors.split()), re.compile(pattern), take=take)
        for name, label, score, anchors, pattern, take in rows
    )


def _compiled(pattern: str, check: Check | None) -> tuple[re.Pattern[str], Check | None, tuple[str | int, ...]]:
    compiled = re.compile(pattern)
    groups = tuple(group for group in ("v", "v1", "v2") if group in compiled.groupindex)
    return compiled, check, groups or (0,)
