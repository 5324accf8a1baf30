"""Operators that put a false value of the same kind in a value's place."""

from __future__ import annotations

from typing import ClassVar

from streamdeid.errors import TransformError
from streamdeid.transform.ages import generalise_age
from streamdeid.transform.dates import shift_fhir, shift_hl7
from streamdeid.transform.keeping import removed
from streamdeid.transform.masking import label_mask
from streamdeid.transform.strategy import FHIR_DATES, HL7_DATES, NUMBERS, TIMES, Derivation, Request, Strategy
from streamdeid.transform.written_dates import shift_written
from streamdeid.types import Format


def shifted(request: Request, *, day_first: bool = False) -> str | None:
    """The date, moved by the subject's days, in its own form. What cannot be read is masked; in a field that must
    hold a date it goes (HL7 v2) or is refused (FHIR).

    Raises:
        TransformError: ``transform.unreadable``, a FHIR date that is none.
    """
    text, days = request.mention, request.subject.days
    if request.datatype in TIMES:
        return None
    if request.format is Format.FHIR and request.datatype in FHIR_DATES:
        new = shift_fhir(text, days)
        if new is None:
            raise TransformError("transform.unreadable")
        return new
    is_typed = request.format is Format.HL7V2 and request.datatype in HL7_DATES
    new = shift_hl7(text, days) if is_typed or len(text) >= 8 else None
    if new is not None:
        return new
    new = shift_written(text, days, day_first)
    if new is None or (is_typed and new == text and text.strip(' "')):
        return label_mask(request)
    return new


class Shift(Strategy):
    """A date moves by its patient's number of days, and stays in its form."""

    day_first: bool = False

    @property
    def default_label(self) -> str:
        """It is done with dates."""
        return "DATE"

    def apply(self, derivation: Derivation, request: Request) -> str | None:
        """See `shifted`."""
        return shifted(request, day_first=self.day_first)

    def unfit_label(self, label: str) -> str:
        """Only dates can be shifted."""
        return "" if label.partition("/")[0] in ("", "DATE") else f"only dates can be shifted, not {label}"


def told_age(request: Request) -> str:
    """The age up to 89, and 90+ above.

    Raises:
        TransformError: ``transform.unreadable``, digits of a date or a time read as an age of 90 or more.
    """
    told = generalise_age(request.mention, numeric=request.datatype in NUMBERS)
    if told != request.mention and request.datatype in HL7_DATES | FHIR_DATES | TIMES:
        raise TransformError("transform.unreadable")
    return told


class Age(Strategy):
    """The age; 90+ for 90 years and more."""

    needs_label: ClassVar[bool] = True

    def apply(self, derivation: Derivation, request: Request) -> str | None:
        """See `told_age`."""
        return told_age(request)


class Surrogate(Strategy):
    """Another value of the same kind, in the same form."""

    needs_label: ClassVar[bool] = True

    def apply(self, derivation: Derivation, request: Request) -> str | None:
        """A date is shifted; an age is told up to 89; coordinates go."""
        family = request.family
        if family == "DATE":
            return shifted(request)
        if family == "AGE":
            return told_age(request)
        if request.entity.label == "LOCATION/GEO":
            return "0" if request.datatype in NUMBERS else removed(request)
        text = request.mention.strip()
        if not any(map(str.isalnum, text)):
            return None
        new = derivation.surrogates.replace(request.subject.scope, request.entity, text)
        return None if new is None else request.mention.replace(text, new, 1)


class Reference(Strategy):
    """The FHIR reference with the surrogates of the ids in it."""

    takes_label: ClassVar[bool] = False

    def apply(self, derivation: Derivation, request: Request) -> str | None:
        """See `References.rewrite`."""
        subject = request.subject
        return derivation.references.rewrite(subject.scope, subject.days, request.mention)
