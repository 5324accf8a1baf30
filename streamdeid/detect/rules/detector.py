"""All rules over one text."""

from __future__ import annotations

from functools import lru_cache

from streamdeid.detect.named_again import named_again
from streamdeid.detect.rules import ages, cities, dates, ids, names, organizations, phones, places, web
from streamdeid.detect.rules.anchors import Index
from streamdeid.detect.rules.fold import fold
from streamdeid.detect.rules.rule import Rule
from streamdeid.types import Span

#: Every rule there is.
RULES: tuple[Rule, ...] = (
    *names.RULES,
    *dates.RULES,
    *ages.RULES,
    *phones.RULES,
    *web.RULES,
    *ids.RULES,
    *places.RULES,
    *cities.RULES,
    *organizations.RULES,
)
_INDEX = Index(RULES)
#: Texts up to this length (names of tests, units, short results) come again and again in a stream of
#: messages.
_SHORT = 256


class RuleDetector:
    """Finds what is written like an identifier: a pure function of the text.

    Spans may overlap and stand in no particular order; `by` is ``rules.<module>.<row>``; scores are graded by
    evidence: 0.95 and more where a check digit, a full form or an unmistakable word proves it, down to 0.4
    where nothing but its shape speaks for it.
    """

    def __call__(self, text: str) -> list[Span]:
        """The findings in `text`; start and end are string indices."""
        return list(_short(text) if len(text) < _SHORT else _scan(text))


@lru_cache(maxsize=16_384)
def _short(text: str) -> tuple[Span, ...]:
    return _scan(text)


def _scan(text: str) -> tuple[Span, ...]:
    folded = fold(text)
    spans: dict[Span, None] = {}
    for found in _INDEX.find(folded):
        start, end = folded.extent(found.start, found.end)
        spans[Span(start, end, found.label, found.score, found.name)] = None
    return tuple(sorted([*spans, *named_again(spans, text)]))
