"""What stands outside of the slots of a frame, with other words of its kind in their places.

A frame is trained on many times, each time with other values. Were the text around them always the same, the network
could learn by heart that the Codman of this frame is nobody. So a drug stands for any drug, an eponym for any eponym,
an abbreviation for any abbreviation and a small figure for any other: only what is around them tells what they are.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from streamdeid.detect.clinical_words import listed
from streamdeid.detect.ordinary import is_ordinary
from streamdeid.detect.rules.words import GIVEN

#: How often a text is varied at all, and then each of its words.
_TEXTS, _WORDS, _FIGURES = 0.5, 0.6, 0.4
_SLOT_OR_WORD: Final = re.compile(
    r"\{[^}]*\}|<<[^>]*>>|[A-Za-z]+(?:-[A-Za-z]+)?(?![A-Za-z0-9'\u2019{-])|\d{1,2}(?![\w{])"
)
#: A figure beside one of these is a part of something longer: a time, a date, a range, a number.
_JOINED: Final = frozenset(":.,/-\u2013+#'\u2019_}")
#: Below the line of a share of days, weeks, months or points: 5/7, 6/52.
_SHARES: Final = re.compile(r"/(?:7|10|12|15|24|30|40|52)(?![\w/.-])")
_SHORTEST = 4


def varied(text: str, rng: random.Random) -> str:
    """`text`, slots and all, as it is or with other words and figures of the same kinds outside of its slots."""
    if rng.random() >= _TEXTS:
        return text
    return _SLOT_OR_WORD.sub(lambda match: _another(match, rng), text)


def _another(match: re.Match[str], rng: random.Random) -> str:
    word, before = match[0], match.string[: match.start()][-1:]
    if word[0] in "{<" or before.isalnum() or before == "}":
        return word
    if word.isdecimal():
        return _figure(match, before, rng) if rng.random() < _FIGURES else word
    pool = _pool(word)
    return _in_case_of(word, rng.choice(pool)) if pool and rng.random() < _WORDS else word


def _figure(match: re.Match[str], before: str, rng: random.Random) -> str:
    word, text = match[0], match.string
    after = text[match.end() : match.end() + 1]
    is_share = before not in _JOINED and _SHARES.match(text, match.end())
    if not is_share and (before in _JOINED or after in _JOINED - {".", ","} or _goes_on(text, match.end())):
        return word
    return "".join([str(rng.randint(at == 0 and len(word) > 1, 9)) for at in range(len(word))])


def _goes_on(text: str, at: int) -> bool:
    """Whether a mark follows that is inside of a number: 1.5, not the end of a sentence."""
    return text[at : at + 1] in (".", ",") and text[at + 1 : at + 2].isdecimal()


def _pool(word: str) -> Sequence[str]:
    """The words that may stand for this one; none if it is of no kind that is varied."""
    small = word.lower()
    if word.isupper() and len(word) > 1:
        return _abbreviations().get(small, ())
    if len(word) < _SHORTEST or is_ordinary(word):
        return ()
    kinds = ("drugs", "devices") if word.islower() else ("drugs", "devices", "eponyms")
    return next((_of_kind(kind) for kind in kinds if small in _members(kind)), ())


@cache
def _members(kind: str) -> frozenset[str]:
    return frozenset(_of_kind(kind))


@cache
def _of_kind(kind: str) -> Sequence[str]:
    """The words of a list that are of one kind only, and nobody's first name."""
    others = frozenset[str]().union(*(listed(other) for other in ("drugs", "devices", "eponyms") if other != kind))
    words = (word for word in listed(kind) - others if len(word) >= _SHORTEST and word.isalpha())
    return sorted(word for word in words if word not in GIVEN and not is_ordinary(word))


@cache
def _abbreviations() -> Mapping[str, Sequence[str]]:
    """Each abbreviation with those of its length."""
    words = sorted(word for word in listed("abbreviations") if word.isalpha() and word.isascii())
    by_length = {length: [word for word in words if len(word) == length] for length in set(map(len, words))}
    return {word: by_length[len(word)] for word in words}


def _in_case_of(word: str, other: str) -> str:
    if word.isupper():
        return other.upper()
    return other.capitalize() if word[0].isupper() else other
