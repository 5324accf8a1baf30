"""Shifting the two forms in which most dates are written, at a fraction of what reading any form costs: 03/05/2024 and
March 5, 2024. What is written is what `written_dates` would write.
"""

from __future__ import annotations

import calendar
import re
from typing import Final

from streamdeid.transform.casing import like
from streamdeid.transform.dates import shift_day

_NUMBERS: Final = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})", re.A)
_NAMED: Final = re.compile(r"([A-Za-z]{3,9}) (\d{1,2}), ((?:1[6-9]|2[0-2])\d\d)", re.A)
_MONTHS: Final = tuple(calendar.month_name)
_NUMBER_OF: Final = {
    name.lower(): number for names in (calendar.month_abbr, _MONTHS) for number, name in enumerate(names) if name
}
_SHORT: Final = 3


def shift_plain(text: str, days: int, day_first: bool) -> str | None:
    """A date in one of the two forms and nothing else, shifted; None for anything else, or where no such day exists."""
    if (numbers := _NUMBERS.fullmatch(text)) is not None:
        return _numbers(numbers, days, day_first)
    if (named := _NAMED.fullmatch(text)) is not None:
        return _named(named, days)
    return None


def _numbers(found: re.Match[str], days: int, day_first: bool) -> str | None:
    one, by, other, year = found.groups()
    first, second = int(one), int(other)
    is_day_first = (day_first and second <= 12) or first > 12
    day, month = (first, second) if is_day_first else (second, first)
    new = shift_day(int(year), month, day, days)
    if new is None:
        return None
    places = 2 if len(one) == len(other) == 2 else 1
    parts = (new.day, new.month) if is_day_first else (new.month, new.day)
    return f"{parts[0]:0{places}d}{by}{parts[1]:0{places}d}{by}{new.year:04d}"


def _named(found: re.Match[str], days: int) -> str | None:
    name, day, year = found.groups()
    month = _NUMBER_OF.get(name.lower())
    new = shift_day(int(year), month, int(day), days) if month else None
    if new is None:
        return None
    is_short = len(name) == _SHORT and name.lower() != "may"
    new_name = _MONTHS[new.month][:_SHORT] if is_short else _MONTHS[new.month]
    places = 2 if day.startswith("0") else 1
    return f"{like(name, new_name)} {new.day:0{places}d}, {new.year:04d}"
