"""Known addresses, towns and organisations, and values that are found only as they are written (e-mail, URL)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from streamdeid.detect.known_text import BREAK, Hit, Words, fold, word_set, words_of
from streamdeid.detect.ordinary import is_ordinary
from streamdeid.types import Entity

# Each line: ways to write one word of an address (USPS Publication 28, appendices B and C) or an organisation.
_ONE_WORD = """
street st str
avenue ave av
road rd
boulevard blvd boul
drive dr drv
lane ln
court ct crt
place pl
square sq
circle cir
terrace ter terr
trail trl
parkway pkwy pky
highway hwy
expressway expy
freeway fwy
alley aly
crescent cres
close cl
heights hts
crossing xing
plaza plz
turnpike tpke
north n
south s
east e
west w
northeast ne
northwest nw
southeast se
southwest sw
apartment apt
suite ste
floor fl
building bldg
room rm
saint st
fort ft
mount mt
hospital hosp hsp
center centre ctr
medical med
university univ
department dept
community comm
regional reg
memorial mem
associates assoc
and n
"""
_SAME: dict[str, frozenset[str]] = {}
for _line in _ONE_WORD.split("\n"):
    for _word in _line.split():
        _SAME[_word] = _SAME.get(_word, frozenset()) | frozenset(_line.split())

_STREET_TYPES = word_set(
    """
    street avenue road boulevard drive lane court place square circle terrace trail parkway highway expressway freeway
    alley crescent close heights crossing plaza turnpike way walk row path loop
    """
)
_OPTIONAL = word_set("north south east west northeast northwest southeast southwest apartment suite floor unit")
#: Words that name a kind of organisation or department, and none in particular.
GENERIC_PLACE_WORDS = word_set("""
    hospital clinic center centre medical health healthcare general community regional memorial university department
    emergency surgery surgical cardiology radiology pathology oncology pediatrics neurology laboratory lab labs icu er
    ed ward unit main campus outpatient inpatient system systems services service care group practice office associates
    county city state national the of and for at a an inc llc ltd corp co company plc gmbh insurance pharmacy
    rehabilitation rehab nursing home hospice family medicine internal physicians doctors dept facility organization
    """)
_LEGAL_FORMS = word_set("inc llc ltd corp co company plc gmbh pa pc lp llp incorporated limited")
_STATE_CODES = word_set(  # USPS Publication 28, appendix B
    """
    AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA
    PR RI SC SD TN TX UT VT VA WA WV WI WY
    """
)
_BEFORE_TOWNS = word_set("in from to at near of outside")
_JOINTS = " -.,&'/#()\r\n\t"


def _equal(word: str, other: str) -> bool:
    return word == other or other in _SAME.get(word, ())


def _is_kind(word: str, kinds: frozenset[str]) -> bool:
    return word in kinds or not kinds.isdisjoint(_SAME.get(word, ()))


class PhraseForm(NamedTuple):
    """Several words in a row, `words[at]` being looked up; the last `spare` of them may be missing."""

    entity: Entity
    words: tuple[str, ...]
    at: int = 0
    spare: int = 0
    score: float = 0.9

    def find(self, words: Words, i: int) -> Hit | None:
        """The mention whose word `at` is token `i`."""
        first = last = i
        for word in reversed(self.words[: self.at]):
            first = _beside(words, first, word, back=True)
            if first < 0:
                return None
        for position in range(self.at + 1, len(self.words)):
            k = _beside(words, last, self.words[position])
            if k < 0:
                if position < len(self.words) - self.spare:
                    return None
                break
            last = k
        return Hit(first, last, words.start(first), words.end(last), self.entity, self.score)


class StreetForm(NamedTuple):
    """House number and street: `words[0]` is the number; type, direction and flat may be missing."""

    entity: Entity
    words: tuple[str, ...]

    def find(self, words: Words, i: int) -> Hit | None:
        """The mention whose house number is token `i`."""
        last, weight = i, 0
        for word in self.words[1:]:
            k = _beside(words, last, word)
            optional = _is_kind(word, _STREET_TYPES) or _is_kind(word, _OPTIONAL)
            if k >= 0:
                last, weight = k, weight + (1 if optional else 2)
            elif not optional:
                break
        if weight < 2:  # neither a name nor two of direction and type
            return None
        return Hit(i, last, words.start(i), words.end(last), self.entity, 0.95)


class TownForm(NamedTuple):
    """A town of one word. One that is a plain word as well needs a capital, and a preposition or a state beside."""

    entity: Entity
    ordinary: bool

    def find(self, words: Words, i: int) -> Hit | None:
        """The mention at token `i`."""
        if self.ordinary and not self._has_evidence(words, i):
            return None
        return Hit(i, i, words.start(i), words.end(i), self.entity, 0.7 if self.ordinary else 0.9)

    def _has_evidence(self, words: Words, i: int) -> bool:
        k = words.next(i)
        behind = words.cased(k) if words.word(k) else ""
        if not words.cased(i)[0].isupper():
            return False
        if behind in _STATE_CODES or (len(behind) == 5 and behind.isdigit()):
            return words.gap(i, k).strip(" ") in (",", "")
        return words.word(words.previous(i)) in _BEFORE_TOWNS and not words.is_flat(i)


class AcronymForm(NamedTuple):
    """An organisation's short name (``MGH``), found only as it is written."""

    entity: Entity

    def find(self, words: Words, i: int) -> Hit | None:
        """The mention at token `i`."""
        if words.cased(i) != self.entity.value or (self.entity.value.isalpha() and words.is_flat(i)):
            return None
        return Hit(i, i, words.start(i), words.end(i), self.entity, 0.7)


