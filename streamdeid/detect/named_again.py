"""Surnames of people whom a text names in full or by title, where it names them again: ``Brown, P.`` behind
``Dr. Peter Brown``.

They are sought as the names of known patients are, with more caution: a surname that is a word too only with an
initial, a comma and a given name, a title or a possessive beside it, words of medicine never.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Final

from streamdeid.detect.clinical_words import medical_words
from streamdeid.detect.known import KnownDetector
from streamdeid.detect.known_eponyms import is_medical_noun
from streamdeid.detect.known_names import split_name
from streamdeid.detect.known_text import fold, word_set
from streamdeid.detect.ordinary import is_ordinary
from streamdeid.detect.rules.words import CITIES, COMMON, EPONYMS, SURNAMES
from streamdeid.types import Entity, Span

_BY: Final = "rules.names.again"
_RULES: Final = frozenset(
    f"rules.names.{name}" for name in word_set("doctor title doctor-field by degree given-surname")
)
_SURE: Final = 0.65
_SCORE: Final = 0.75
#: What `KnownDetector` gives for a capital alone, and for a possessive.
_STANDS_OUT, _POSSESSIVE = 0.5, 0.6
#: What is a disease with a possessive alone.
_DISEASES: Final = word_set("addison alzheimer bell crohn cushing down graves hodgkin huntington parkinson wilson")
_NEXT: Final = re.compile(r"(?:['\u2019]s)? ([A-Za-z]+)")
_SHORTEST = 3
#: Characters that are read on both sides of a surname, and how many are enough.
_WINDOW, _ENOUGH = 200, 100
#: So many characters at most are between the parts of a name.
_APART = 3


def named_again(spans: Iterable[Span], text: str) -> list[Span]:
    """The mentions that none of `spans` covers, of the people whom some of them name. No span has an entity."""
    naming = _disjoint(span[:2] for span in spans if span.by in _RULES and span.score >= _SURE)
    entities = [entity for name in {text[start:end]: None for start, end in naming} for entity in _names(name)]
    families = {_own_word(one.value) for one in entities if one.label == "NAME/FAMILY"}
    windows = _around(text, sorted(at for one in families for at in _elsewhere(one, text, naming)))
    if not windows:
        return []
    mentions = KnownDetector(entities).find_all([text[start:end] for start, end in windows])
    found = [
        span._replace(start=span.start + start, end=span.end + start)
        for (start, _), within in zip(windows, mentions, strict=True)
        for span in within
        if not _covered(span.start + start, naming)
    ]
    meant = [span for span in found if span.label == "NAME/FAMILY" and _is_meant(span, text)]
    meant += _beside(meant, [span for span in found if span.label == "NAME/GIVEN"])
    return [span._replace(score=_SCORE, by=_BY, entity=None) for span in meant]


def _disjoint(extents: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Extents in order, the first and longest of those that overlap."""
    chosen: list[tuple[int, int]] = []
    for start, end in sorted(extents, key=lambda extent: (extent[0], -extent[1])):
        if not chosen or start >= chosen[-1][1]:
            chosen.append((start, end))
    return chosen


def _names(name: str) -> Iterator[Entity]:
    """The parts of a name, if it has a family name that may be sought."""
    parts = [Entity(part.label, name[part.start : part.end]) for part in split_name(name)]
    if any(part.label == "NAME/FAMILY" and _may_be_sought(part.value, len(parts)) for part in parts):
        yield from (part for part in parts if part.label in ("NAME/FAMILY", "NAME/GIVEN"))


def _may_be_sought(family: str, parts: int) -> bool:
    """Whether a surname found can be trusted to be one, and means nothing else, or is known to mean something else."""
    word = fold(_own_word(family))
    if len(word) < _SHORTEST or family.islower() or (parts == 1 and word not in SURNAMES):
        return False
    if is_ordinary(word):
        return True
    if word in COMMON or word in CITIES:
        return False
    return word in SURNAMES or (word not in EPONYMS and word not in medical_words())


def _own_word(family: str) -> str:
    """The word of a family name that stands behind its particles."""
    return family.rsplit(maxsplit=1)[-1]


def _elsewhere(family: str, text: str, naming: Sequence[tuple[int, int]]) -> Iterator[int]:
    """Where a surname stands without being in one of the names: most do not."""
    for written in {family, family.upper(), family.title()}:
        at = text.find(written)
        while at >= 0:
            if not _covered(at, naming):
                yield at
            at = text.find(written, at + 1)


def _around(text: str, places: Iterable[int]) -> list[tuple[int, int]]:
    """What is to be read: some words on both sides of each of the places, in their order."""
    windows: list[tuple[int, int]] = []
    for at in places:
        if windows and at < windows[-1][1] - _ENOUGH:
            continue
        start = text.rfind(" ", 0, max(at - _WINDOW, 0)) + 1
        end = text.find(" ", at + _WINDOW)
        end = end if end >= 0 else len(text)
        if windows and start <= windows[-1][1]:
            start = windows.pop()[0]
        windows.append((start, end))
    return windows


def _covered(at: int, extents: Sequence[tuple[int, int]]) -> bool:
    index = bisect_right(extents, at, key=itemgetter(0)) - 1
    return index >= 0 and at < extents[index][1]


def _is_meant(span: Span, text: str) -> bool:
    """Whether a surname found is written as one, and is not the first word of a medical term."""
    name = text[span.start : span.end]
    following = _NEXT.match(text, span.end)
    if name.islower() or (following and is_medical_noun(following[1].lower())):
        return False
    if not is_ordinary(name):
        return True
    return span.score > (_POSSESSIVE if fold(name) in _DISEASES else _STANDS_OUT)


def _beside(families: Iterable[Span], givens: Collection[Span]) -> list[Span]:
    """The given names and initials next to a family name."""
    near = range(_APART + 1)
    before = {one.start - apart for one in families for apart in near}
    behind = {one.end + apart for one in families for apart in near}
    return [span for span in givens if span.end in before or span.start in behind]
