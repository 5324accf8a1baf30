"""Shifting dates by a patient's own number of days, in the very form that they are written in.

Here: the dates of HL7 v2 (DT, TS, DTM: section 2.A.22) and FHIR (date, dateTime, instant), and what the written ones
share. Precision, time of day and zone stay as they are; so intervals between a patient's dates stay exact. A year
alone is left alone: it is no more than what the law lets stand (45 CFR 164.514(b)(2)(i)(C)).
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from streamdeid.transform.coarse_dates import CalendarDate
from streamdeid.transform.prf import Prf

#: Seconds and their fraction as loosely as they are written: they stay.
_HL7: Final = re.compile(
    r"(?P<year>\d{4})(?:(?P<month>\d\d)(?:(?P<day>\d\d)"
    r"(?P<time>(?:[01]\d|2[0-4])(?:[0-5]\d(?:[0-6]\d(?:\.?\d{1,6})?)?)?)?)?)?(?P<zone>[+-]\d{4})?",
    re.A,
)
_FHIR: Final = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?P<time>[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:\d\d)?)?)?)?",
    re.A,
)
#: The middle of a month, from which a date without a day is shifted.
_MIDDLE: Final = 15
_CACHED: Final = 8192


def days_for(prf: Prf, patient: str, min_days: int = 31, max_days: int = 365, keep_weekday: bool = False) -> int:
    """The number of days that all dates of a patient move by: negative, since no date may come to lie in the future;
    whole weeks where weekdays are kept, of which there is one between `min_days` and `max_days`."""
    if keep_weekday:
        first, last = -(-min_days // 7), max_days // 7
        return -7 * (first + prf.number("", "date/shift", patient, last - first + 1))
    return -(min_days + prf.number("", "date/shift", patient, max_days - min_days + 1))


@lru_cache(maxsize=_CACHED)
def shift_hl7(text: str, days: int) -> str | None:
    """An HL7 v2 date or time stamp, shifted; None when it is none. Month or day 00 are read as not known."""
    return _shifted(_HL7.fullmatch(text), days, "")


@lru_cache(maxsize=_CACHED)
def shift_fhir(text: str, days: int) -> str | None:
    """A FHIR date, dateTime or instant, shifted; None when it is none."""
    return _shifted(_FHIR.fullmatch(text), days, "-")


def year_of_hl7(text: str) -> str | None:
    """The year of an HL7 v2 date or time stamp; None when it is none."""
    found = _HL7.fullmatch(text)
    return found["year"] if found is not None and _is_possible(found) else None


def year_of_fhir(text: str) -> str | None:
    """The year of a FHIR date, dateTime or instant; None when it is none."""
    found = _FHIR.fullmatch(text)
    return found["year"] if found is not None and _is_possible(found) else None


def calendar_date(text: str) -> CalendarDate | None:
    """An HL7 v2 or FHIR date or time stamp as far as it is known; None when it is none, or stands for no date."""
    found = _FHIR.fullmatch(text) or _HL7.fullmatch(text)
    if found is None or not _is_possible(found) or int(found["year"]) == 0:
        return None
    return CalendarDate(int(found["year"]), int(found["month"] or 0), int(found["day"] or 0))


def shift_day(year: int, month: int, day: int, days: int) -> date | None:
    """A day, shifted; None when there is no such day, or none to go to."""
    try:
        return date(year, month, day) + timedelta(days)
    except (ValueError, OverflowError):
        return None


def shift_month(year: int, month: int, days: int) -> date | None:
    """The middle of a month, shifted by at least one month."""
    new = shift_day(year, month, _MIDDLE, days)
    if new is None or days == 0 or (new.year, new.month) != (year, month):
        return new
    return shift_day(year, month, _MIDDLE, 30 if days > 0 else -30)


def _shifted(found: re.Match[str] | None, days: int, separator: str) -> str | None:
    if found is None or not _is_possible(found):
        return None
    year, month, day = int(found["year"]), int(found["month"] or 0), int(found["day"] or 0)
    if month == 0 or days == 0:
        return found.string
    new = shift_day(year, month, day, days) if day else shift_month(year, month, days)
    if new is None:
        return None
    start = found.end("day" if day else "month")
    head = f"{new.year:04d}{separator}{new.month:02d}"
    return (f"{head}{separator}{new.day:02d}" if day else head) + found.string[start:]


def _is_possible(found: re.Match[str]) -> bool:
    """Whether there is such a day. A year of zeros, with nothing after it, stands for no date at all."""
    year, month, day = int(found["year"]), int(found["month"] or 0), int(found["day"] or 0)
    if year == 0:
        return month == day == 0
    if month == 0:
        return day == 0
    return shift_day(year, month, day or 1, 0) is not None
