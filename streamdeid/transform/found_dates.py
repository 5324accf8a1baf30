"""Dates in a text as people write them: which parts they have, and in which year they are.

A date without a year is of that of a date beside it, or of the day that the text is of.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, NamedTuple

from streamdeid.transform.coarse_dates import CalendarDate
from streamdeid.transform.dates import shift_day
from streamdeid.transform.written_forms import BESIDE, DAYS_IN_WORDS, FORMS, SPELLED_DAY

MONTHS: Final = tuple(calendar.month_name)[1:]
WEEKDAYS: Final = tuple(calendar.day_name)
#: A date of which nothing tells the year is counted with as if in this one; the 29th of February, in a leap year.
SOME_YEAR: Final = 2023
LEAP_YEAR: Final = 2024
#: Where a word, a number or a shortened year begins.
_START: Final = re.compile(r"(?<![^\W_])[^\W_]|['\u2019]")
_WORD: Final = re.compile(r"[^\W\d_]+|['\u2019]")
_PLAIN_WORDS: Final = frozenset(
    word
    for name in (*MONTHS, *WEEKDAYS, "Sept", "st", "nd", "rd", "th")
    for word in (name.lower(), *([name[:3].lower()] if len(name) > 3 else []))
)
_WORD_STARTS: Final = ("name", "spelled", "season", "weekday")
_WORD_FORMS: Final = [(form, pattern) for form, pattern in FORMS.items() if form.startswith(_WORD_STARTS)]
_DIGIT_FORMS: Final = [(form, pattern) for form, pattern in FORMS.items() if not form.startswith(_WORD_STARTS)]
_QUOTE_FORMS: Final = [("year", FORMS["year"])]
#: After so many years the weekdays of all days come again.
_CYCLE: Final = 28
#: How many years around the one that a text is of a day without a year may be in: a 29th of February has to be found.
_AROUND: Final = 8
_MIDDLE: Final = 15


class Written(NamedTuple):
    """A date found in a text: the match, its form, which groups hold which part, and the year to count with."""

    match: re.Match[str]
    form: str
    groups: Mapping[str, str]
    year: int | None

    @property
    def has_month(self) -> bool:
        """Whether a month is said: weekdays, seasons and years alone have none."""
        return "m" in self.groups or "mon" in self.groups

    @property
    def month(self) -> int:
        """The month that is said, 1 to 12."""
        if "mon" in self.groups:
            name = self.match["mon"][:3].title()
            return next(index for index, month in enumerate(MONTHS, 1) if month.startswith(name))
        return int(self.match[self.groups["m"]])

    @property
    def day(self) -> int:
        """The day of the month; 0 where there is none."""
        if "w" in self.groups:
            return DAYS_IN_WORDS.index("-".join(re.split(r"[-\s]+", self.match["w"].lower()))) + 1
        return int(self.match[self.groups["d"]]) if "d" in self.groups else 0

    @property
    def counting_year(self) -> int:
        """Its year, or one that has such a day."""
        if self.year is not None:
            return self.year
        return LEAP_YEAR if self.has_month and (self.month, self.day) == (2, 29) else SOME_YEAR

    @property
    def is_real(self) -> bool:
        """Whether there is such a day, and a last one where it is several."""
        days = [self.day, *([int(self.match["d2"])] if "d2" in self.groups else [])] if self.day else []
        return all(shift_day(self.counting_year, self.month, day, 0) is not None for day in days)


def years_of_written(text: str, day_first: bool = False) -> str | None:
    """The years in `text`, four digits each, and nothing else; None when no date in it has a year."""
    years = [str(written.year) for written in find(text, day_first) or () if written.year is not None]
    return " to ".join(dict.fromkeys(years)) or None


def dates_of_written(text: str, day_first: bool = False) -> list[CalendarDate]:
    """The dates in `text` that have a year, as far as they are known; none when something in it is no date."""
    return [
        CalendarDate(
            written.year,
            written.month if "m" in written.groups or "mon" in written.groups else 0,
            written.day,
        )
        for written in find(text, day_first) or ()
        if written.year is not None and written.form != "weekday" and written.is_real
    ]


def find(text: str, day_first: bool) -> list[Written] | None:
    """All dates in the text, each with a year where it or a neighbour states one; None if digits are left over."""
    found: list[Written] = []
    rest: list[str] = []
    blank = text if is_plain(text) else BESIDE.sub(lambda beside: " " * len(beside[0]), text)
    position = 0
    while (start := _START.search(blank, position)) is not None:
        rest.append(blank[position : start.start()])
        position = start.start()
        written = _at(blank, position, day_first)
        if written is None:
            rest.append(blank[position])
            position += 1
        else:
            found.append(written)
            rest.append("\n")
            position = written.match.end()
    rest.append(blank[position:])
    return _with_years(found) if is_harmless("".join(rest)) else None


def is_plain(text: str) -> bool:
    """Whether a text has no words but those of dates, and no time: so neither a holiday nor anything beside a date."""
    return ":" not in text and _PLAIN_WORDS.issuperset(_WORD.findall(text.lower()))


def is_harmless(rest: str) -> bool:
    """Whether what is left beside the dates has neither digits nor a day in words."""
    return not any(map(str.isdigit, rest)) and SPELLED_DAY.search(rest) is None


def _at(text: str, position: int, day_first: bool) -> Written | None:
    char = text[position]
    for form, pattern in _DIGIT_FORMS if char.isdigit() else _WORD_FORMS if char.isalpha() else _QUOTE_FORMS:
        match = pattern.match(text, position)
        if match is not None:
            groups = {name: value for name, value in match.groupdict().items() if value is not None}
            parts = _in_order(form, groups, day_first)
            if parts is not None:
                return Written(match, form, parts, _year(groups, parts))
    return None


def _in_order(form: str, groups: Mapping[str, str], day_first: bool) -> Mapping[str, str] | None:
    """Part -> name of the group that holds it. The parts a and b are told apart; None when they cannot be."""
    parts = {name: name for name in groups if name not in ("s", "a", "b")}
    if "a" not in groups:
        return parts
    first, second = int(groups["a"]), int(groups["b"])
    if first > 31 and "yy" in groups:
        return {"yy": "a", "m": "b", "d": "yy"} if second <= 12 else None
    if form == "two numbers" and second > 31:
        return {"m": "a", "yy": "b"} if first <= 12 else None
    is_day_first = (day_first and second <= 12) or first > 12
    return {**parts, "d": "a", "m": "b"} if is_day_first else {**parts, "m": "a", "d": "b"}


def _year(groups: Mapping[str, str], parts: Mapping[str, str]) -> int | None:
    if "y" in parts:
        return int(groups[parts["y"]])
    if "yy" in parts:
        short = int(groups[parts["yy"]])
        return short + (2000 if short < 50 else 1900)
    return None


def _with_years(found: list[Written]) -> list[Written]:
    """Dates without a year take that in which they are nearest to the next date that has one, or to the last."""
    stated = [written if written.year is not None else None for written in found]
    for index, written in enumerate(found):
        if written.year is None:
            beside = (*stated[index + 1 :], *reversed(stated[:index]))
            nearest = next((other for other in beside if other is not None), None)
            found[index] = written if nearest is None else written._replace(year=_year_beside(written, nearest))
    return found


def _year_beside(written: Written, other: Written) -> int | None:
    """The year of a date that stands beside one with a year."""
    if not (written.has_month and other.has_month) or other.year is None:
        return other.year
    around = shift_day(other.year, other.month, other.day or _MIDDLE, 0)
    nearest = None if around is None else _nearest(written, around, ())
    return other.year if nearest is None else nearest.year


def in_years_around(found: list[Written], near: int) -> list[Written]:
    """Dates of which the text tells no year take that in which they are nearest to the day `near`, those beside a
    weekday first: where no such day is given, they tell the others when it was."""
    if all(written.year is not None for written in found):
        return found
    dated, around = list(found), date.fromordinal(near) if near > 0 else None
    beside = [_weekdays_beside(found, index) for index in range(len(found))]
    for index in sorted(range(len(found)), key=lambda index: not beside[index]):
        written = found[index]
        if written.year is None and written.has_month:
            day = _nearest(written, around, beside[index])
            around = around or day
            dated[index] = written if day is None else written._replace(year=day.year)
    return dated


def _nearest(written: Written, around: date | None, weekdays: Iterable[int]) -> date | None:
    """The day that a date without a year means: in the year in which it is nearest to the day `around`, but rather a
    year earlier or later if it is one of the weekdays then; None where nothing tells."""
    month, day = written.month, written.day or _MIDDLE
    first = LEAP_YEAR - _CYCLE + 1 if around is None else around.year - _AROUND
    last = LEAP_YEAR if around is None else around.year + _AROUND
    days = [made for year in range(last, first - 1, -1) if (made := shift_day(year, month, day, 0)) is not None]
    fitting = [made for made in days if made.weekday() in weekdays]
    if around is None:
        return next(iter(fitting), None)
    close = [made for made in fitting if abs(made.year - around.year) <= 1]
    return min(close or days, key=lambda made: abs(made - around), default=None)


def _weekdays_beside(found: list[Written], index: int) -> list[int]:
    """The weekdays that stand before and after a date."""
    beside = (*found[max(0, index - 1) : index], *found[index + 1 : index + 2])
    return [weekday_number(written.match["weekday"]) for written in beside if written.form == "weekday"]


def weekday_number(name: str) -> int:
    """0 for Monday."""
    stem = name[:3].title()
    return next(place for place, full in enumerate(WEEKDAYS) if full.startswith(stem))
