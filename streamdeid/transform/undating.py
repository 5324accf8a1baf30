"""Values that are codes and numbers, unless somebody has put a date there."""

from __future__ import annotations

import re
from functools import partial
from typing import ClassVar, Final

from streamdeid.transform.dates import year_of_hl7
from streamdeid.transform.found_dates import dates_of_written
from streamdeid.transform.generalising import told_year
from streamdeid.transform.strategy import NUMBERS, Derivation, Request, Strategy
from streamdeid.transform.written_forms import MONTH

_STAMP: Final = re.compile(r"(?P<digits>(?:19|20)\d{6,12})(?:\.\d{1,6})?(?:[+-]\d{4})?", re.A)
#: What the end of a SNOMED CT identifier of a concept is, before its check digit (SNOMED CT Release File
#: Specifications, SCTID): of dates in eight digits only the first days of October have it.
_CONCEPT: Final = "00"
_YEAR: Final = re.compile(r"(?<!\d)(?:19|20)\d\d", re.A)
#: Dates with a year of four digits in something longer, such as the version 501-20080815 of a code system; and object
#: identifiers (ITU-T X.660) of five arcs or more, in which no number is a date.
_WITHIN: Final = re.compile(
    r"(?P<oid>(?<![\w.])[0-2](?:\.(?:0|[1-9]\d*)){4,}(?![\w.]))"
    r"|(?P<digits>(?<!\d)(?:19|20)\d{6}(?:\d\d){0,3}(?!\d))"
    r"|(?<!\d)(?:19|20)\d\d(?P<s>[-/._])(?:0?[1-9]|1[0-2])(?P=s)(?:0?[1-9]|[12]\d|3[01])(?!\d)"
    r"(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
    r"|(?<!\d)(?:19|20)\d\d-(?:0[1-9]|1[0-2])(?!\d)"
    r"|(?<![\d/.-])\d{1,2}(?P<t>[-/.])\d{1,2}(?P=t)(?:19|20)\d\d(?![\d/.-])"
    rf"|(?<!\d)(?:[0-3]?\d[-/., ]*)?(?<![a-z]){MONTH}[-/., ]*(?:[0-3]?\d[-/., ]+)?(?:19|20)\d\d(?!\d)",
    re.A | re.I,
)


class Undate(Strategy):
    """The value stays, unless it reads as a date: then its year. Eight digits or more are a date where there is such a
    day of this century or the last, unless they can be a SNOMED CT identifier; a text is one where it has a year of
    four digits. Of a date within something longer, such as a version, the year stays in its place."""

    takes_label: ClassVar[bool] = False

    def apply(self, derivation: Derivation, request: Request) -> str | None:
        """The year, the value with years in the place of its dates, or nothing."""
        text, is_number = request.mention.strip(), request.datatype in NUMBERS
        stamp = _STAMP.fullmatch(text)
        if stamp is not None:
            is_concept = len(text) == 8 and text[-3:-1] == _CONCEPT and not is_number
            year = None if is_concept else year_of_hl7(text)
        elif is_number or not _YEAR.search(text):
            return None
        else:
            years = (f"{date.year:04d}" for date in dates_of_written(text) if date.month)
            year = next((written for written in years if written in text), None)
            if year is None:
                undated = _WITHIN.sub(partial(_undated, request=request), text)
                return undated if undated != text else None
        return None if year is None else told_year(year, request)


def _undated(found: re.Match[str], request: Request) -> str:
    year = _YEAR.search(found[0])
    if found["oid"] or year is None or (found["digits"] and year_of_hl7(found["digits"]) is None):
        return found[0]
    return told_year(year[0], request)
