"""Words that make a finding beside them more likely, or less."""

from __future__ import annotations

from typing import NamedTuple

from streamdeid.detect.phrases import words_of
from streamdeid.types import Span

#: So many characters are looked at for each word.
_REACH = 24


class Nearby(NamedTuple):
    """`phrases` (as `phrases.words_of`, joined by blanks) within so many words of a finding of `label`, or of a finer
    label, change its score by `change`, once however many there are."""

    label: str
    phrases: frozenset[str]
    within: int
    change: float

    def concerns(self, span: Span) -> bool:
        """Whether it is about findings like this one."""
        return self.label in (span.label, span.label.partition("/")[0])

    def is_near(self, span: Span, text: str) -> bool:
        """Whether one of the phrases stands near."""
        reach = self.within * _REACH
        first = max(0, span.start - reach)
        before = words_of(text[first : span.start])
        if first and before and text[first - 1].isalnum() and text[first].isalnum():
            del before[0]  # its beginning is out of sight
        after = words_of(text[span.end : span.end + reach])
        sides = (before[-self.within :], after[: self.within])
        return any(f" {phrase} " in f" {' '.join(side)} " for side in sides for phrase in self.phrases)