class ExactForm(NamedTuple):
    """A value with all its punctuation, case aside; `before` characters of it stand before the word looked up."""

    entity: Entity
    value: str
    before: int

    def find(self, words: Words, i: int) -> Hit | None:
        """The mention around token `i`."""
        start = words.start(i) - self.before
        end = start + len(self.value)
        if start < 0 or words.folded[start:end].lower() != self.value:
            return None
        if words.folded[max(0, start - 1) : start].isalnum() or words.folded[end : end + 1].isalnum():
            return None
        if (
            self.value[-1].isdigit()
            and words.folded[end : end + 1] == "."
            and words.folded[end + 1 : end + 2].isdigit()
        ):
            return None
        return Hit(i, i, start, end, self.entity, 0.99)


AnyPlaceForm = PhraseForm | StreetForm | TownForm | AcronymForm | ExactForm


def _beside(words: Words, i: int, word: str, back: bool = False) -> int:
    """The token beside token `i`, if it is `word`; else -1."""
    k = words.previous(i) if back else words.next(i)
    if k < 0 or not _equal(word, words.tokens[k]):
        return -1
    return -1 if words.gap(min(i, k), max(i, k)).strip(_JOINTS) else k


def place_forms(entity: Entity) -> tuple[tuple[str, AnyPlaceForm], ...]:
    """Words to look up, each with the form that it may be part of, for a LOCATION."""
    if entity.label in ("LOCATION/STREET", "LOCATION/ADDRESS"):
        return tuple(_street_forms(entity))
    if entity.label in ("LOCATION/CITY", "LOCATION/COUNTY"):
        return tuple(_town_forms(entity))
    return tuple(_organisation_forms(entity))


def exact_forms(entity: Entity) -> tuple[tuple[str, AnyPlaceForm], ...]:
    """The word to look up for a value found as it is written: e-mail address, URL, IP address, user name."""
    value = fold(entity.value).strip().rstrip("/")
    words = words_of(value)
    if not words or BREAK in value:
        return ()
    longest = max(words, key=len)
    return ((longest, ExactForm(entity, value, value.index(longest))),)


def _telling(word: str) -> tuple[bool, bool, int]:
    return word not in GENERIC_PLACE_WORDS, word not in _SAME, len(word)


def _phrase(entity: Entity, words: list[str], spare: int = 0, score: float = 0.9) -> Iterator[tuple[str, AnyPlaceForm]]:
    """A phrase under every way to write the word that it is looked up by."""
    required = words[: len(words) - spare]
    at = max(range(len(required)), key=lambda k: _telling(required[k]))
    form = PhraseForm(entity, tuple(words), at, spare, score)
    for word in _SAME.get(words[at], (words[at],)):
        yield word, form


def _street_forms(entity: Entity) -> Iterator[tuple[str, AnyPlaceForm]]:
    words = words_of(entity.value)
    if "box" in words[:-1]:
        at = words.index("box")
        yield words[at + 1], PhraseForm(entity, ("box", words[at + 1]), 1, 0, 0.9)
        before = ("po", "box", words[at + 1]), ("p", "o", "box", words[at + 1])
        for form in before:
            yield words[at + 1], PhraseForm(entity, form, len(form) - 1, 0, 0.95)
        return
    if len(words) < 2:
        return
    if not words[0][0].isdigit():
        yield from _phrase(entity, words)
        return
    yield words[0], StreetForm(entity, tuple(words))
    end = next((k for k, w in enumerate(words) if k > 1 and _is_kind(w, _STREET_TYPES)), 0)
    if end and any(not is_ordinary(w) and len(w) > 3 for w in words[1:end]):
        yield from _phrase(entity, words[1 : end + 1], 0, 0.7)


def _town_forms(entity: Entity) -> Iterator[tuple[str, AnyPlaceForm]]:
    words = words_of(entity.value)
    if len(words) > 1:
        yield from _phrase(entity, words)
    elif words and len(words[0]) > 1:
        yield words[0], TownForm(entity, len(words[0]) < 4 or is_ordinary(words[0]))


def _organisation_forms(entity: Entity) -> Iterator[tuple[str, AnyPlaceForm]]:
    words = words_of(entity.value)
    if words[:1] == ["the"]:
        words = words[1:]
    while len(words) > 1 and words[-1] in _LEGAL_FORMS:
        words = words[:-1]
    if len(words) > 1:
        spare = 0
        while len(words) - spare > 2 and words[-1 - spare] in GENERIC_PLACE_WORDS:
            spare += 1
        yield from _phrase(entity, words, spare)
    elif words and len(words[0]) < 6:
        yield words[0], AcronymForm(entity)
    elif words:
        yield words[0], TownForm(entity, is_ordinary(words[0]))
