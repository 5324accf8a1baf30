"""The plural of a family name: ``the Does``, ``the Joneses' house``, ``Kellys live there``."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from streamdeid.detect.clinical_words import medical_words
from streamdeid.detect.known_eponyms import is_medical_noun
from streamdeid.detect.known_text import Words, word_set
from streamdeid.detect.ordinary import is_ordinary
from streamdeid.detect.rules.words import COMMON, GIVEN, SURNAMES

_SIBILANTS = ("s", "x", "z", "ch", "sh")
_BEFORE_FAMILIES = word_set("the both")
_SHORTEST_ALONE = 4


def plurals_of(word: str) -> Iterator[str]:
    """The plurals of a family name (folded): Does, Joneses, Kellys and Kellies."""
    yield word + ("es" if word.endswith(_SIBILANTS) else "s")
    if word[-1:] == "y" and word[-2:-1] not in "aeiou":
        yield word[:-1] + "ies"


def names_a_family(words: Words, first: int, last: int, singular: str) -> bool:
    """Whether tokens `first` to `last`, the plural of the name `singular`, are a family: behind an article, before an
    apostrophe, or where the plural is no word and nobody's name."""
    flat = words.is_flat(last)
    if not (flat or words.cased(last)[:1].isupper()) or is_medical_noun(words.word(words.next(last))):
        return False
    if flat and (is_ordinary(singular) or len(singular) < _SHORTEST_ALONE - 1):
        return False
    if words.word(words.previous(first)) in _BEFORE_FAMILIES:
        return True
    if _owns(words, first, last):
        return True
    return _means_nothing_else(singular, words.word(last)) and (flat or not _goes_on(words, last))


def _owns(words: Words, first: int, last: int) -> bool:
    """Whether an apostrophe behind it, and nothing before it that it could close, makes it a possessive."""
    behind = words.next(last)
    if behind < 0 or words.gap(last, behind) != "' ":
        return False
    before = words.previous(first)
    return before < 0 or "'" not in words.gap(before, first)


def _goes_on(words: Words, last: int) -> bool:
    """Whether another capital follows: Johns Hopkins."""
    behind = words.next(last)
    return behind >= 0 and not words.gap(last, behind).strip(" -") and words.cased(behind)[:1].isupper()


@lru_cache(maxsize=8192)
def _means_nothing_else(singular: str, plural: str) -> bool:
    if len(singular) < _SHORTEST_ALONE or singular in COMMON or plural in SURNAMES or plural in GIVEN:
        return False
    return not any(is_ordinary(word) or word in COMMON or word in medical_words() for word in (singular, plural))
