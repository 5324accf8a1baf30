"""Operators that put a false value of the same kind in a value's place."""

from __future__ import annotations

import re
from functools import partial
from typing import Any, ClassVar, Final

from pydantic import model_validator

from streamdeid.errors import TransformError
from streamdeid.transform.ages import generalise_age
from streamdeid.transform.dates import shift_fhir, shift_hl7
from streamdeid.transform.keeping import removed
from streamdeid.transform.leaving import Left
from streamdeid.transform.masking import label_mask
from streamdeid.transform.sharing import shared
from streamdeid.transform.strategy import FHIR_DATES, HL7_DATES, NUMBERS, TIMES, Derivation, Request, Strategy
from streamdeid.transform.written_dates import shift_written
from streamdeid.types import Format

_YEAR: Final = re.compile(r"\d{4}", re.A)


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
    born = _year_of_birth(request)
    new = born if born is not None else shift_written(text, days, day_first, request.subject.near)
    if new is None or (is_typed and new == text and text.strip(' "')):
        return label_mask(request)
    return new


def _year_of_birth(request: Request) -> str | None:
    """The year that the shifted date of birth is in, where the mention is the true date's year alone; otherwise None.
    Any other year alone stays."""
    label, value = request.entity.label, request.entity.value
    if label != "DATE/BIRTH" or not _YEAR.fullmatch(request.mention) or request.mention == value:
        return None
    new = shift_fhir(value, request.subject.days) or shift_hl7(value, request.subject.days)
    return new[:4] if new is not None and value.startswith(request.mention) else None


class Shift(Strategy):
    """A date moves by its patient's number of days, and stays in its form."""

    day_first: bool = False

    @model_validator(mode="before")
    @classmethod
    def _of_region(cls, given: Any) -> Any:
        """``region: eu`` and ``region: us`` say which of two numbers is the day, as they do elsewhere."""
        if isinstance(given, dict) and given.get("region") in ("eu", "us") and "day_first" not in given:
            rest = {name: value for name, value in given.items() if name != "region"}
            return {**rest, "day_first": given["region"] == "eu"}
        return given

    @property
    def default_label(self) -> str:
        """It is done with dates."""
        return "DATE"

    def apply(self, derivation: Derivation, request: Request) -> str | None:
        """See `shifted`."""
        return shifted(request, day_first=self.day_first)

    def leaves(self, label: str) -> Left:
        """Days, and how many of them lie between two dates."""
        return Left.PART

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

    def leaves(self, label: str) -> Left:
        """Of anything but an age, all."""
        return Left.CAPPED_AGE if label == "AGE" else Left.WHOLE


class Surrogate(Strategy):
    """Another value of the same kind, in the same form."""

    needs_label: ClassVar[bool] = True
    is_keyed: ClassVar[bool] = True
    can_be_shared: ClassVar[bool] = True

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
        if not text[:1].isalnum() and not any(map(str.isalnum, text)):
            return None
        scope, surrogates = request.subject.scope, derivation.surrogates
        choose = partial(shared, surrogates) if request.shared else surrogates.replace
        new = choose(scope, request.entity, text)
        if new is None or text == request.mention:
            return new
        return request.mention.replace(text, new, 1)

    def leaves(self, label: str) -> Left:
        """A false value, but for what is more than a false one of its kind could tell."""
        family = label.partition("/")[0]
        return _BY_SURROGATES.get(family if family in ("DATE", "AGE") else label, Left.FALSE)


#: What is left by label, or by the family of dates and ages; a false value by those that are not here. Dates are
#: shifted, and false ZIP codes have the first digits of the true ones, as have those in addresses and unnamed places.
_BY_SURROGATES: Final = {
    "DATE": Left.PART,
    "AGE": Left.CAPPED_AGE,
    "LOCATION": Left.AREA,
    "LOCATION/ZIP": Left.AREA,
    "LOCATION/ADDRESS": Left.AREA,
    "LOCATION/STATE": Left.STATE,
    "LOCATION/COUNTRY": Left.WHOLE,
    "LOCATION/GEO": Left.NOTHING,
}


class Reference(Strategy):
    """The FHIR reference with the surrogates of the ids in it."""

    takes_label: ClassVar[bool] = False

    def apply(self, derivation: Derivation, request: Request) -> str | None:
        """See `References.rewrite`."""
        subject = request.subject
        days = None if subject.year else subject.days  # where years are all that may be told of dates
        return derivation.references.rewrite(subject.scope, days, request.mention)

    def leaves(self, label: str) -> Left:
        """The surrogates of the ids; dates in a search are shifted, or told by the year."""
        return Left.FALSE
