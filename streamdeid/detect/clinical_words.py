"""Words of medicine that a model takes for names: drugs, devices, findings, abbreviations, eponyms.

A small model knows too few of them. What it alone has found, and what consists of such words only, is dropped, unless
it is sure, or a title says that somebody is meant. The words stand in ``clinical/*.txt``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from streamdeid.detect.known_text import fold
from streamdeid.detect.resolve import Decide, is_of_a_model
from streamdeid.detect.rules.words import GIVEN, SURNAMES, word_set
from streamdeid.types import Span

#: Rooms, streets and states are written with words of all kinds.
_LABELS: Final = ("NAME", "LOCATION/HOSPITAL", "LOCATION/ORGANIZATION", "LOCATION/CITY")
#: From which score on a model is believed although medicine has another meaning for the word: an abbreviation may be
#: somebody's initials, an eponym somebody's surname, all the more a common one. Drugs and the like are nobody's name.
_ABBREVIATION, _EPONYM, _ALSO_A_NAME, _NEVER = 0.85, 0.9, 0.6, 2.0
_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_TITLE: Final = re.compile(
    r"(?:\b(?:dr|drs|mr|mrs|ms|miss|mx|prof|professor|doctor|sister|nurse|sr|rev|judge|officer|sgt|pc)\.?|@)\s{0,2}$",
    re.I,
)
_DEGREE: Final = re.compile(r",? (?:M\.?D|D\.?O|R\.?N|Ph\.?D|PA-C|NP|FRC[SPA]\w*|MRC\w+)\b")
#: What stands with a drug or a finding: a strength, a side, a number.
_BESIDE: Final = word_set("mg g mcg ug ml l iu u units unit r lt rt x od bd tds qds prn nocte mane po iv im sc")
_BEFORE = 14
_APART = 3


class _Words:
    """The lists."""

    def __init__(self) -> None:
        self.nobody = listed("drugs") | listed("devices") | listed("terms")
        self.abbreviations = listed("abbreviations")
        self.eponyms = listed("eponyms")


@cache
def _words() -> _Words:
    return _Words()


def listed(name: str) -> frozenset[str]:
    """The words of one list: ``drugs``, ``devices``, ``terms``, ``abbreviations``, ``eponyms``; in lower case."""
    text = files("streamdeid.detect").joinpath("clinical", f"{name}.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


@cache
def medical_words() -> frozenset[str]:
    """Drugs, devices, findings and abbreviations, in lower case."""
    return _words().nobody | _words().abbreviations


@dataclass(frozen=True, slots=True)
class Clinically:
    """Drops what is of medicine, and decides as `then` does."""

    then: Decide

    def __call__(self, spans: Sequence[Span], text: str) -> list[Span]:
        """The spans that count, sorted and disjoint."""
        doubtful = {span for span in spans if is_of_a_model(span) and is_clinical(span, text)}
        if doubtful:
            others = [span for span in spans if span not in doubtful]
            gone = {span for span in doubtful if not any(_belong_together(span, other, text) for other in others)}
            spans = [span for span in spans if span not in gone]
        return self.then(spans, text)


def is_clinical(span: Span, text: str) -> bool:
    """Whether a finding consists of words of medicine, and nothing says that it is somebody's name all the same."""
    if not span.label.startswith(_LABELS):
        return False
    found = [fold(word) for word in _WORD.findall(text[span.start : span.end])]
    if span.label.startswith("LOCATION") and len(found) > 1:
        return False  # hospitals are called after what they do, and after whom it is called after
    needed = [_certainty(word) for word in found if not word.isdigit() and word not in _BESIDE]
    if not needed or not all(needed) or span.score >= max(needed):
        return False
    is_titled = _TITLE.search(text, max(0, span.start - _BEFORE), span.start) or _DEGREE.match(text, span.end)
    return not is_titled


def _certainty(word: str) -> float:
    """From which score on a finding of this word alone is believed."""
    words = _words()
    is_name = word in SURNAMES or word in GIVEN
    if word in words.nobody:
        return _ALSO_A_NAME if is_name else _NEVER
    if word in words.eponyms:
        return _ALSO_A_NAME if is_name else _EPONYM
    return _ABBREVIATION if word in words.abbreviations else 0.0


def _belong_together(span: Span, other: Span, text: str) -> bool:
    """Whether two findings meet, or are parts of one name: of one family, with blanks or a mark between them."""
    if other.start < span.end and span.start < other.end:
        return True
    between = text[span.end : other.start] if span.end <= other.start else text[other.end : span.start]
    is_family = span.label.partition("/")[0] == other.label.partition("/")[0]
    return is_family and len(between) <= _APART and not any(map(str.isalnum, between)) and "\n" not in between
