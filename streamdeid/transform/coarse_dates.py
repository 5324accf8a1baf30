"""Dates made coarser: to their month, ISO week, year or decade.

Where a datatype wants a date, the first one of the span stands for it: the Monday of a week, the first year of a
decade, and the first instant in a FHIR instant. In text the span is written out: 2024-03, 2024-W10, 2024, 2020s.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, Literal, NamedTuple, TypeAlias

Span: TypeAlias = Literal["year", "month", "week", "decade"]
SPANS: Final = ("year", "month", "week", "decade")


class CalendarDate(NamedTuple):
    """A date as far as it is known: month and day are 0 where they are not."""

    year: int
    month: int = 0
    day: int = 0


def coarsened(given: CalendarDate, span: Span) -> CalendarDate:
    """The first date of the span that a date lies in; the date itself where it is no finer."""
    year, month, day = given
    if span == "decade":
        return CalendarDate(year // 10 * 10)
    if span == "year" or not month:
        return CalendarDate(year)
    if span == "month" or not day:
        return CalendarDate(year, month)
    monday = _monday(given)
    return CalendarDate(monday.year, monday.month, monday.day)


def as_text(given: CalendarDate, span: Span) -> str:
    """The span that a date lies in, in words that stand in a text."""
    year, month, day = coarsened(given, span)
    if span == "decade":
        return f"{year:04d}s"
    if span == "week" and day:
        iso = _monday(given).isocalendar()
        return f"{iso.year:04d}-W{iso.week:02d}"
    return written(CalendarDate(year, month), "-")


def written(given: CalendarDate, separator: str) -> str:
    """A date as HL7 v2 (no separator) and FHIR (a hyphen) write it, as far as it is known."""
    parts = [f"{given.year:04d}", *(f"{part:02d}" for part in given[1:] if part)]
    return separator.join(parts)


def _monday(given: CalendarDate) -> date:
    day = date(*given)
    return day - timedelta(day.weekday())
