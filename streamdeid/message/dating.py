"""Of which year a message is: against it an age above 89 is told by the year of a birth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from streamdeid.message.draft import Draft
from streamdeid.transform.dates import year_of_fhir, year_of_hl7
from streamdeid.transform.strategy import FHIR_DATES
from streamdeid.types import Format, Leaf

_STATED_BY = "MSH-7"
#: Where something ends may be planned for years to come, as coverage is; by a year at most that is when the message is.
_ENDS = ".end"


def year_of(draft: Draft, present: int) -> int:
    """The year of MSH-7; of a FHIR resource that of the latest date in it that is nobody's birth. `present` for what
    bears no date: plain text, a patient without a time stamp."""
    if draft.document.format is Format.HL7V2:
        return _latest(_stated(draft.document.leaves)) or present
    if draft.document.format is not Format.FHIR:
        return present
    starts, ends = _years(draft, ends=False), _years(draft, ends=True)
    latest = _latest(starts)
    return max((latest, *(year for year in ends if not latest or year == latest + 1))) or present


def _stated(leaves: Iterable[Leaf]) -> Iterator[int]:
    for leaf in leaves:
        if not leaf.place.path.startswith("MSH"):
            return
        if _STATED_BY in leaf.place.lineage:
            yield int(year_of_hl7(leaf.text) or 0)


def _years(draft: Draft, *, ends: bool) -> list[int]:
    dated = (
        leaf.text
        for leaf, decision in draft.ruled
        if decision.manner.datatype in FHIR_DATES
        and decision.label != "DATE/BIRTH"
        and leaf.place.path.endswith(_ENDS) is ends
    )
    return [int(year_of_fhir(text) or 0) for text in dated]


def _latest(years: Iterable[int]) -> int:
    return max(years, default=0)
