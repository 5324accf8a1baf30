"""Dates in the forms of records and of running text; clock times stand beside them without being identifiers."""

from __future__ import annotations

import calendar
import datetime as dt
import random
from collections.abc import Callable, Mapping
from typing import Final

from streamdeid.training.values.lists import held_too, lexicon
from streamdeid.training.values.pieces import Piece, pick, weighted

_DATE: Final = "DATE"
#: The months in English, January first.
MONTHS: Final = tuple(calendar.month_name)[1:]
_ABBREVIATED: Final = tuple(calendar.month_abbr)[1:]
_DAYS: Final = tuple(calendar.day_name)
_SEASONS: Final = ("spring", "summer", "fall", "autumn", "winter")
_ROMAN: Final = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"]
_HIJRI: Final = ("Muharram", "Safar", "Rajab", "Sha'ban", "Ramadan", "Shawwal", "Dhu al-Qi'dah", "Dhu al-Hijjah")
_EPOCH: Final = dt.date(1900, 1, 1)
_ZONES: Final = ("Z", "+00:00", "-05:00", "+01:00", "-0800", ".000Z", "", "", "")
_ZONE_NAMES: Final = ("EST", "EDT", "CST", "PST", "UTC", "GMT", "BST", "CET")


def ordinal(number: int) -> str:
    """ "3rd" for 3."""
    suffix = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def day_between(rng: random.Random, first: int, last: int) -> dt.date:
    """A day of the years `first` to `last`."""
    start = dt.date(first, 1, 1).toordinal()
    return dt.date.fromordinal(start + int(rng.random() * (dt.date(last + 1, 1, 1).toordinal() - start)))


def event_day(rng: random.Random) -> dt.date:
    """The day of something that a record tells of: mostly of the last years."""
    chance = rng.random()
    if chance < 0.7:
        return day_between(rng, 2005, 2027)
    return day_between(rng, 1980, 2004) if chance < 0.9 else day_between(rng, 1930, 1979)


class Dates:
    """Renders days; `held_out` adds shapes that training never sees."""

    def __init__(self, held_out: bool) -> None:
        shapes = lexicon("dates")
        self._holidays, self._ranges = shapes["holiday"], shapes["range"]
        self._numeric = held_too(shapes, "numeric", held_out)
        self._long = held_too(shapes, "long", held_out)
        self.forms: Mapping[str, Callable[[random.Random, dt.date], list[Piece]]] = {
            "": self._any,
            "numeric": lambda rng, day: render(rng, pick(rng, self._numeric), day),
            "long": lambda rng, day: render(rng, pick(rng, self._long), day),
            "month": lambda rng, day: render(rng, pick(rng, shapes["month"]), day),
            "year": lambda rng, day: render(rng, pick(rng, shapes["year"]), day),
            "partial": lambda rng, day: render(rng, pick(rng, shapes["partial"]), day),
            "weekday": weekday,
            "holiday": self._holiday,
            "stamp": self._stamp,
            "dob": self._birth,
        }
        self._mixed = weighted(
            (("numeric", 9), ("long", 6), ("month", 3), ("partial", 6), ("weekday", 2), ("year", 2), ("holiday", 1))
        )

    def _any(self, rng: random.Random, day: dt.date) -> list[Piece]:
        if rng.random() < 0.04:
            return render(rng, pick(rng, self._ranges), day)
        return self.forms[pick(rng, self._mixed)](rng, day)

    def _birth(self, rng: random.Random, day: dt.date) -> list[Piece]:
        return render(rng, pick(rng, self._numeric if rng.random() < 0.75 else self._long), day)

    def _stamp(self, rng: random.Random, day: dt.date) -> list[Piece]:
        """A day with a clock time; in the forms of ISO 8601 the time belongs to the identifier."""
        clock = f"{int(rng.random() * 24):02}:{int(rng.random() * 60):02}"
        seconds = f"{clock}:{int(rng.random() * 60):02}"
        chance = rng.random()
        if chance < 0.2:
            return [Piece(f"{day}T{pick(rng, (seconds, seconds, clock))}{pick(rng, _ZONES)}", _DATE)]
        if chance < 0.35:
            return [Piece(f"{day} {pick(rng, (seconds, clock))}", _DATE)]
        if chance < 0.42:
            return [Piece(f"{day:%Y%m%d}{seconds.replace(':', '')}", _DATE)]
        pieces = render(rng, pick(rng, self._long if chance < 0.55 else self._numeric), day)
        return [*pieces, Piece(pick(rng, _BETWEEN) + _clock(rng, clock, seconds), "")]

    def _holiday(self, rng: random.Random, day: dt.date) -> list[Piece]:
        name = pick(rng, self._holidays)
        chance = rng.random()
        if chance < 0.1:
            name = f"{name} {day.year}"
        return _after_article(name)


