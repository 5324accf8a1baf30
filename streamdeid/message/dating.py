"""Of when a message is: against its year an age above 89 is told by the year of a birth, and the dates in its text that
have no year are of the year in which they are nearest to its day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from streamdeid.message.draft import Draft
from streamdeid.transform.coarse_dates import CalendarDate
from streamdeid.transform.dates import calendar_date, shift_day, year_of_fhir, year_of_hl7
from streamdeid.transform.found_dates import dates_of_written
from streamdeid.transform.strategy import FHIR_DATES
from streamdeid.types import Format, Leaf

_STATED_BY = "MSH-7"
#: Where something ends may be planned for years to come, as coverage is; by a year at most that is when the message is.
_ENDS = ".end"


def year_of(draft: Draft, present: int) -> int:
    """The year of MSH-7; of a FHIR resource that of the latest date in it that is nobody's birth. `present` for what
    bears no date: plain text, a patient without a time stamp."""
    if draft.document.format is Format.HL7V2:
        return _latest(int(year_of_hl7(text) or 0) for text in _stated(draft.document.leaves)) or present
    if draft.document.format is not Format.FHIR:
        return present
    starts, ends = _years(draft, ends=False), _years(draft, ends=True)
    latest = _latest(starts)
    return max((latest, *(year for year in ends if not latest or year == latest + 1))) or present


def day_of(draft: Draft) -> int:
    """The day of MSH-7; of a FHIR resource that of the latest date in it that is nobody's birth and no end. An ordinal
    of the calendar; 0 for what bears no date."""
    if draft.document.format is Format.HL7V2:
        stated = _stated(draft.document.leaves)
    elif draft.document.format is Format.FHIR:
        stated = _dated(draft, ends=False)
    else:
        return 0
    return max((_ordinal(found) for text in stated if (found := calendar_date(text)) is not None), default=0)


def latest_day(texts: Iterable[str]) -> int:
    """The latest day in dates as people write them, as an ordinal of the calendar; 0 where none has a year."""
    return max((_ordinal(found) for text in texts for found in dates_of_written(text)), default=0)


def _ordinal(found: CalendarDate) -> int:
    day = shift_day(found.year, found.month or 1, found.day or 1, 0)
    return 0 if day is None else day.toordinal()


def _stated(leaves: Iterable[Leaf]) -> Iterator[str]:
    for leaf in leaves:
        if not leaf.place.path.startswith("MSH"):
            return
        if _STATED_BY in leaf.place.lineage:
            yield leaf.text


def _years(draft: Draft, *, ends: bool) -> list[int]:
    return [int(year_of_fhir(text) or 0) for text in _dated(draft, ends=ends)]


def _dated(draft: Draft, *, ends: bool) -> Iterator[str]:
    return (
        leaf.text
        for leaf, decision in draft.ruled
        if decision.manner.datatype in FHIR_DATES
        and decision.label != "DATE/BIRTH"
        and leaf.place.path.endswith(_ENDS) is ends
    )


def _latest(years: Iterable[int]) -> int:
    return max(years, default=0)
