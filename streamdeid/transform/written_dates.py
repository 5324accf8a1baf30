"""Shifting dates as people write them: 3/5/24, March 5th, 2024, 05MAR2024, Mon 5 Mar, 3/5-3/8/24, the fifth of March,
summer 2019.

Every part is written back in its own form: separators, zero padding, name or abbreviation, capitals, ordinal suffix;
a weekday is the weekday of the new date. What is around the dates (times of day, words) stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from streamdeid.transform.casing import like
from streamdeid.transform.dates import shift_day, shift_month
from streamdeid.transform.found_dates import (
    MONTHS,
    SOME_YEAR,
    WEEKDAYS,
    Written,
    find,
    in_years_around,
    is_harmless,
    is_plain,
    weekday_number,
)
from streamdeid.transform.plain_dates import shift_plain
from streamdeid.transform.written_forms import BESIDE, DAYS_IN_WORDS, FORMS, HOLIDAY

_SEASONS: Final = {"winter": 1, "spring": 4, "summer": 7, "fall": 10, "autumn": 10}


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
    without = text if is_plain(text) else HOLIDAY.sub("a holiday", text)
    if without != text:
        return without if is_harmless(BESIDE.sub("", FORMS["year"].sub("", without))) else None
    found = find(text, day_first)
    if found is None:
        return None
    found = in_years_around(found, near)
    pieces: list[str] = []
    last = 0
    for index, written in enumerate(found):
        new = _weekday(found, index, days) if written.form == "weekday" else _rewritten(written, days)
        if new is None:
            return None
        pieces += text[last : written.match.start()], new
        last = written.match.end()
    return "".join(pieces) + text[last:]


def _rewritten(written: Written, days: int) -> str | None:
    """The date, shifted, in its own form; None when there is no such day."""
    if written.form == "year":
        return written.match[0]
    if written.form == "season":
        return _season(written, days)
    year, month, day = written.counting_year, written.month, written.day
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


def _parts(written: Written, new: date) -> dict[str, str]:
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


def _span(written: Written, start: date, end: date) -> dict[str, str]:
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


def _fill(written: Written, parts: Mapping[str, str]) -> str:
    """The matched text with the groups of `parts` written anew."""
    match, last = written.match, written.match.start()
    pieces: list[str] = []
    for start, end, new in sorted((*match.span(group), new) for group, new in parts.items()):
        pieces += match.string[last:start], new
        last = end
    return "".join(pieces) + match.string[last : match.end()]


def _is_padded(written: Written) -> bool:
    """Whether one-digit numbers have a leading zero: as the date shows; else as is usual for its form."""
    numbers = [written.match[written.groups[part]] for part in ("m", "d", "d2") if part in written.groups]
    if any(len(number) == 1 for number in numbers):
        return False
    is_close = "-" in written.match[0] or written.match[0].isalnum()
    return any(number.startswith("0") for number in numbers) or "m" in written.groups or is_close


def _month_name(written: Written, month: int) -> str:
    """A month in the length and capitals of the one it stands for."""
    old, new = written.match["mon"], MONTHS[month - 1]
    is_short = old.title() not in MONTHS or (old.title() == "May" and written.match[0][:1].isdigit())
    if is_short:
        new = "Sept" if len(old) == 4 and month == 9 else new[:3]
    return like(old, new)


def _ordinal(day: int) -> str:
    return "th" if 11 <= day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def _season(written: Written, days: int) -> str | None:
    """The season that the middle of this one moves into, another than it was."""
    old = written.match["season"]
    month = _SEASONS[old.lower()]
    year = written.year or SOME_YEAR
    new = shift_day(year, month, 15, days)
    if new is not None and new.year == year and _season_of(new) == _season_of(date(year, month, 15)):
        new = shift_day(year, month, 15, 91 if days > 0 else -91)
    if new is None:
        return None
    name = "autumn" if _season_of(new) == "fall" and old.lower() == "autumn" else _season_of(new)
    return _fill(written, _parts(written, new) | {"season": like(old, name.title() if old[0].isupper() else name)})


def _season_of(day: date) -> str:
    return ("winter", "spring", "summer", "fall")[day.month % 12 // 3]


def _weekday(found: list[Written], index: int, days: int) -> str | None:
    """The weekday of the date that it stands beside, after the shift; alone, the weekday so many days away."""
    old = found[index].match["weekday"]
    number = weekday_number(old)
    beside = _date_beside(found, index, number)
    day = beside if beside is not None else date(SOME_YEAR, 1, 2) + timedelta(number)
    new = shift_day(day.year, day.month, day.day, days)
    return None if new is None else _weekday_name(old, WEEKDAYS[new.weekday()])


def _weekday_name(old: str, new: str) -> str:
    plural = "s" if old.lower().endswith("days") else ""
    is_full = old.lower().rstrip("s").endswith("day")
    return like(old, new + plural if is_full else new[:3])


def _date_beside(found: list[Written], index: int, weekday: int) -> date | None:
    """The day after or before a weekday, rather the one that is on it."""
    beside: Iterable[Written] = (*found[index + 1 : index + 2], *found[max(0, index - 1) : index])
    made = [shift_day(one.counting_year, one.month, one.day, 0) for one in beside if one.day]
    days = [day for day in made if day is not None]
    return next((day for day in days if day.weekday() == weekday), days[0] if days else None)
