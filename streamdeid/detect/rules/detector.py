"""All rules over one text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from streamdeid.detect.rules import ages, cities, dates, ids, names, organizations, phones, places, web
from streamdeid.detect.rules.fold import Folded, fold
from streamdeid.detect.rules.rule import Rule, find
from streamdeid.types import Span

#: Every rule there is, in the order in which their findings come.
RULES: tuple[Rule, ...] = (
    *names.RULES, *dates.RULES, *ages.RULES, *phones.RULES, *web.RULES, *ids.RULES, *places.RULES, *cities.RULES, *organizations.RULES,
)  # fmt: skip

_WORD = re.compile(r"[a-z]+")
_DIGIT = re.compile(r"[0-9]")
_FIVE_DIGITS = re.compile(r"[0-9]{5}")
#: Texts up to this length (names of tests, units, short results) come again and again in a stream of messages.
_SHORT = 256


class RuleDetector:
    """Finds what is written like an identifier: a pure function of the text.

    Spans may overlap and stand in no particular order; `by` is ``rules.<module>.<row>``; scores are graded by evidence:
    0.95 and more where a check digit, a full form or an unmistakable word proves it, down to 0.4 where nothing but its
    shape speaks for it.
    """

    def __call__(self, text: str) -> list[Span]:
        """The findings in `text`; start and end are string indices."""
        return list(_short(text) if len(text) < _SHORT else _scan(text))


@lru_cache(maxsize=16_384)
def _short(text: str) -> tuple[Span, ...]:
    return _scan(text)


def _scan(text: str) -> tuple[Span, ...]:
    folded = fold(text)
    spans = []
    for rule in _wanted(folded):
        for found in find(rule, folded):
            start, end = folded.extent(found.start, found.end)
            spans.append(Span(start, end, found.label, found.score, found.name))
    return tuple(spans)


def _index(rules: Iterable[Rule]) -> tuple[dict[str, tuple[int, ...]], tuple[int, ...]]:
    """Which rules a word calls for, and which need no word; as positions in `RULES`."""
    by_word: dict[str, tuple[int, ...]] = {}
    wordless = []
    for position, rule in enumerate(rules):
        for word in rule.words:
            by_word[word] = (*by_word.get(word, ()), position)
        if not rule.words:
            wordless.append(position)
    return by_word, tuple(wordless)


_BY_WORD, _WORDLESS = _index(RULES)
_CUES = _BY_WORD.keys()


def _wanted(folded: Folded) -> list[Rule]:
    """The rules whose cues are in the text. Most short texts have none, and are done here."""
    lower = folded.lower
    chosen: set[int] = set()
    for word in _CUES & set(_WORD.findall(lower)):
        chosen.update(_BY_WORD[word])
    chosen.update(_WORDLESS)
    marks = {"#": _DIGIT.search(lower) is not None, "#5": _FIVE_DIGITS.search(lower) is not None}
    wanted = []
    for position in sorted(chosen):
        rule = RULES[position]
        if all(marks[mark] if mark in marks else mark in lower for mark in rule.marks):
            wanted.append(rule)
    return wanted
