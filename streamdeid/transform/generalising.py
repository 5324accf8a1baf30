"""Operators that tell less: a year of a date, a band of ages, three digits of a postal code, a range of numbers."""

from __future__ import annotations

import re
from decimal import ROUND_FLOOR, Decimal
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field, WithJsonSchema, field_validator, model_validator

from streamdeid.errors import TransformError
from streamdeid.transform.ages import Bands, banded_ages, first_year_told
from streamdeid.transform.coarse_dates import SPANS, CalendarDate, Span, as_text, coarsened, written
from streamdeid.transform.dates import calendar_date, year_of_fhir, year_of_hl7
from streamdeid.transform.found_dates import dates_of_written, years_of_written
from streamdeid.transform.leaving import Left
from streamdeid.transform.masking import label_mask
from streamdeid.transform.strategy import (
    FHIR_DATES,
    HL7_DATES,
    NUMBERS,
    TIMES,
    Derivation,
    Request,
    Strategy,
    holds_text,
    no_text_fits,
)
from streamdeid.types import Format

_DIGIT: Final = re.compile(r"\d")
_ZIP: Final = re.compile(r"\s*(\d{3})\d\d(?:-?\d{4})?\s*", re.A)
#: Three-digit ZIP code tabulation areas of 20,000 people or fewer in the census of 2020.
SMALL_ZIP_AREAS: Final = (
    "036 059 102 202 203 204 205 369 556 692 753 772 821 823 878 879 884 893"  # 45 CFR 164.514(b)(2)(i)(B)
)
#: Numbers that can be counted with without losing a digit.
DECIMAL: Final = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,10})?", re.A)
_AGES: Final = r"^(\d{1,3}(, ?\d{1,3}| \d{1,3})*)?$"
_LIST_OF_AGES: Final[Any] = {
    "anyOf": [{"type": "string", "pattern": _AGES}, {"type": "array", "items": {"type": "integer", "minimum": 0}}]
}
_AREAS: Final = r"^\d{1,5}(?:[ ,]\d{1,5})*$"


class Year(Strategy):
    """The year alone (45 CFR 164.514(b)(2)(i)(C)), or the first one that the rule lets be told; a FHIR instant becomes
    the first one of its year."""

    lead: ClassVar[str] = "with"
    first: str = Field(default="", alias="with", pattern=r"^(\d{4})?$", description="earlier years become this one")

    @property
    def default_label(self) -> str:
        """It is done with dates."""
        return "DATE"

    def apply(self, derivation: Derivation, request: Request) -> str | None:
        """The year, or the mask of a date that cannot be read."""
        text = request.mention
        year = year_of_fhir(text) or year_of_hl7(text)
        if year is not None:
            year = told_year(max(year, self.first), request)
        if request.format is Format.FHIR and request.datatype in FHIR_DATES:
            if year is None:
                raise TransformError("transform.unreadable")
            return f"{year}-01-01T00:00:00Z" if request.datatype == "instant" else year
        return year or _later_years(years_of_written(text), _first(request)) or label_mask(request)

    def leaves(self, label: str) -> Left:
        """The year."""
        return Left.YEAR


class Zip3(Strategy):
    """The first three digits of a postal code, zeros for the other ones, and for all in the areas that the rule
    gives (45 CFR 164.514(b)(2)(i)(B))."""

    lead: ClassVar[str] = "with"
    areas: str = Field(default="", alias="with", pattern=rf"{_AREAS}|^$", description="areas that become zeros")

    def apply(self, derivation: Derivation, request: Request) -> str | None:
        """The code, as long as it was."""
        text = request.mention.strip()
        kept = 0 if text.startswith(tuple(_listed(self.areas))) else 3
        return text[:kept] + _DIGIT.sub("0", text[kept:])

    def leaves(self, label: str) -> Left:
        """Three digits, of areas with few people too unless the rule gives them."""
        return _of_zip(self.areas)