def render(rng: random.Random, form: str, day: dt.date) -> list[Piece]:
    """`day` in `form`; a leading article is no part of the date.

    Names in `form`: {d} {m} day and month as they are, {dd} {mm} with two digits, {yyyy} {yy} the year,
    {month} {mon} {MON} {low} names of the month, {th} the 3rd, {day} {dy} the day of the week, {next} a later day,
    {later} a later year.
    """
    month, year = day.month, day.year
    season = pick(rng, _SEASONS)
    text = form.format(
        d=day.day,
        m=month,
        dd=f"{day.day:02}",
        mm=f"{month:02}",
        yyyy=year,
        yy=f"{year % 100:02}",
        month=MONTHS[month - 1],
        mon="Sept" if month == 9 and rng.random() < 0.4 else _ABBREVIATED[month - 1],
        MON=_ABBREVIATED[month - 1].upper(),
        MONTH=MONTHS[month - 1].upper(),
        low=MONTHS[month - 1].lower(),
        th=ordinal(day.day),
        day=_DAYS[day.weekday()],
        dy=_DAYS[day.weekday()][:3],
        season=season,
        Season=season.capitalize(),
        q=(month + 2) // 3,
        hijri=_HIJRI[day.toordinal() % len(_HIJRI)],
        ah=(year - 622) * 33 // 32,
        roman=_ROMAN[month - 1],
        next=min(day.day + 1 + int(rng.random() * 6), 28) if day.day < 27 else day.day + 1,
        later=year + 1 + int(rng.random() * 8),
        laterr=f"{(year + 1) % 100:02}",
        decade=year // 10 * 10,
        short=f"{year // 10 % 10}0",
    )
    return _after_article(text)


def _after_article(text: str) -> list[Piece]:
    if text.startswith("the "):
        return [Piece("the ", ""), Piece(text[4:], _DATE)]
    return [Piece(text, _DATE)]


def weekday(rng: random.Random, day: dt.date) -> list[Piece]:
    """A day of the week, alone or with a word that says which."""
    name = _DAYS[day.weekday()]
    chance = rng.random()
    if chance < 0.5:
        return [Piece(name, _DATE)]
    short = name[:3] if rng.random() < 0.6 else name[:4] if name[0] == "T" else name[:3]
    if chance < 0.65:
        return [Piece(pick(rng, (short, short + ".", short.lower(), short.upper(), name.lower(), name.upper())), _DATE)]
    return [Piece(f"{pick(rng, ('last', 'last', 'next', 'this', 'this past', 'this coming'))} {name}", _DATE)]


_MORNING: Final = (" AM", " am", "a", "am")
_AFTERNOON: Final = (" PM", " pm", "p", "pm")
_BETWEEN: Final = (" ", " ", " ", " ", ", ", " at ", " @ ", " @", "  ", " - ", "/")


def _clock(rng: random.Random, clock: str, seconds: str) -> str:
    hour = int(clock[:2])
    half = f"{hour % 12 or 12}{clock[2:]}{pick(rng, _MORNING if hour < 12 else _AFTERNOON)}"
    zone = f"{clock} {pick(rng, _ZONE_NAMES)}"
    compact = clock.replace(":", "")
    return pick(rng, (clock, clock, seconds, half, half, zone, compact, f"{compact} hrs", f"{clock} hrs", f"{clock}h"))
