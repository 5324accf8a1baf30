"""A known day (a date of birth) in the ways that people write it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from streamdeid.detect.known_text import Hit, Words
from streamdeid.types import Entity

_HL7 = re.compile(r"(\d{4})(\d\d)(\d\d)(?:\d{2,6}(?:\.\d+)?)?(?:[+-]\d{4})?$")  # HL7 v2.5.1 2.A.22 DTM
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T.*)?$")
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_GAPS = " -./,'\r\n\t"
#: What makes a year alone that of a birth.
_BORN = re.compile(
    r"(?<![a-z])(?:born|b\.|d\.?o\.?b\.?|y\.?o\.?b\.?|birth ?year|(?:year|date) of birth|birth ?date|\(b)"
    r"(?: was| is)?(?: in| around| about)?(?: the year)?[ :=(-]{1,3}$",
    re.I,
)
_LONGEST_CUE = 40
_MORE_OF_A_DATE = re.compile(r"[-/.]\d")
_WITH_TIME = re.compile(r"(\d\d)t\d\d")


class Day(NamedTuple):
    """A day of the calendar, as a message states it."""

    year: str
    month: int
    day: int


def day_of(value: str) -> Day | None:
    """The day in an HL7 DTM (``19570314``, ``195703140830-0500``) or ISO 8601 value; None if it is less precise or
    something else."""
    match = _HL7.match(value) or _ISO.match(value)
    if not match or not (1 <= int(match[2]) <= 12 and 1 <= int(match[3]) <= 31):
        return None
    return Day(match[1], int(match[2]), int(match[3]))


class DateForm(NamedTuple):
    """The day in three words, of which the year (`short`: its last two digits) is looked up."""

    entity: Entity
    day: Day
    short: bool = False

    def find(self, words: Words, i: int) -> Hit | None:
        """The mention whose year is token `i`."""
        return self._ending(words, i) or (None if self.short else self._beginning(words, i) or self._alone(words, i))

    def _ending(self, words: Words, i: int) -> Hit | None:
        """Day or month, the other, year."""
        b = _step(words, i, back=True)
        a = _step(words, b, back=True) if b >= 0 else -1
        if a < 0:
            return None
        first, second = words.word(a), words.word(b)
        if not self._is_day_and_month(first, second):
            return None
        gaps = words.gap(a, b), words.gap(b, i)
        if self.short and first.isdigit() and second.isdigit() and (gaps[0] != gaps[1] or gaps[0] not in "/-."):
            return None
        return self._hit(words, a, i)

    def _beginning(self, words: Words, i: int) -> Hit | None:
        """Year, month, day."""
        b = _step(words, i)
        c = _step(words, b) if b >= 0 else -1
        if c < 0 or not self._is_day_and_month(words.word(b), words.word(c)):
            return None
        return self._hit(words, i, c)

    def _alone(self, words: Words, i: int) -> Hit | None:
        """The year, where it is said to be that of a birth."""
        start, end = words.start(i), words.end(i)
        if _MORE_OF_A_DATE.match(words.folded, end) or not _BORN.search(
            words.folded, max(0, start - _LONGEST_CUE), start
        ):
            return None
        return Hit(i, i, start, end, self.entity, 0.95)

    def _hit(self, words: Words, first: int, last: int) -> Hit:
        end = words.end(last)
        timed = _WITH_TIME.match(words.word(last))
        if timed:
            end = words.start(last) + 2
        return Hit(first, last, words.start(first), end, self.entity, 0.95)

    def _is_day_and_month(self, first: str, second: str) -> bool:
        return (self._is_day(first) and self._is_month(second)) or (self._is_month(first) and self._is_day(second))

    def _is_day(self, word: str) -> bool:
        timed = _WITH_TIME.match(word)
        number = timed[1] if timed else word.rstrip("stndrh")
        return number.isdigit() and len(number) < 3 and int(number) == self.day.day

    def _is_month(self, word: str) -> bool:
        if word.isdigit():
            return len(word) < 3 and int(word) == self.day.month
        name = _MONTHS[self.day.month - 1]
        return len(word) >= 3 and (name.startswith(word) or (word == "sept" and self.day.month == 9))


class CompactDateForm(NamedTuple):
    """The day in one word: ``19570314``, ``03141957``, ``14mar1957``."""

    entity: Entity

    def find(self, words: Words, i: int) -> Hit | None:
        """The mention that is token `i`."""
        return Hit(i, i, words.start(i), words.end(i), self.entity, 0.95)


AnyDateForm = DateForm | CompactDateForm


def _step(words: Words, i: int, back: bool = False) -> int:
    """The word beside token `i` over punctuation that dates have, ``of`` left out; -1 if something else stands
    there."""
    for _ in range(2):
        k = words.previous(i) if back else words.next(i)
        if k < 0 or abs(i - k) > 4 or words.gap(min(i, k), max(i, k)).strip(_GAPS):
            return -1
        if words.tokens[k] not in ("of", "the"):
            return k
        i = k
    return -1


def date_forms(entity: Entity) -> tuple[tuple[str, AnyDateForm], ...]:
    """Words to look up, each with the form that it may be part of. None for a value less precise than a day."""
    return tuple(_forms(entity))


def _forms(entity: Entity) -> Iterator[tuple[str, AnyDateForm]]:
    found = day_of(entity.value)
    if not found:
        return
    year, month, day = found
    yield year, DateForm(entity, found)
    yield year[2:], DateForm(entity, found, short=True)
    compact = CompactDateForm(entity)
    name = _MONTHS[month - 1][:3]
    for word in {f"{year}{month:02}{day:02}", f"{month:02}{day:02}{year}", f"{day:02}{month:02}{year}"}:
        yield word, compact
    for word in (f"{day:02}{name}{year}", f"{day}{name}{year}", f"{day:02}{name}{year[2:]}"):
        yield word, compact
    if entity.value.isdigit() and len(entity.value) > 8:
        yield entity.value, compact