class Generalise(Strategy):
    """A date to its `year`, `month`, ISO `week` or `decade`; an `age` to a band of `step` years, or to the one of the
    groups that begin with the ages `ranges`, and 90+; a ZIP code to its first three digits (`zip3`), 000 where too few
    people share them; a number to a `range` of `step`.

    In a field that must hold a date or number, the first one of the span or range stands for it.
    """

    lead: ClassVar[str] = "to"

    to: Literal["year", "month", "week", "decade", "age", "zip3", "range"]
    step: Annotated[Decimal, Field(gt=0, le=10**9, strict=False)] | None = Field(
        default=None, description="how wide a band of ages (10 where not given) or a range of numbers is"
    )
    ranges: Annotated[str, WithJsonSchema(_LIST_OF_AGES)] = Field(
        default="",
        pattern=_AGES,
        description="age: the first age of each group, lowest first: 1,4,12,20 is 0, 1-3, 4-11, 12-19 and 20-89",
    )
    areas: str = Field(
        default=SMALL_ZIP_AREAS, pattern=_AREAS, description="zip3: the areas, or beginnings of them, that become 000"
    )

    @field_validator("ranges", mode="before")
    @classmethod
    def _listed_ages(cls, given: Any) -> Any:
        """A list, or its text with or without brackets."""
        if isinstance(given, list) and all(type(age) is int for age in given):
            return ",".join(map(str, given))
        return given.removeprefix("[").removesuffix("]") if isinstance(given, str) else given

    @model_validator(mode="after")
    def _parameters_of_the_kind(self) -> Generalise:
        if self.to == "range" and self.step is None:
            raise ValueError("a range needs a step")
        if self.to not in ("range", "age") and self.step is not None:
            raise ValueError(f"{self.to} takes no step")
        if self.to == "age" and self.step is not None and self.step != int(self.step):
            raise ValueError("bands of ages have a whole number of years")
        if self.to != "age" and self.ranges:
            raise ValueError(f"{self.to} takes no ranges")
        if self.ranges and self.step is not None:
            raise ValueError("age groups have ranges or a step, not both")
        starts = self._bands.starts
        if any(age >= following for age, following in pairwise(starts)):
            raise ValueError("ranges are the first age of each group, lowest first")
        if self.to != "zip3" and self.areas != SMALL_ZIP_AREAS:
            raise ValueError(f"{self.to} takes no areas")
        return self

    @property
    def default_label(self) -> str:
        """Each kind but ranges is for one family of labels."""
        return "DATE" if self.to in SPANS else {"age": "AGE", "zip3": "LOCATION/ZIP"}.get(self.to, "")

    def apply(self, derivation: Derivation, request: Request) -> str | None:
        """The coarser value; the label's mask where it cannot be read and text may stand."""
        if not any(map(str.isalnum, request.mention)):
            return None
        if self.to == "age":
            return self._age(request)
        if self.to == "zip3":
            return self._zip(request)
        return self._range(request) if self.to == "range" else _date(request, self.to)

    def leaves(self, label: str) -> Left:
        """What the kind says."""
        if self.to == "zip3":
            return _of_zip(self.areas)
        if self.to == "age":
            return Left.CAPPED_AGE if label == "AGE" else Left.PART
        return Left.YEAR if self.to in ("year", "decade") else Left.PART

    def unfit_label(self, label: str) -> str:
        """All but ranges are for one family of labels."""
        family = label.partition("/")[0]
        wanted = "DATE" if self.to in SPANS else {"age": "AGE", "zip3": "LOCATION"}.get(self.to, family)
        return "" if family in ("", wanted) else f"{self.to} is for {wanted}, not for {label}"

    def unfit_type(self, format: Format, datatype: str) -> str:
        """Text can hold all of them, and what holds dates or numbers such ones."""
        fitting = HL7_DATES | FHIR_DATES if self.to in SPANS else frozenset() if self.to == "zip3" else NUMBERS
        return "" if datatype in fitting else no_text_fits(format, datatype)

    @property
    def _bands(self) -> Bands:
        return Bands(int(self.step or 10), tuple(map(int, _listed(self.ranges))))

    def _age(self, request: Request) -> str | None:
        bands = self._bands
        if request.datatype in NUMBERS:
            number = _number(request)
            return str(bands.of(int(number))[0]) if number is not None else label_mask(request)
        return banded_ages(request.mention, bands) or label_mask(request)

    def _zip(self, request: Request) -> str | None:
        found = _ZIP.fullmatch(request.mention)
        if found is None:
            return label_mask(request)
        area = "000" if found[1].startswith(tuple(_listed(self.areas))) else found[1]
        return area if holds_text(request.format, request.datatype) else label_mask(request)

    def _range(self, request: Request) -> str | None:
        number, step = _number(request), self.step or Decimal(1)
        if number is None:
            return label_mask(request)
        low = (number / step).to_integral_value(ROUND_FLOOR) * step
        if request.datatype in NUMBERS:
            return format(low, "f")
        is_counted = number == int(number) and step == int(step)
        high = low + step - (1 if is_counted else 0)
        return f"{low:f} to {high:f}" if low < 0 else f"{low:f}-{high:f}"


def _date(request: Request, span: Span) -> str | None:
    text, is_fhir = request.mention, request.format is Format.FHIR
    if request.datatype in TIMES:
        return None
    found = calendar_date(text)
    if found is not None and _is_long_ago(found.year, request):
        found = CalendarDate(int(_first(request)))
    if is_fhir and request.datatype in FHIR_DATES:
        if found is None:
            raise TransformError("transform.unreadable")
        coarse = coarsened(found, span)
        if request.datatype == "instant":
            return written(CalendarDate(coarse.year, coarse.month or 1, coarse.day or 1), "-") + "T00:00:00Z"
        return written(coarse, "-")
    if request.format is Format.HL7V2 and request.datatype in HL7_DATES:
        return label_mask(request) if found is None else written(coarsened(found, span), "")
    dates = [found] if found is not None else dates_of_written(text)
    return " to ".join(dict.fromkeys(_in_text(one, span, request) for one in dates)) or label_mask(request)


def _in_text(given: CalendarDate, span: Span, request: Request) -> str:
    if _is_long_ago(given.year, request):
        return f"{_first(request)} or earlier"
    return as_text(given, span)


def told_year(year: str, request: Request) -> str:
    """The year, or the earliest one that may be told."""
    return max(year, _first(request))


def _first(request: Request) -> str:
    """The earliest year that may be told; empty where all may."""
    year = request.subject.year
    return f"{first_year_told(year):04d}" if year > 1000 else ""


def _is_long_ago(year: int, request: Request) -> bool:
    first = _first(request)
    return bool(first) and year <= int(first)


def _later_years(years: str | None, first: str) -> str | None:
    return None if years is None else " to ".join(dict.fromkeys(max(year, first) for year in years.split(" to ")))


def _of_zip(areas: str) -> Left:
    """Whether the areas, or beginnings of them, are all those that are too small to be told."""
    given = tuple(_listed(areas))
    covered = bool(given) and all(area.startswith(given) for area in _listed(SMALL_ZIP_AREAS))
    return Left.STATE if covered else Left.AREA


def _number(request: Request) -> Decimal | None:
    text = request.mention.strip()
    return Decimal(text) if DECIMAL.fullmatch(text) else None


def _listed(areas: str) -> list[str]:
    return areas.replace(",", " ").split()
