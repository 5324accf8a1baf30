"""Values that are codes and numbers, unless somebody has put a date there."""

from __future__ import annotations

import re
from typing import ClassVar, Final

from streamdeid.transform.dates import year_of_hl7
from streamdeid.transform.generalising import told_year
from streamdeid.transform.strategy import NUMBERS, Derivation, Request, Strategy
from streamdeid.transform.written_dates import dates_of_written

_STAMP: Final = re.compile(r"(?P<digits>(?:19|20)\d{6,12})(?:\.\d{1,6})?(?:[+-]\d{4})?", re.A)
#: What the end of a SNOMED CT identifier of a concept is, before its check digit (SNOMED CT Release File
#: Specifications, SCTID): of dates in eight digits only the first days of October have it.
_CONCEPT: Final = "00"
_YEAR: Final = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)", re.A)


class Undate(Strategy):
    """The value stays, unless it reads as a date: then its year. Eight digits or more are a date where there is such a
    day of this century or the last, unless they can be a SNOMED CT identifier; a text is one where it has a year of
    four digits."""

    takes_label: ClassVar[bool] = False

    def apply(self, derivation: Derivation, request: Request) -> str | None:
        """The year, or nothing."""
        text, is_number = request.mention.strip(), request.datatype in NUMBERS
        stamp = _STAMP.fullmatch(text)
        if stamp is not None:
            is_concept = len(text) == 8 and text[-3:-1] == _CONCEPT and not is_number
            year = None if is_concept else year_of_hl7(text)
        elif is_number or not _YEAR.search(text):
            return None
        else:
            year = next((f"{date.year:04d}" for date in dates_of_written(text) if date.month), None)
        return None if year is None else told_year(year, request)
