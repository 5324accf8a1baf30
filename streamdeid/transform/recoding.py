"""A value by cases: what it is said to be when it meets a condition."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from streamdeid.formats import fhirpath_values
from streamdeid.formats.fhirpath import Expression, parse_value
from streamdeid.formats.fhirpath_values import Value, evaluated, text_of
from streamdeid.transform.generalising import DECIMAL
from streamdeid.transform.keeping import removed
from streamdeid.transform.leaving import Left
from streamdeid.transform.masking import label_mask
from streamdeid.transform.strategy import NUMBERS, OMITTED, Derivation, Request, Strategy


class Recode(Strategy):
    """The value of the first case whose condition the value meets. Conditions and values are FHIRPath on ``$this``:
    ``{"$this >= 0 and $this < 20": "20", "$this in ('es-AR' | 'es-ES')": "'es'"}``."""

    cases: Mapping[str, str] = Field(min_length=1, strict=False, description="condition -> value, in FHIRPath")
    otherwise: Literal["remove", "omit", "mask", "keep"] = Field(
        default="remove", description="what becomes of a value that meets none of the conditions"
    )
    any_length: ClassVar[bool] = False

    @model_validator(mode="after")
    def _can_be_read(self) -> Recode:
        for case, value in self.cases.items():
            for text in (case, value):
                try:
                    fhirpath_values.check(parse_value(text))
                except ValueError as fault:
                    raise ValueError(f"case {text}: {fault}") from None
        return self

    @property
    def may_omit(self) -> bool:
        """Where no case is met, and the rule says so."""
        return self.otherwise == "omit"

    def leaves(self, label: str) -> Left:
        """What the cases make of it, or all of it where none is met and the rule says so."""
        return Left.WHOLE if self.otherwise == "keep" else Left.DERIVED

    @cached_property
    def _parsed(self) -> list[tuple[Expression, Expression]]:
        return [(parse_value(case), parse_value(value)) for case, value in self.cases.items()]

    def apply(self, derivation: Derivation, request: Request) -> str | None:
        """The value of the first case that is met, as text."""
        this = _value(request)
        for case, value in self._parsed:
            if evaluated(case, this) is True:
                new = evaluated(value, this)
                return self._other(request) if new is None else text_of(new)
        return self._other(request)

    def _other(self, request: Request) -> str | None:
        if self.otherwise == "keep":
            return None
        if self.otherwise == "omit":
            return OMITTED
        return label_mask(request) if self.otherwise == "mask" else removed(request)


def _value(request: Request) -> Value:
    text = request.mention
    if request.datatype == "boolean":
        return text == "true"
    return Decimal(text) if request.datatype in NUMBERS and DECIMAL.fullmatch(text) else text
