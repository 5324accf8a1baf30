"""Shifting dates as people write them: 3/5/24, March 5th, 2024, 05MAR2024, Mon 5 Mar, 3/5-3/8/24, the fifth of March,
summer 2019.

Every part is written back in its own form: separators, zero padding, name or abbreviation, capitals, ordinal suffix;
a weekday is the weekday of the new date. What is around the dates (times of day, words) stays.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from streamdeid.transform.casing import like
from streamdeid.transform.coarse_dates import CalendarDate
from streamdeid.transform.dates import shift_day, shift_month
from streamdeid.transform.plain_dates import shift_plain
from streamdeid.transform.written_forms import BESIDE, DAYS_IN_WORDS, FORMS, HOLIDAY, SPELLED_DAY

_MONTHS: Final = tuple(calendar.month_name)[1:]
_WEEKDAYS: Final = tuple(calendar.day_name)
#: Where a word, a number or a shortened year begins.
_START: Final = re.compile(r"(?<![^\W_])[^\W_]|['\u2019]")
_WORD: Final = re.compile(r"[^\W\d_]+|['\u2019]")
_PLAIN_WORDS: Final = frozenset(
    word
    for name in (*_MONTHS, *_WEEKDAYS, "Sept", "st", "nd", "rd", "th")
    for word in (name.lower(), *([name[:3].lower()] if len(name) > 3 else []))
)
_WORD_STARTS: Final = ("name", "spelled", "season", "weekday")
_WORD_FORMS: Final = [(form, pattern) for form, pattern in FORMS.items() if form.startswith(_WORD_STARTS)]
_DIGIT_FORMS: Final = [(form, pattern) for form, pattern in FORMS.items() if not form.startswith(_WORD_STARTS)]
_QUOTE_FORMS: Final = [("year", FORMS["year"])]
_SEASONS: Final = {"winter": 1, "spring": 4, "summer": 7, "fall": 10, "autumn": 10}
#: A date of which nothing tells the year is shifted as if in this one; the 29th of February, in a leap year.
_SOME_YEAR: Final = 2023
_LEAP_YEAR: Final = 2024
#: After so many years the weekdays of all days come again.
_CYCLE: Final = 28
#: How many years around the one that a text is of a day without a year may be in: a 29th of February has to be found.
_AROUND: Final = 8
_MIDDLE: Final = 15


class _Written(NamedTuple):
    """A date found in a text: the match, its form, which groups hold which part, and the year to count with."""

    match: re.Match[str]
    form: str
    groups: Mapping[str, str]
    year: int | None


@lru_cache(maxsize=8192)
def shift_written(text: str, days: int, day_first: bool = False, near: int = 0) -> str | None:
    """`text` with its dates shifted by `days`. None when it holds something that cannot be read as a date, or no such
    day exists. 3/4 is the fourth of March unless `day_first` is set or a part is greater than 12.

    A day without a year is the one that is nearest to the date beside it, or else to the day `near` (an ordinal of the
    calendar, 0 where none is known); a weekday beside it decides between one year and the next.

    A holiday becomes "a holiday"; years, decades and times of day stay; a weekday or month alone moves as well.
    """
    if days == 0:
        return text
    return shift_plain(text, days, day_first) or _shift_any(text, days, day_first, near)


def _shift_any(text: str, days: int, day_first: bool, near: int = 0) -> str | None:
    """`shift_written` for dates in any form."""
    without = text if _is_plain(text) else HOLIDAY.sub("a holiday", text)
    if without != text:
        return without if _is_harmless(BESIDE.sub("", FORMS["year"].sub("", without))) else None
    found = _find(text, day_first)
    if found is None:
        return None
    found = _in_years_around(found, near)
    pieces: list[str] = []
    last = 0
    for index, written in enumerate(found):
        new = _weekday(found, index, days) if written.form == "weekday" else _rewritten(written, days)
        if new is None:
            return None
        pieces += text[last : written.match.start()], new
        last = written.match.end()
    return "".join(pieces) + text[last:]


def years_of_written(text: str, day_first: bool = False) -> str | None:
    """The years in `text`, four digits each, and nothing else; None when no date in it has a year."""
    years = [str(written.year) for written in _find(text, day_first) or () if written.year is not None]
    return " to ".join(dict.fromkeys(years)) or None


def dates_of_written(text: str, day_first: bool = False) -> list[CalendarDate]:
    """The dates in `text` that have a year, as far as they are known; none when something in it is no date."""
    return [
        CalendarDate(
            written.year,
            _month(written) if "m" in written.groups or "mon" in written.groups else 0,
            _day(written),
        )
        for written in _find(text, day_first) or ()
        if written.year is not None and written.form != "weekday" and _is_real(written)
    ]


def _is_real(written: _Written) -> bool:
    """Whether there is such a day."""
    return not _day(written) or _rewritten(written, 0) is not None


def _find(text: str, day_first: bool) -> list[_Written] | None:
    """All dates in the text, each with a year where it or a neighbour states one; None if digits are left over."""
    found: list[_Written] = []
    rest: list[str] = []
    blank = text if _is_plain(text) else BESIDE.sub(lambda beside: " " * len(beside[0]), text)
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
    return _with_years(found) if _is_harmless("".join(rest)) else None


def _is_plain(text: str) -> bool:
    """Whether a text has no words but those of dates, and no time: so neither a holiday nor anything beside a date."""
    return ":" not in text and _PLAIN_WORDS.issuperset(_WORD.findall(text.lower()))


def _is_harmless(rest: str) -> bool:
    """Whether what is left beside the dates has neither digits nor a day in words."""
    return not any(map(str.isdigit, rest)) and SPELLED_DAY.search(rest) is None


def _at(text: str, position: int, day_first: bool) -> _Written | None:
    char = text[position]
    for form, pattern in _DIGIT_FORMS if char.isdigit() else _WORD_FORMS if char.isalpha() else _QUOTE_FORMS:
        match = pattern.match(text, position)
        if match is not None:
            groups = {name: value for name, value in match.groupdict().items() if value is not None}
            parts = _in_order(form, groups, day_first)
            if parts is not None:
                return _Written(match, form, parts, _year(groups, parts))
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


def _with_years(found: list[_Written]) -> list[_Written]:
    """Dates without a year take that in which they are nearest to the next date that has one, or to the last."""
    stated = [written if written.year is not None else None for written in found]
    for index, written in enumerate(found):
        if written.year is None:
            beside = (*stated[index + 1 :], *reversed(stated[:index]))
            nearest = next((other for other in beside if other is not None), None)
            found[index] = written if nearest is None else written._replace(year=_year_beside(written, nearest))
    return found


def _year_beside(written: _Written, other: _Written) -> int | None:
    """The year of a date that stands beside one with a year."""
    if not (_has_month(written) and _has_month(other)) or other.year is None:
        return other.year
    around = shift_day(other.year, _month(other), _day(other) or _MIDDLE, 0)
    nearest = None if around is None else _nearest(written, around, ())
    return other.year if nearest is None else nearest.year


def _in_years_around(found: list[_Written], near: int) -> list[_Written]:
    """Dates of which the text tells no year take that in which they are nearest to the day `near`, those beside a
    weekday first: where no such day is given, they tell the others when it was."""
    if all(written.year is not None for written in found):
        return found
    dated, around = list(found), date.fromordinal(near) if near > 0 else None
    beside = [_weekdays_beside(found, index) for index in range(len(found))]
    for index in sorted(range(len(found)), key=lambda index: not beside[index]):
        written = found[index]
        if written.year is None and _has_month(written):
            day = _nearest(written, around, beside[index])
            around = around or day
            dated[index] = written if day is None else written._replace(year=day.year)
    return dated


def _nearest(written: _Written, around: date | None, weekdays: Iterable[int]) -> date | None:
    """The day that a date without a year means: in the year in which it is nearest to the day `around`, but rather a
    year earlier or later if it is one of the weekdays then; None where nothing tells."""
    month, day = _month(written), _day(written) or _MIDDLE
    first = _LEAP_YEAR - _CYCLE + 1 if around is None else around.year - _AROUND
    last = _LEAP_YEAR if around is None else around.year + _AROUND
    days = [made for year in range(last, first - 1, -1) if (made := shift_day(year, month, day, 0)) is not None]
    fitting = [made for made in days if made.weekday() in weekdays]
    if around is None:
        return next(iter(fitting), None)
    close = [made for made in fitting if abs(made.year - around.year) <= 1]
    return min(close or days, key=lambda made: abs(made - around), default=None)


def _weekdays_beside(found: list[_Written], index: int) -> list[int]:
    """The weekdays that stand before and after a date."""
    beside = (*found[max(0, index - 1) : index], *found[index + 1 : index + 2])
    return [_weekday_number(written.match["weekday"]) for written in beside if written.form == "weekday"]


def _has_month(written: _Written) -> bool:
    return "m" in written.groups or "mon" in written.groups


def _day(written: _Written) -> int:
    """The day of the month; 0 where there is none."""
    if "w" in written.groups:
        return DAYS_IN_WORDS.index("-".join(re.split(r"[-\s]+", written.match["w"].lower()))) + 1
    return int(written.match[written.groups["d"]]) if "d" in written.groups else 0


def _month(written: _Written) -> int:
    if "mon" in written.groups:
        name = written.match["mon"][:3].title()
        return next(index for index, month in enumerate(_MONTHS, 1) if month.startswith(name))
    return int(written.match[written.groups["m"]])


def _counting_year(written: _Written) -> int:
    if written.year is not None:
        return written.year
    return _LEAP_YEAR if _has_month(written) and (_month(written), _day(written)) == (2, 29) else _SOME_YEAR


def _rewritten(written: _Written, days: int) -> str | None:
    """The date, shifted, in its own form; None when there is no such day."""
    if written.form == "year":
        return written.match[0]
    if written.form == "season":
        return _season(written, days)
    year, month, day = _counting_year(written), _month(written), _day(written)
    if not day:
        new = shift_month(year, month, days)
        return None if new is None else _fill(written, _parts(written, new))
    new = shift_day(year, month, day, days)
    if new is None:
        return None
    if "d2" not in written.groups:
        return _fill(written, _parts(written, new))
    end = shift_day(year, month, int(written.match["d2"]), days)
    if end is None or ("mon" not in written.groups and end.month != new.month):
        return None
    return _fill(written, _span(written, new, end))


def _parts(written: _Written, new: date) -> dict[str, str]:
    """Group -> what to write in its place."""
    match, groups = written.match, written.groups
    parts = {}
    if "y" in groups:
        parts[groups["y"]] = f"{new.year:04d}"
    if "yy" in groups:
        parts[groups["yy"]] = f"{new.year % 100:02d}"
    if "mon" in groups:
        parts["mon"] = _month_name(written, new.month)
    if "m" in groups:
        parts[groups["m"]] = f"{new.month:02d}" if _is_padded(written) else str(new.month)
    if "d" in groups:
        parts[groups["d"]] = f"{new.day:02d}" if _is_padded(written) else str(new.day)
    if "w" in groups:
        parts["w"] = like(match["w"], _in_words(new.day, match["w"]))
    if "o" in groups:
        parts["o"] = like(match["o"], _ordinal(new.day))
    return parts


def _in_words(day: int, old: str) -> str:
    """A day of the month in words, as loosely joined as the one it stands for."""
    return DAYS_IN_WORDS[day - 1].replace("-", " " if " " in old else "-")


def _span(written: _Written, start: date, end: date) -> dict[str, str]:
    """The parts of two days of one month, which may have come to lie in two months."""
    name_first = written.form == "name then days"
    named = start if name_first else end
    parts = _parts(written, start) | {
        key: value
        for key, value in _parts(written, end).items()
        if key in ("y", "yy", "m") or (key == "mon" and not name_first)
    }
    parts["d2"] = f"{end.day:02d}" if _is_padded(written) else str(end.day)
    if "o2" in written.groups:
        parts["o2"] = like(written.match["o2"], _ordinal(end.day))
    if start.month != end.month:
        other = _month_name(written, (end if name_first else start).month)
        if name_first:
            parts["d2"] = f"{other} {parts['d2']}"
        else:
            last = "o" if "o" in parts else "d"
            parts[last] = f"{parts[last]} {other}"
    if "mon" in written.groups:
        parts["mon"] = _month_name(written, named.month)
    return parts


def _fill(written: _Written, parts: Mapping[str, str]) -> str:
    """The matched text with the groups of `parts` written anew."""
    match, last = written.match, written.match.start()
    pieces: list[str] = []
    for start, end, new in sorted((*match.span(group), new) for group, new in parts.items()):
        pieces += match.string[last:start], new
        last = end
    return "".join(pieces) + match.string[last : match.end()]


def _is_padded(written: _Written) -> bool:
    """Whether one-digit numbers have a leading zero: as the date shows; else as is usual for its form."""
    numbers = [written.match[written.groups[part]] for part in ("m", "d", "d2") if part in written.groups]
    if any(len(number) == 1 for number in numbers):
        return False
    is_close = "-" in written.match[0] or written.match[0].isalnum()
    return any(number.startswith("0") for number in numbers) or "m" in written.groups or is_close


def _month_name(written: _Written, month: int) -> str:
    """A month in the length and capitals of the one it stands for."""
    old, new = written.match["mon"], _MONTHS[month - 1]
    is_short = old.title() not in _MONTHS or (old.title() == "May" and written.match[0][:1].isdigit())
    if is_short:
        new = "Sept" if len(old) == 4 and month == 9 else new[:3]
    return like(old, new)


def _ordinal(day: int) -> str:
    return "th" if 11 <= day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def _season(written: _Written, days: int) -> str | None:
    """The season that the middle of this one moves into, another than it was."""
    old = written.match["season"]
    month = _SEASONS[old.lower()]
    year = written.year or _SOME_YEAR
    new = shift_day(year, month, 15, days)
    if new is not None and new.year == year and _season_of(new) == _season_of(date(year, month, 15)):
        new = shift_day(year, month, 15, 91 if days > 0 else -91)
    if new is None:
        return None
    name = "autumn" if _season_of(new) == "fall" and old.lower() == "autumn" else _season_of(new)
    return _fill(written, _parts(written, new) | {"season": like(old, name.title() if old[0].isupper() else name)})


def _season_of(day: date) -> str:
    return ("winter", "spring", "summer", "fall")[day.month % 12 // 3]


def _weekday(found: list[_Written], index: int, days: int) -> str | None:
    """The weekday of the date that it stands beside, after the shift; alone, the weekday so many days away."""
    old = found[index].match["weekday"]
    number = _weekday_number(old)
    beside = _date_beside(found, index, number)
    day = beside if beside is not None else date(_SOME_YEAR, 1, 2) + timedelta(number)
    new = shift_day(day.year, day.month, day.day, days)
    return None if new is None else _weekday_name(old, _WEEKDAYS[new.weekday()])


def _weekday_number(name: str) -> int:
    """0 for Monday."""
    stem = name[:3].title()
    return next(place for place, full in enumerate(_WEEKDAYS) if full.startswith(stem))


def _weekday_name(old: str, new: str) -> str:
    plural = "s" if old.lower().endswith("days") else ""
    is_full = old.lower().rstrip("s").endswith("day")
    return like(old, new + plural if is_full else new[:3])


def _date_beside(found: list[_Written], index: int, weekday: int) -> date | None:
    """The day after or before a weekday, rather the one that is on it."""
    beside: Iterable[_Written] = (*found[index + 1 : index + 2], *found[max(0, index - 1) : index])
    made = [shift_day(_counting_year(one), _month(one), _day(one), 0) for one in beside if _day(one)]
    days = [day for day in made if day is not None]
    return next((day for day in days if day.weekday() == weekday), days[0] if days else None)
